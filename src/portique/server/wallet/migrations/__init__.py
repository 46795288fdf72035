"""Migrations of `wallet`."""
