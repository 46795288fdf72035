"""Serve the plain site as the server's own pages are: `python -m …plain_serving PORT`."""

from __future__ import annotations

import sys

from granian.constants import Interfaces, Loops
from granian.server import Server

from portique.server.config.serving import BACKLOG, THREADS
from portique.testing.load import plain_site

if __name__ == "__main__":
    plain_site.make_table()
    Server(
        f"{plain_site.__name__}:application",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        loop=Loops.asyncio,
        workers=1,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        log_enabled=False,
    ).serve()
