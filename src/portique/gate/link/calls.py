"""One signed call to the school's server, and its answer: TLS for privacy, signatures for belief.

Nothing is followed, unpacked or read without end: no redirect, no proxy of the
environment, no compressed body, a limit for each body and for the whole time.
"""

from __future__ import annotations

import base64
import binascii
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import urllib3

from portique.core import wire_calls
from portique.core.errors import EnvironmentProblem, LinkError
from portique.core.wire_calls import Call

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from portique.core.seal import PrivateKey, PublicKey

CONNECT_S, READ_S, WHOLE_MS = 5.0, 10.0, 60_000
CHUNK_BYTES = 64 * 1024
SMALL_BYTES_MAX = 256 * 1024  # more than any body but knowledge
OK = 200
CALL_HEADER, ANSWER_HEADER = "Portique-Call", "Portique-Answer"


class UnprovedAnswer(LinkError):  # noqa: N818 - named for what it is
    """An answer that the school's key did not sign: ask for knowledge first, keys may be new."""


class Timekeeper(Protocol):
    """What calls ask of the gate's clock."""

    def now_ms(self) -> int:
        """Return UTC milliseconds."""
        ...

    def monotonic_ms(self) -> int:
        """Return milliseconds of uptime."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server is, how to know it by TLS, and by which proxy, if any, to go there."""

    address: str
    ca: Path | None = None
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the gate, its own key, its clock, and where nonces come from."""

    gate_id: str
    key: PrivateKey
    clock: Timekeeper
    entropy: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status and body, and what proves them once a key is known.

    `within_ms` is how long the call was out: a signed time in the answer is as old, at the most.
    """

    status: int
    body: bytes
    nonce: bytes
    answer: bytes | None
    within_ms: int

    def signed_ms(self, orders: PublicKey) -> int:
        """Verify the answer by the school's orders key; return the server's time, UTC ms.

        Raises:
            UnprovedAnswer: There is none, or it was signed by another key or for another call.
        """
        if self.answer is None:
            raise UnprovedAnswer(f"status {self.status} without the school's signature")
        try:
            said = wire_calls.read_answer(self.answer, orders, nonce=self.nonce, body=self.body)
        except LinkError as error:
            raise UnprovedAnswer(str(error)) from error
        if said.status != self.status:
            raise UnprovedAnswer("the status was changed on the way")
        return said.sent_ms


class Calls:
    """Makes signed calls to one server. One thread at a time.

    Raises:
        EnvironmentProblem: The authority's file can't be used.
    """

    def __init__(self, place: Place, caller: Caller) -> None:
        self._address = place.address
        self._caller = caller
        self._pool = pool_for(place)

    def ask(
        self, method: str, path: str, body: bytes = b"", *, bytes_max: int = SMALL_BYTES_MAX
    ) -> Reply:
        """Call and wait for the reply; what it says is not proved yet, see `Reply.signed_ms`.

        Raises:
            LinkError: No reply in time, or a longer one than `bytes_max`.
        """
        clock, nonce = self._caller.clock, self._caller.entropy(wire_calls.NONCE_BYTES)
        began_ms = clock.monotonic_ms()
        headers = {CALL_HEADER: self._signed(f"{method} {path}", body, nonce)}
        try:
            response = self._pool.request(
                method,
                self._address + path,
                body=body or None,
                headers=headers,
                preload_content=False,
                redirect=False,
                retries=False,
            )
            try:
                data = read_body(response, bytes_max, lambda: clock.monotonic_ms() - began_ms)
                response.release_conn()
            finally:
                response.close()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise LinkError(f"the server can't be reached ({type(error).__name__})") from error
        within_ms = clock.monotonic_ms() - began_ms
        return Reply(response.status, data, nonce, _header(response), within_ms)

    def open_stream(self, address: str, *, silent_s: float) -> urllib3.BaseHTTPResponse:
        """Open the stream of events at an address; reading waits for `silent_s` at most.

        Raises:
            LinkError: There is no stream.
        """
        place = urlsplit(address)
        request = place.path + (f"?{place.query}" if place.query else "")
        nonce = self._caller.entropy(wire_calls.NONCE_BYTES)
        try:
            response = self._pool.request(
                "GET",
                address,
                headers={CALL_HEADER: self._signed(f"GET {request}", b"", nonce)},
                preload_content=False,
                redirect=False,
                retries=False,
                timeout=urllib3.Timeout(connect=CONNECT_S, read=silent_s),
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise LinkError(f"no stream ({type(error).__name__})") from error
        if response.status != OK:
            response.close()
            raise LinkError(f"no stream (status {response.status})")
        return response

    def _signed(self, request: str, body: bytes, nonce: bytes) -> str:
        """Return the header that proves who makes a request."""
        caller = self._caller
        digest = wire_calls.digest(body)
        call = Call(caller.gate_id, request, caller.clock.now_ms(), nonce, digest)
        return _to_text(wire_calls.sign_call(call, caller.key))

    def close(self) -> None:
        """Let go of connections. May be repeated."""
        self._pool.clear()


def pool_for(place: Place) -> urllib3.PoolManager:
    """Make the connections to a server.

    Raises:
        EnvironmentProblem: The authority's file can't be used.
    """
    try:
        context = ssl.create_default_context(cafile=place.ca)
    except (OSError, ssl.SSLError) as error:
        raise EnvironmentProblem(
            f"the authority's file {place.ca} can't be used: give a readable PEM file as server.ca"
        ) from error
    timeout = urllib3.Timeout(connect=CONNECT_S, read=READ_S)
    headers = {"Accept-Encoding": "identity", "User-Agent": "portique-gate"}
    if place.proxy:
        return urllib3.ProxyManager(
            place.proxy, ssl_context=context, timeout=timeout, headers=headers
        )
    return urllib3.PoolManager(ssl_context=context, timeout=timeout, headers=headers, maxsize=1)


def read_body(
    response: urllib3.BaseHTTPResponse, bytes_max: int, elapsed_ms: Callable[[], int]
) -> bytes:
    """Read a body as it came, within its limits.

    Raises:
        LinkError: It is longer, or takes too long.
    """
    found = bytearray()
    while chunk := response.read(CHUNK_BYTES, decode_content=False):
        found += chunk
        if len(found) > bytes_max:
            raise LinkError(f"the server's answer has more than {bytes_max} bytes")
        if elapsed_ms() > WHOLE_MS:
            raise LinkError("the server's answer takes too long")
    return bytes(found)


def _header(response: urllib3.BaseHTTPResponse) -> bytes | None:
    text = response.headers.get(ANSWER_HEADER)
    return None if text is None else _from_text(text)


def _to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _from_text(text: str) -> bytes | None:
    if len(text) > 2 * wire_calls.ENVELOPE_BYTES_MAX:
        return None
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
