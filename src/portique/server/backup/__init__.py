"""Copies of the database: made while it works, sealed to a key kept elsewhere, and put back."""
