"""How the server is put together: settings, addresses, the two processes."""
