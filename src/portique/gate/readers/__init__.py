"""Readers other than the camera: one line is one showing."""
