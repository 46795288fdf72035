"""How the server is put together: settings, addresses, its processes."""
