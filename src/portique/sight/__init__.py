"""Pictures in, values out; nothing is kept."""
