"""Django's SQLite with writers that wait for their turn instead of trying again and again."""
