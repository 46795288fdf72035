"""How a request of a gate is proved and its response signed, before and after what it is about.

The signed call is the authentication: no session, no cookie. It is verified before a byte of the
body is read, and the body is read only if it is no longer than it may be.
"""

from __future__ import annotations

import base64
import binascii
import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING

from django.db import DataError, OperationalError
from django.http import HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from portique.core import wire_calls
from portique.core.errors import LinkError, PortiqueError
from portique.core.values import to_ms
from portique.core.wire_calls import ENVELOPE_BYTES_MAX, Answer
from portique.server.accounts.access import by_proof
from portique.server.accounts.bodies import announced, go_on, is_unread
from portique.server.clock import now
from portique.server.config.rows import load
from portique.server.console.views import stream_origin
from portique.server.gates.models import Gate
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from portique.core.wire_calls import Call

CALL_HEADER, ANSWER_HEADER = "Portique-Call", "Portique-Answer"
CBOR = "application/cbor"
STREAM = "/gate/v1/stream"
JUST_NOW, DRIFT_MS = timedelta(seconds=10), 1000
AHEAD_MS_MAX = 5 * 60_000  # a clock that was far ahead and is right again is heard after this
HEADER_CHARACTERS_MAX = 2 * ENVELOPE_BYTES_MAX
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A proved request.

    `fresh`: the gate's clock had signed none as late as this. `known`: it called just now, and its
    clock goes as it did. `stream` is where it may listen.
    """

    gate: Gate
    call: Call
    body: bytes
    query: str
    fresh: bool
    known: bool
    stream: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    status: int
    body: bytes = b""


def signed(
    method: str, *, bytes_max: int = 0
) -> Callable[[Callable[[Asked], Reply]], Callable[[HttpRequest], HttpResponse]]:
    """Turn what answers a proved call into a view.

    Args:
        method: GET or POST.
        bytes_max: The longest body.
    """

    def view_of(answer: Callable[[Asked], Reply]) -> Callable[[HttpRequest], HttpResponse]:
        @by_proof
        @csrf_exempt
        @wraps(answer)
        def view(request: HttpRequest) -> HttpResponse:
            if request.method != method:
                return HttpResponse(status=405, headers={"Allow": method})
            proved = _proved(request)
            if proved is None:
                return HttpResponse(status=401)
            if is_unread(request) and announced(request) <= bytes_max:
                return go_on()
            gate, call = proved
            return _response(call, _reply(request, gate, call, answer, bytes_max))

        return view

    return view_of


def body_of(request: HttpRequest, bytes_max: int) -> bytes | None:
    """Read a body of a length that was said and is not too long; None: it is."""
    return request.body if announced(request) <= bytes_max else None


def _proved(request: HttpRequest) -> tuple[Gate, Call] | None:
    """Find who calls; None: not a gate of this school's, or somebody in its name."""
    data = _from_text(request.headers.get(CALL_HEADER, ""))
    line = f"{request.method} {request.get_full_path()}"
    try:
        for gate in load(Gate, "gate_id = %s", wire_calls.caller(data)):
            return gate, wire_calls.read_call(data, gate.key, request=line, body=None)
    except (LinkError, DataError):  # a name that PostgreSQL can't even look for is no gate's
        log.info("call-not-proved")
    return None


def _reply(
    request: HttpRequest,
    gate: Gate,
    call: Call,
    answer: Callable[[Asked], Reply],
    bytes_max: int,
) -> Reply:
    if gate.removed_at is not None:
        return Reply(401)
    try:
        body = body_of(request, bytes_max)
        if body is None:
            return Reply(413)
        if wire_calls.digest(body) != call.body_hash:
            return Reply(400)
        known = _is_known(gate, call)
        fresh = _heard(gate, call)
        query = request.META.get("QUERY_STRING", "")
        return answer(Asked(gate, call, body, query, fresh, known, _stream(request)))
    except (LinkError, UnreadablePostError):
        return Reply(400)
    except (OperationalError, PortiqueError):
        log.exception("gate-asked-to-come-again")
        return Reply(503)


def _is_known(gate: Gate, call: Call) -> bool:
    """Say whether what the row has of a gate's calls would stay about the same."""
    at = now()
    if gate.contact_at is None or gate.drift_ms is None:
        return False
    drift_ms = call.sent_ms - to_ms(at)
    return at - gate.contact_at <= JUST_NOW and abs(drift_ms - gate.drift_ms) <= DRIFT_MS


def _heard(gate: Gate, call: Call) -> bool:
    """Note that a gate called; say whether its clock had signed no call as late as this one.

    What it asks for writes the row, in the transaction of its own: a gate's call costs one.
    """
    at = now()
    fresh = call.sent_ms > gate.called_ms
    heard_ms = min(call.sent_ms, to_ms(at) + AHEAD_MS_MAX)
    gate.contact_at, gate.called_ms = at, max(gate.called_ms, heard_ms)
    if fresh:  # a repeated call says nothing about the clock
        gate.drift_ms = call.sent_ms - to_ms(at)
    return fresh


def _stream(request: HttpRequest) -> str:
    """Return the stream's address, under the name by which the gate reached this server."""
    return (stream_origin(request) or f"{request.scheme}://{request.get_host()}") + STREAM


def _response(call: Call, reply: Reply) -> HttpResponse:
    said = Answer(call.nonce, reply.status, to_ms(now()), wire_calls.digest(reply.body))
    envelope = wire_calls.sign_answer(said, served_school().keys.orders)
    response = HttpResponse(reply.body, status=reply.status, content_type=CBOR)
    response.headers[ANSWER_HEADER] = _to_text(envelope)
    return response


def _to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _from_text(text: str) -> bytes:
    if len(text) > HEADER_CHARACTERS_MAX:
        return b""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
