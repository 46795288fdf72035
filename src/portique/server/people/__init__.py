"""Persons the school knows, their groups, and the files they come from."""
