"""Sending one event to one destination: a signed POST, or a message to a broker with its receipt.

Both hold to one rule: the address that was judged is the one connected to, nothing is followed
elsewhere, and the whole takes eight seconds at most.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from portique import __version__
from portique.school.authority import CERTIFICATE
from portique.server.outgoing.errors import Cause, SendError
from portique.server.outgoing.models import Reach
from portique.server.outgoing.mqtt import publish
from portique.server.outgoing.reach import address_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portique.server.outgoing.models import Destination

WHOLE_S = 8.0  # a server that stops waits for it
PREFIX = "whsec_"
GONE = 410
PORTS = {"http": 80, "https": 443, "mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class Message:
    """One event as it is sent; `number` is the same each time it is tried."""

    number: str
    kind: str
    sent_s: int
    body: bytes


def send(destination: Destination, message: Message) -> None:
    """Send an event and wait until it was taken.

    Raises:
        SendError: It was not; nothing says that it did not arrive all the same.
    """
    place = urlsplit(destination.address)
    host, port = place.hostname or "", place.port or PORTS[place.scheme]
    address = address_of(host, port, Reach(destination.reach))
    context = _trust() if place.scheme in {"https", "mqtts"} else None
    if not destination.is_webhook:
        publish(destination, message, (host, address, port), context)
        return
    line = _Pinned(host, port, address, context)
    path = f"{place.path or '/'}{'?' if place.query else ''}{place.query}"
    _post(line, path, message, headers_of(message, destination.secret))


def headers_of(message: Message, secret: str) -> dict[str, str]:
    """Return what proves a webhook, as the specification "Standard Webhooks" names it."""
    return {
        "Content-Type": "application/json",
        "User-Agent": f"Portique/{__version__}",
        "webhook-id": message.number,
        "webhook-timestamp": str(message.sent_s),
        "webhook-signature": f"v1,{signature(message, secret)}",
    }


def signature(message: Message, secret: str) -> str:
    """Sign number, time and body: HMAC-SHA-256, Base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message.number}.{message.sent_s}.".encode() + message.body
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii")


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was judged, under the name it was judged for."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=WHOLE_S)
        self.address = address
        self.context = context
        self.default_port = 443 if context else 80
        self.ended = False

    def connect(self) -> None:
        """Connect to that address and no other."""
        line = socket.create_connection((self.address, self.port), WHOLE_S)
        if self.context is not None:
            line = self.context.wrap_socket(line, server_hostname=self.host)
        self.sock = line
        if self.ended:  # while it was greeted there was nothing to cut yet
            raise TimeoutError


def _post(line: _Pinned, path: str, message: Message, headers: dict[str, str]) -> None:
    with _ended_in_time(line):
        try:
            line.request("POST", path, message.body, headers)
            status = line.getresponse().status
        except ssl.SSLError as error:
            raise SendError(Cause.TLS) from error
        except (OSError, http.client.HTTPException) as error:
            raise SendError(Cause.UNREACHABLE) from error
    if status == GONE:
        raise SendError(Cause.GONE)
    if not 200 <= status < 300:  # a redirection too: it would lead where nobody judged
        raise SendError(Cause.REFUSED)


@contextmanager
def _ended_in_time(line: _Pinned) -> Iterator[None]:
    """Cut a connection that answers byte by byte: a time limit counts for each of them anew."""

    def cut() -> None:
        line.ended = True
        with suppress(OSError, AttributeError):
            line.sock.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(WHOLE_S, cut)
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        line.close()


def _trust() -> ssl.SSLContext:
    """Trust what the machine trusts, and the authority whose certificate is in the school's folder.

    Raises:
        SendError: That certificate can't be read.
    """
    context = ssl.create_default_context()
    folder: Path | None = settings.PORTIQUE_SCHOOL
    if folder is not None and (folder / CERTIFICATE).exists():
        try:
            context.load_verify_locations(folder / CERTIFICATE)
        except (OSError, ssl.SSLError) as error:
            raise SendError(Cause.TLS) from error
    return context
