"""A real journal and a real filer that speak with the server's views, over a network of our own."""

import base64
import shutil
import sqlite3
from collections import deque
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.test import Client
from tests.server.gates.wired import HEALTH

from portique.core import wire_calls, wire_news
from portique.core.errors import LinkError
from portique.core.seal import PrivateKey, PublicKey
from portique.core.values import to_ms
from portique.core.wire_calls import Call
from portique.core.wire_news import News, Report
from portique.gate.journal import Journal
from portique.gate.journal_folder import former_files
from portique.gate.journal_values import JournalSettings
from portique.gate.journal_verify import verify_file
from portique.gate.link.calls import Reply
from portique.gate.link.filing import Filed, Filer, Refused
from portique.server.clock import now
from portique.server.gates.models import Entry
from portique.testing.fakes import FakeClock
from portique.testing.fault_proxy import Fault
from portique.testing.journals import decision, repeatable

LOST = LinkError("nothing came back")
Chains = dict[tuple[int, int], bytes]  # by epoch and number


@dataclass
class LinkedGate:
    """A gate's journal and its link, turned by hand; `faults` befall its next calls."""

    gate_id: str
    key: PrivateKey
    orders: PublicKey
    folder: Path
    faults: deque[Fault] = field(default_factory=deque)
    clock: FakeClock = field(default_factory=lambda: FakeClock(to_ms(now())))
    client: Client = field(default_factory=Client)
    disputed: list[int] = field(default_factory=list)
    cursor: int = 0
    _opened: int = 0
    _nonces: int = 0

    def __post_init__(self) -> None:
        """Begin with an empty journal."""
        self._late: list[tuple[str, bytes, str]] = []
        self.open()

    @property
    def file(self) -> Path:
        return self.folder / "journal.db"

    def open(self) -> None:
        """Open what is there, as a gate that starts."""
        self._opened += 1
        self.journal = Journal.open(
            self.file,
            gate_id=self.gate_id,
            key=self.key,
            now_ms=self.clock.now_ms(),
            entropy=repeatable(1000 * self._opened),
            settings=JournalSettings(ballast_bytes=0),
        )
        self.filer = Filer(self.journal, self.clock, self.post)

    def close(self) -> None:
        """Stop in order."""
        self.journal.close(at_ms=self.clock.now_ms())

    def restart(self) -> None:
        """Stop and start."""
        self.close()
        self.open()

    def put_back(self, copy: Path) -> None:
        """Put an older copy of everything in the gate's folder back, and start on it."""
        self.close()
        shutil.rmtree(self.folder)
        shutil.copytree(copy, self.folder)
        self.open()

    def decide(self, count: int) -> None:
        """Write so many decisions."""
        for _ in range(count):
            self.clock.advance(1)
            body = decision(self.journal.head.number, pass_id=None, holder=None)
            self.journal.append(body, at_ms=self.clock.now_ms())

    # --- calls -----------------------------------------------------------------------------------

    def file_once(self) -> Filed:
        """File what waits, and do what the loop does about a dispute."""
        return self._heed(self.filer.file())

    def ask_again(self) -> None:
        """Ask how far each epoch is held: the server may have come back from a backup."""
        for filed in self.filer.ask_again():
            self._heed(filed)

    def _heed(self, filed: Filed) -> Filed:
        if filed.disputed is not None:
            self.disputed.append(filed.disputed)
            if filed.disputed == self.journal.head.epoch:
                self.journal.rotate(at_ms=self.clock.now_ms())
        return filed

    def report(self) -> News:
        """Report, and take news up."""
        head = self.journal.head
        health = replace(HEALTH, epoch=head.epoch, last=head.number, unsent=self.journal.pending())
        body = Report(self.cursor, health).to_bytes()
        reply = self.post("/gate/v1/news", body)
        if reply.status != 200:
            raise Refused(reply.status)
        news = wire_news.read_news(reply.body)
        self.cursor = news.cursor
        return news

    def drain(self) -> None:
        """Call without faults until nothing waits."""
        self.faults.clear()
        self.deliver_late()
        self.ask_again()
        for _ in range(200):
            if not self.journal.pending():
                return
            self.file_once()
        raise AssertionError(f"{self.journal.pending()} entries wait for ever")

    def post(self, path: str, body: bytes) -> Reply:
        """Post over the network there is; the reply is proved.

        Raises:
            LinkError: It did not come, or not whole.
        """
        fault = self.faults.popleft() if self.faults else None
        self.clock.advance(1)
        self._nonces += 1
        nonce = self._nonces.to_bytes(16, "big")
        call = Call(
            self.gate_id, f"POST {path}", self.clock.now_ms(), nonce, wire_calls.digest(body)
        )
        text = to_text(wire_calls.sign_call(call, self.key))
        reply = self._carry(path, body, text, nonce, fault)
        reply.signed_ms(self.orders)
        return reply

    def _carry(self, path: str, body: bytes, text: str, nonce: bytes, fault: Fault | None) -> Reply:
        if fault is Fault.LATE:
            self._late.append((path, body, text))
        if fault is Fault.BROKEN:
            return Reply(502, b"sorry", nonce, None, 0)
        if fault in {Fault.LOST, Fault.LATE, Fault.RESET}:
            raise LOST
        if fault is Fault.CUT_REQUEST:
            self._send(path, body[: len(body) // 2], text)
            raise LOST
        if fault is Fault.DOUBLED:
            self._send(path, body, text)
        response = self._send(path, body, text)
        self.deliver_late()
        if fault in {Fault.UNANSWERED, Fault.STALLED}:
            raise LOST
        data = response.content[:-1] if fault is Fault.CUT_ANSWER else response.content
        answer = response.headers.get("Portique-Answer")
        return Reply(response.status_code, data, nonce, answer and from_text(answer), 0)

    def _send(self, path: str, body: bytes, text: str):
        headers = {"Portique-Call": text}
        response = self.client.post(path, body, content_type="application/cbor", headers=headers)
        assert response.status_code in {200, 400, 409, 503}
        return response

    def deliver_late(self) -> None:
        """Deliver what was given up before."""
        late, self._late = self._late, []
        for path, body, text in late:
            self._send(path, body, text)

    # --- comparing -------------------------------------------------------------------------------

    def written(self) -> Chains:
        """Read every entry of every file of the journal, and leave it closed."""
        self.close()
        chains: Chains = {}
        for path in (self.file, *(former.path for former in former_files(self.file))):
            verdict = verify_file(path)
            assert verdict.whole, verdict.fault
            with closing(sqlite3.connect(path)) as connection:
                rows = connection.execute("SELECT number, chain FROM entry").fetchall()
            chains |= {(verdict.epoch, number): chain for number, chain in rows}
        return chains

    def held(self) -> Chains:
        """Read what the server holds; each entry is there once."""
        rows = Entry.objects.filter(epoch__gate=self.gate_id)
        found = [
            ((epoch, number), bytes(chain))
            for epoch, number, chain in rows.values_list("epoch__number", "number", "chain")
        ]
        assert len(found) == len(dict(found)), "an entry is there twice"
        return dict(found)


def to_text(data: bytes) -> str:
    """Write a header."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Read a header."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def try_to(act) -> None:
    """Call, and let it fail as the link's thread does."""
    with suppress(LinkError):
        act()
