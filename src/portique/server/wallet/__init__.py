"""The phones' side of the server: the wallet that holders install, and its files."""
