"""Portique: a free, privacy-first virtual gate for schools."""

__version__ = "0.1.0"
