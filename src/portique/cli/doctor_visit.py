"""Asking a server as a browser does, once, following nothing."""

from __future__ import annotations

import http.client
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from portique.cli.options import machine_time

if TYPE_CHECKING:
    from datetime import datetime
    from http.client import HTTPMessage
    from pathlib import Path

PAGE_BYTES_MAX = 1 << 22  # the reader of codes is a megabyte
OK = 200
FORM = "application/x-www-form-urlencoded"
USUAL_PORTS = {"http": 80, "https": 443}  # browsers leave them out
AGENT = {"User-Agent": "portique-doctor"}


@dataclass(frozen=True, slots=True)
class Visit:
    """How an address is tried: whom to believe, and how long to wait for an answer.

    `ca` is the authority to believe instead of this machine's, for gates that are told one.
    """

    address: str
    ca: Path | None = None
    patience_s: float = 10.0

    @property
    def place(self) -> SplitResult:
        """Return the parts of the address."""
        return urlsplit(self.address)

    @property
    def host(self) -> str:
        """Return the name in the address."""
        return self.place.hostname or ""

    @property
    def origin(self) -> str:
        """Return scheme, name and port."""
        return f"{self.place.scheme}://{self.place.netloc}"

    def connection(self, place: SplitResult) -> http.client.HTTPConnection:
        """Prepare to ask; nothing is sent yet."""
        host = place.hostname or ""
        if place.scheme == "http":
            return http.client.HTTPConnection(host, place.port, timeout=self.patience_s)
        context = ssl.create_default_context(cafile=self.ca)
        return http.client.HTTPSConnection(
            host, place.port, timeout=self.patience_s, context=context
        )

    def get(self, address: str) -> Answer:
        """Ask once, following nothing.

        Raises:
            OSError: No connection, no trust, or no answer in time.
            http.client.HTTPException: The answer is not HTTP.
        """
        place = urlsplit(address)
        connection = self.connection(place)
        try:
            connection.request("GET", place.path or "/", headers=AGENT)
            response = connection.getresponse()
            data = response.read(PAGE_BYTES_MAX)
            return Answer(address, response.status, response.headers, data, machine_time())
        finally:
            connection.close()

    def post(self, address: str, body: str, cookies: str) -> int:
        """Send a form from the server's own page; give the status.

        Raises:
            OSError: No connection, no trust, or no answer in time.
            http.client.HTTPException: The answer is not HTTP.
        """
        place = urlsplit(address)
        connection = self.connection(place)
        headers = {"Content-Type": FORM, "Cookie": cookies, **self._from_page()}
        try:
            connection.request("POST", place.path, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def _from_page(self) -> dict[str, str]:
        """Return what a browser says of itself and of the page that asks."""
        usual = USUAL_PORTS.get(self.place.scheme)
        return {**AGENT, "Origin": self.origin.removesuffix(f":{usual}")}

    def first_words(self, address: str) -> tuple[int, bytes]:
        """Ask for a stream, wait for its first words and leave; give its status and them.

        Where it has a port of its own, browsers say whose page asks.

        Raises:
            OSError: No connection, or nothing came in time.
            http.client.HTTPException: The answer is not HTTP.
        """
        place = urlsplit(address)
        connection = self.connection(place)
        try:
            headers = AGENT if address.startswith(f"{self.origin}/") else self._from_page()
            connection.request("GET", f"{place.path}?{place.query}", headers=headers)
            response = connection.getresponse()
            return response.status, response.read1(64) if response.status == OK else b""
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and when by this machine's clock."""

    address: str
    status: int
    headers: HTTPMessage
    data: bytes
    at: datetime

    @property
    def body(self) -> str:
        """Return it as a text."""
        return self.data.decode("utf-8", "replace")
