"""Commands for the machine itself."""
