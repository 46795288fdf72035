"""Whose page may listen: the server's own, named as browsers name it."""

import pytest
from starlette.requests import Request

from portique.server.config.streams import allowed_origin


@pytest.mark.parametrize(
    ("scheme", "host", "pages", "origin"),
    [
        ("https", b"portique.example:8443", "443", "https://portique.example"),
        ("https", b"portique.example:8601", "8600", "https://portique.example:8600"),
        ("http", b"[::1]:8601", "8600", "http://[::1]:8600"),
        ("https", b"portique.example", "", "https://portique.example"),
    ],
)
def test_a_page_s_origin_has_its_port_unless_that_is_the_usual_one(
    settings, scheme, host, pages, origin
):
    """On port 443 browsers leave it out; behind a proxy pages and streams have one."""
    settings.PORTIQUE_PAGES_PORT = pages
    scope = {"type": "http", "scheme": scheme, "path": "/direct/flux", "headers": [(b"host", host)]}

    assert allowed_origin(Request({**scope, "query_string": b"", "server": None})) == origin
