"""Serve the plain site as the server's own pages are: `python -m …plain_serving PORT`."""

from __future__ import annotations

import sys

from portique.server.config.connections import serve
from portique.server.config.whole_requests import WholeRequests
from portique.testing.load import plain_site

if __name__ == "__main__":
    plain_site.make_table()
    place = ("127.0.0.1", int(sys.argv[1]))
    serve(WholeRequests(plain_site.application), place, None, proxied=False)
