"""A gate as the server sees one: a key, a journal's lines, signed calls over a test client."""

import base64
import os
from dataclasses import dataclass, field, replace

from django.test import Client

from portique.core import wire, wire_calls, wire_news
from portique.core.entries import DecisionBody, EpochBody, EpochCause, NoticeBody
from portique.core.entries_chain import commitment, genesis, link
from portique.core.journal_checkpoint import Checkpoint
from portique.core.seal import PrivateKey
from portique.core.values import HolderId, Kind, Medium, to_ms
from portique.core.wire import Acknowledgement, Filing, Line
from portique.core.wire_calls import Call
from portique.core.wire_news import Health, News, Report
from portique.server.clock import now
from portique.server.gates.models import Alarm

HEALTH = Health(
    "0.2.0", 1, 0, 0, 40, clock_trusted=True, mode="control", set_aside=0, disk_free=9 * 10**9
)


def alarms() -> list[str]:
    """List what alarms there are, in their order."""
    return list(Alarm.objects.order_by("pk").values_list("kind", flat=True))


def decision(holder: str = "00112233aabbccdd", **changes) -> DecisionBody:
    """Make a decision that grants; `changes` are its fields."""
    body = DecisionBody(
        showing=1, lane="entry-1", outcome=0, reasons=(), versions=(("knowledge", 3),),
        table="0011223344556677", posture="normal", medium=Medium.PAPER, pass_id=None,
        holder=HolderId(holder), kind=Kind.PUPIL,
    )  # fmt: skip
    return replace(body, **changes)


@dataclass
class Answered:
    """A response whose answer was verified."""

    status: int
    body: bytes


@dataclass
class WiredGate:
    """A gate with a journal in memory, one epoch at a time."""

    gate_id: str
    key: PrivateKey
    orders: PrivateKey
    client: Client = field(default_factory=Client)
    epoch: int = 1
    lines: list[Line] = field(default_factory=list)
    clock_ms: int = field(default_factory=lambda: to_ms(now()))

    @property
    def public(self) -> bytes:
        return self.key.public.x + self.key.public.y

    def write(self, *bodies, at_ms: int | None = None) -> list[Line]:
        """Append entries; a body may be given as bytes."""
        for body in bodies:
            number = len(self.lines) + 1
            time_ms = self.clock_ms if at_ms is None else at_ms
            data = body if isinstance(body, bytes) else body.to_body()
            salt = os.urandom(16)
            commit = commitment(salt, data)
            chain = link(self.chain, number, time_ms, commit)
            self.lines.append(Line(number, time_ms, salt, data, commit, chain))
        return self.lines

    def begin(self, count: int = 0) -> "WiredGate":
        """Write an epoch's first entry, and `count` notices."""
        self.write(EpochBody(self.epoch, EpochCause.FIRST))
        self.write(*(NoticeBody("tried", number) for number in range(count)))
        return self

    @property
    def chain(self) -> bytes:
        start = genesis(self.gate_id, self.epoch, self.public)
        return self.lines[-1].chain if self.lines else start

    def head(self, number: int | None = None, *, at_ms: int | None = None) -> bytes:
        """Sign for the journal up to an entry, the last one unless said."""
        number = len(self.lines) if number is None else number
        time_ms = self.clock_ms if at_ms is None else at_ms
        chain = self.lines[number - 1].chain
        made = Checkpoint(self.gate_id, self.epoch, number, chain, time_ms, time_ms)
        return made.sign(self.key)

    # --- calls ---

    def call(self, method: str, path: str, body: bytes = b"", **changes) -> Answered:
        """Call with a signature and verify the answer."""
        nonce, self.clock_ms = os.urandom(16), self.clock_ms + 1
        digest = wire_calls.digest(body)
        made = Call(self.gate_id, f"{method} {path}", self.clock_ms, nonce, digest)
        envelope = wire_calls.sign_call(replace(made, **changes), self.key)
        response = self.send(method, path, body, envelope)
        data = response.content
        text = response.headers["Portique-Answer"]
        said = wire_calls.read_answer(
            base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)),
            self.orders.public,
            nonce=changes.get("nonce", nonce),
            body=data,
        )
        assert said.status == response.status_code
        assert not response.cookies
        return Answered(response.status_code, data)

    def send(self, method: str, path: str, body: bytes, envelope: bytes):
        """Send with any header; nothing is verified."""
        text = base64.urlsafe_b64encode(envelope).rstrip(b"=").decode()
        return self.client.generic(
            method, path, body, content_type="application/cbor", headers={"Portique-Call": text}
        )

    def file(self, first: int = 1, last: int | None = None, **changes) -> Answered:
        """File lines `first` to `last` with the newest head there is."""
        lines = tuple(self.lines[first - 1 : last])
        head = changes.pop("head", self.head())
        return self.call("POST", "/gate/v1/entries", Filing(self.epoch, lines, head).to_bytes())

    def acknowledged(self, first: int = 1, last: int | None = None, **changes) -> Acknowledgement:
        """File, and read the acknowledgement."""
        answered = self.file(first, last, **changes)
        assert answered.status == 200
        return wire.read_acknowledgement(answered.body)

    def news(self, cursor: int = 0, **changes) -> News:
        """Report, and read the news."""
        told = {"epoch": self.epoch, "last": len(self.lines)} | changes
        report = Report(cursor, replace(HEALTH, **told))
        answered = self.call("POST", "/gate/v1/news", report.to_bytes())
        assert answered.status == 200
        return wire_news.read_news(answered.body)
