"""Everybody's own pages: what the school keeps about them, and the account that shows it."""
