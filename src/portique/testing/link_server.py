"""A small real server for gates: the frozen wire over HTTP, with faults on demand.

It keeps everything in memory and knows nothing but `portique.core`: what it takes
for right is what `docs/formats/wire.md` says, so a gate that works with it was not
tested against its own ideas. `LinkServer` answers; `Holding` is what it would
have in its database, and what a backup brings back.
"""

from __future__ import annotations

import base64
import threading
from collections import deque
from copy import deepcopy
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from portique.core import wire, wire_calls, wire_enrolment, wire_news
from portique.core.entries import from_body
from portique.core.entries_chain import genesis
from portique.core.errors import JournalError, LinkError
from portique.core.wire import Acknowledgement
from portique.core.wire_calls import Answer
from portique.core.wire_enrolment import Admission, Invitation
from portique.core.wire_news import News

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from portique.core.knowledge import Version
    from portique.core.seal import PrivateKey, PublicKey
    from portique.core.values import Uai
    from portique.core.wire import Filing, Line
    from portique.core.wire_news import Health, Note

COMMENT_S = 15.0
NOTES_AT_ONCE = 100


class Fault(Enum):
    """What goes wrong with one request."""

    LOST_BEFORE = auto()  # it never arrives
    LOST_AFTER = auto()  # it is carried out, its answer lost
    TWICE = auto()  # the network delivers it twice
    UNAVAILABLE = auto()  # 503, signed
    BROKEN = auto()  # 500 by something on the way, not signed
    CUT = auto()  # half the body
    STALLED = auto()  # no answer until the server is closed


@dataclass(slots=True)
class Holding:
    """What a server has stored: each entry once, and the notes that gates have not taken up."""

    lines: dict[tuple[str, int], list[Line]] = field(default_factory=dict)
    aside: dict[tuple[str, int], dict[int, str]] = field(default_factory=dict)
    heads: dict[tuple[str, int], bytes] = field(default_factory=dict)
    notes: dict[str, list[Note]] = field(default_factory=dict)
    orders: dict[str, list[bytes]] = field(default_factory=dict)
    last_note: int = 0
    stored: int = 0  # how many entries were ever written: more than there are is one twice

    def take(self, gate_id: str, key: PublicKey, filing: Filing) -> int:
        """Store what is new of a filing; return the status."""
        place = gate_id, filing.epoch
        held = self.lines.setdefault(place, [])
        first = filing.lines[0].number
        if first > len(held) + 1:
            return 200  # the acknowledgement asks for what lies between
        start = genesis(gate_id, filing.epoch, key.x + key.y)
        if not filing.follows(held[first - 2].chain if first > 1 else start):
            return 409
        for line in filing.lines:
            if line.number > len(held):
                self._store(place, line)
            elif held[line.number - 1].chain != line.chain:
                return 409
        if filing.head is not None:
            self.heads[place] = filing.head
        return 200

    def _store(self, place: tuple[str, int], line: Line) -> None:
        self.lines[place].append(line)
        self.stored += 1
        try:
            if line.body is not None:
                from_body(line.body)
        except JournalError:
            self.aside.setdefault(place, {})[line.number] = "unknown-kind"

    def acknowledgement(self, gate_id: str, epoch: int, newest: Version | None) -> Acknowledgement:
        """Say how far an epoch is held."""
        place = gate_id, epoch
        aside = tuple(sorted(self.aside.get(place, {}).items()))
        orders = tuple(self.orders.get(gate_id, ()))
        return Acknowledgement(epoch, len(self.lines.get(place, ())), aside, newest, orders)

    def news(self, gate_id: str, cursor: int) -> tuple[int, tuple[Note, ...]]:
        """Let go of what a gate has taken up; return its next cursor and its notes."""
        waiting = [note for note in self.notes.get(gate_id, []) if note.number > cursor]
        self.notes[gate_id] = waiting
        given = tuple(waiting[:NOTES_AT_ONCE])
        more = len(waiting) > len(given)
        return given[-1].number if more else self.last_note, given


class LinkServer:
    """A school's server on a loopback port, as a context manager.

    Attributes:
        holding: What it has stored; exchange it for an older `copy` to restore a backup.
        faults: What goes wrong with the next requests, in order; empty: nothing.
        reports: The last report of each gate.
        refuses: Lines it answers with 400, for tests of poison.
        asked: The request lines it got.
    """

    def __init__(
        self, uai: Uai, orders: PrivateKey, knowledge: PrivateKey, now_ms: Callable[[], int]
    ) -> None:
        self.uai = uai
        self.now_ms = now_ms
        self.holding = Holding()
        self.faults: deque[Fault] = deque()
        self.reports: dict[str, Health] = {}
        self.refuses: Callable[[Line], bool] = lambda _line: False
        self.asked: list[str] = []
        self.streams = True
        self.on_admitted: Callable[[str, PublicKey], None] = lambda _gate, _key: None
        self.changed = threading.Condition()
        self.closing = threading.Event()
        self._orders, self._knowledge = orders, knowledge
        self._gates: dict[str, PublicKey] = {}
        self._bundle: tuple[Version, bytes] | None = None
        self._invited: dict[bytes, tuple[str, str]] = {}
        self._lock = threading.RLock()
        self._http = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Handler", (_Handler,), {"link": self})
        )
        self._http.daemon_threads = True
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, whatever is stalled or streams."""
        self.closing.set()
        with self.changed:
            self.changed.notify_all()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    # --- what a school does ----------------------------------------------------------------------

    def add_gate(self, gate_id: str, key: PublicKey) -> None:
        """Know a gate by its key."""
        self._gates[gate_id] = key

    def remove_gate(self, gate_id: str) -> None:
        """Know a gate no more."""
        del self._gates[gate_id]

    def publish(self, version: Version, bundle: bytes) -> None:
        """Offer knowledge, and tell the streams."""
        with self.changed:
            self._bundle = (version, bundle)
            self.changed.notify_all()

    def tell(self, gate_id: str, make: Callable[[int], Note]) -> Note:
        """Give a gate a note, made for its number."""
        with self.changed:
            self.holding.last_note += 1
            note = make(self.holding.last_note)
            self.holding.notes.setdefault(gate_id, []).append(note)
            self.changed.notify_all()
        return note

    def invite(self, gate_id: str, lane: str, secret: bytes) -> Invitation:
        """Make an invitation for one gate."""
        self._invited[secret] = (gate_id, lane)
        hashed = wire_enrolment.key_hash(self._knowledge.public)
        return Invitation(self.uai, self.address, secret, hashed, self.now_ms() // 1000 + 600)

    def copy(self) -> Holding:
        """Make a backup."""
        with self._lock:
            return deepcopy(self.holding)

    # --- answering -------------------------------------------------------------------------------

    def respond(
        self, request: str, body: bytes, header: str | None, *, busy: bool = False
    ) -> tuple[int, bytes, bytes | None]:
        """Answer one request: status, body and, when the gate is known, the signed answer."""
        self.asked.append(request)
        if request == "POST /gate/v1/enrol":
            return (*self._admit(body), None)
        try:
            call_bytes = from_text(header or "")
            gate_id = wire_calls.caller(call_bytes)
            key = self._gates[gate_id]
        except (LinkError, KeyError, ValueError):
            return 401, b"", None
        try:
            call = wire_calls.read_call(call_bytes, key, request=request, body=body)
        except LinkError:
            return 401, b"", None
        with self._lock:
            status, answered = (503, b"") if busy else self._answer(gate_id, request, body)
        said = Answer(call.nonce, status, self.now_ms(), wire_calls.digest(answered))
        return status, answered, wire_calls.sign_answer(said, self._orders)

    def _answer(self, gate_id: str, request: str, body: bytes) -> tuple[int, bytes]:
        try:
            if request == "POST /gate/v1/entries":
                return self._take(gate_id, wire.read_filing(body))
            if request == "POST /gate/v1/news":
                return self._tell_news(gate_id, body)
        except LinkError:
            return 400, b""
        if request.startswith("GET /gate/v1/knowledge"):
            return self._give_knowledge(request.partition("?have=")[2])
        return 404, b""

    def _take(self, gate_id: str, filing: Filing) -> tuple[int, bytes]:
        if any(line.body is not None and self.refuses(line) for line in filing.lines):
            return 400, b""
        status = self.holding.take(gate_id, self._gates[gate_id], filing)
        if status != 200:
            return status, b""
        newest = self._bundle[0] if self._bundle else None
        said = self.holding.acknowledgement(gate_id, filing.epoch, newest)
        return 200, said.to_bytes()

    def _tell_news(self, gate_id: str, body: bytes) -> tuple[int, bytes]:
        report = wire_news.read_report(body)
        self.reports[gate_id] = report.health
        cursor, notes = self.holding.news(gate_id, report.cursor)
        newest = self._bundle[0] if self._bundle else None
        stream = f"{self.address}/gate/v1/stream" if self.streams else None
        return 200, News(cursor, newest, notes, stream).to_bytes()

    def _give_knowledge(self, have: str) -> tuple[int, bytes]:
        if self._bundle is None:
            return 204, b""
        version, bundle = self._bundle
        if have and tuple(map(int, have.split("."))) >= (version.epoch, version.number):
            return 204, b""
        return 200, bundle

    def _admit(self, body: bytes) -> tuple[int, bytes]:
        try:
            application, secret = wire_enrolment.read_application(body, tuple(self._invited))
        except LinkError:
            return 403, b""
        gate_id, lane = self._invited.pop(secret)
        self.add_gate(gate_id, application.key)
        self.on_admitted(gate_id, application.key)
        key = self._knowledge
        admission = Admission(application.nonce, gate_id, lane, key.public, self.now_ms())
        return 200, wire_enrolment.sign_admission(admission, key)

    def is_known(self, request: str, header: str | None) -> bool:
        """Say whether a call without a body is a known gate's."""
        return self.respond(request, b"", header)[0] != 401


def from_text(text: str) -> bytes:
    """Read a header."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class _Handler(BaseHTTPRequestHandler):
    """Speaks HTTP for one server, and does the faults."""

    link: LinkServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Give knowledge, or stream."""
        if self.path == "/gate/v1/stream":
            self._stream()
        else:
            self._reply(b"")

    def do_POST(self) -> None:
        """Take a body and answer."""
        self._reply(self.rfile.read(int(self.headers["Content-Length"])))

    def _reply(self, body: bytes) -> None:
        fault = self.link.faults.popleft() if self.link.faults else None
        self.close_connection = fault is not None
        if fault is Fault.LOST_BEFORE:
            return
        if fault is Fault.STALLED:
            self.link.closing.wait()
            return
        if fault is Fault.BROKEN:
            self._send(500, b"<h1>sorry</h1>", None)
            return
        request, header = f"{self.command} {self.path}", self.headers["Portique-Call"]
        if fault is Fault.TWICE:
            self.link.respond(request, body, header)
        busy = fault is Fault.UNAVAILABLE
        status, answered, answer = self.link.respond(request, body, header, busy=busy)
        if fault is not Fault.LOST_AFTER:
            self._send(status, answered, answer, cut=fault is Fault.CUT)

    def _send(self, status: int, body: bytes, answer: bytes | None, *, cut: bool = False) -> None:
        self.send_response(status)
        if self.close_connection:
            self.send_header("Connection", "close")
        if answer is not None:
            text = base64.urlsafe_b64encode(answer).rstrip(b"=").decode()
            self.send_header("Portique-Answer", text)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)

    def _stream(self) -> None:
        self.close_connection = True
        if not self.link.is_known("GET /gate/v1/stream", self.headers["Portique-Call"]):
            self._send(401, b"", None)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            while not self.link.closing.is_set():
                with self.link.changed:
                    told = self.link.changed.wait(COMMENT_S)
                number = self.link.holding.last_note
                event = f"event: news\ndata: {number}\n\n" if told else ": still here\n\n"
                self.wfile.write(event.encode())
                self.wfile.flush()
        except OSError:
            return  # the gate hung up

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name upstream
        """Say nothing."""
