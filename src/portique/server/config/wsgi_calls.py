"""One request of ASGI as a call of a WSGI application, and its whole answer."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterable

    from starlette.types import Scope

    Environ = dict[str, Any]
    Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

BODILESS = frozenset({204, 304})
APART = {"CONTENT_TYPE": "CONTENT_TYPE", "CONTENT_LENGTH": "", "TRANSFER_ENCODING": ""}
CLOSES = (b"connection", b"close")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: nobody's thread waits while it is taken."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def environ_of(scope: Scope, body: io.BytesIO, length: int) -> Environ:
    """Return what a WSGI application is called with; `length` is that of the body."""
    host, port = scope["server"] or ("", 0)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0] if scope["client"] else "",
        "CONTENT_LENGTH": str(length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        _add(environ, name.decode("latin-1"), value.decode("latin-1"))
    return environ


def _add(environ: Environ, name: str, value: str) -> None:
    # With an underscore it would pass for the header with a hyphen that a proxy takes out.
    upper = name.upper().replace("-", "_")
    key = APART.get(upper, f"HTTP_{upper}")
    if key and "_" not in name:
        joint = "; " if upper == "COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value


def call(application: Application, environ: Environ) -> Answer:
    """Call an application and take its answer whole, in this thread."""
    said: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
        said[:] = status, headers

    parts = application(environ, start_response)
    try:
        body = b"".join(parts)
    finally:
        if close := getattr(parts, "close", None):
            close()
    status, headers = said
    return answer(int(status[:3]), headers, body)


def answer(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Answer:
    """Make an answer of a status, headers as text and a body."""
    written = [(k.lower().encode("latin-1"), v.strip().encode("latin-1")) for k, v in headers]
    body = b"" if status in BODILESS else body
    if status not in BODILESS and all(name != b"content-length" for name, _ in written):
        written.append((b"content-length", str(len(body)).encode()))
    return Answer(status, written, body)
