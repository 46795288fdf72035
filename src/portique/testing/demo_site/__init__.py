"""The demonstration's server: the real one, one page more on which one enters without a password.

It exists in this package only, which no real server imports, and refuses to answer beyond loopback.
"""
