"""Version 1 of the interface: what programs ask over HTTPS, with a token."""
