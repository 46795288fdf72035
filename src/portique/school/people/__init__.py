"""Reading the files in which schools hold their people, and comparing them with who is known.

Pure work over bytes: nothing here writes, reads a clock or knows a database. A file becomes a
`Reading` (`siecle`, `onde`, or `sheets` with `mapping`), and `difference.compare` says what it
would change; whoever keeps the people shows that, asks, and applies it.
"""
