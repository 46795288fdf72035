"""Shipped fakes and synthetic data: camera, door, clock, school, scenes."""
