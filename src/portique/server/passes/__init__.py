"""Passes issued: register, printing, replacement, badges, forgotten cards."""
