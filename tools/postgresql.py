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

from portique.testing.postgresql import own_database


def main(command: list[str]) -> int:
    """Start the database, run the command, stop the database; return the command's exit code."""
    with own_database() as url:
        return subprocess.call(command, env=os.environ | {"DATABASE_URL": url})


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
