"""What the gate's bench is made of: a door's controller, a site, a full journal, frames."""

from __future__ import annotations

import json
import os
import queue
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from portique.cli.options import entropy, now
from portique.core.entries_chain import commitment, link
from portique.core.values import Uai, to_ms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.gate.capture import Frame
    from portique.gate.journal import Journal

UAI = Uai("0990001N")
LANE = "entry-1"
BATCH = 20_000
ENTRIES_A_DAY = 2_500  # of one of a large school's twenty gates
DAY_MS = 24 * 3_600_000
APART_MS = 3_000  # far enough for each frame to be a showing of its own
MODULE_PX = 4.0


class Controller:
    """A door's controller on loopback that notes when each order arrived."""

    def __init__(self) -> None:
        self._orders: queue.Queue[tuple[str, float]] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._orders))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/door"

    def __enter__(self) -> Self:
        """Start listening."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def await_order(self, wanted: str, timeout_s: float) -> float:
        """Return when the next order of this name arrived, by `time.perf_counter`."""
        while True:
            order, at = self._orders.get(timeout=timeout_s)
            if order == wanted:
                return at


def _handler(orders: queue.Queue[tuple[str, float]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Note the order."""
            at = time.perf_counter()
            length = int(self.headers.get("Content-Length", "0"))
            orders.put((str(json.loads(self.rfile.read(length))["order"]), at))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def make_site(folder: Path) -> Path:
    """Make a school with one enrolled gate that knows it and has no camera; return its config."""
    from portique.gate.config import dump, load
    from portique.gate.enrolment import enrol
    from portique.school.bundles import make_bundle
    from portique.school.folder import SchoolFolder, Settings
    from portique.school.register import EnrolledGate
    from portique.school.rules import site_of

    at, config = now(), folder / "gate" / f"{LANE}.toml"
    school = SchoolFolder.create(folder / "school", Settings(UAI, "Lycée"), at=at, entropy=entropy)
    with closing(school):
        key = school.keys.knowledge.public
        mine, _ = enrol(config, site_of(school).lane(LANE), UAI, key, entropy=entropy)
        school.register.add_gate(EnrolledGate(LANE, LANE, mine.public.x, mine.public.y))
        data = make_bundle(school, at=at, entropy=entropy)
    loaded = load(config)
    loaded.knowledge.path.mkdir()
    (loaded.knowledge.path / "today.knowledge").write_bytes(data)
    camera, screens = replace(loaded.camera, source="none"), replace(loaded.screens, port=0)
    changed = replace(loaded, camera=camera, screens=screens)
    config.write_text(dump(changed, folder=config.parent), encoding="utf-8")
    return config


def fill_journal(config: Path, entries: int) -> None:
    """Give a stopped gate the journal it would have after so many entries, day after day.

    All are chained as it would have chained them; the retention then erases what is older than a
    day, as it would have, and the head is signed.
    """
    from portique.gate.config import load

    path, end_ms = load(config).journal.file, to_ms(now())
    _chain(path, entries, end_ms)
    path.with_name(path.name + ".head").unlink(missing_ok=True)
    with _opened(config, path, end_ms) as journal:
        journal.erase_before(end_ms - DAY_MS, rule="next-school-day", at_ms=end_ms)


@contextmanager
def _opened(config: Path, path: Path, at_ms: int) -> Iterator[Journal]:
    from portique.gate.config import load
    from portique.gate.journal import Journal
    from portique.gate.keyfiles import read_private

    key = read_private(load(config).gate.key)
    journal = Journal.open(path, gate_id=LANE, key=key, now_ms=at_ms, entropy=entropy)
    try:
        yield journal
    finally:
        journal.close(at_ms=at_ms)


def _chain(path: Path, entries: int, end_ms: int) -> None:
    from portique.testing.journals import decision

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        last = "SELECT number, chain FROM entry ORDER BY number DESC LIMIT 1"
        number, chain = connection.execute(last).fetchone()
        while number < entries:
            connection.execute("BEGIN")
            for _ in range(min(BATCH, entries - number)):
                number += 1
                body, salt = decision(number).to_body(), number.to_bytes(16, "big")
                at_ms = end_ms - DAY_MS * (entries - number) // ENTRIES_A_DAY
                commit = commitment(salt, body)
                chain = link(chain, number, at_ms, commit)
                row = (number, at_ms, salt, body, commit, chain)
                connection.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", row)
            connection.execute("COMMIT")


def processes_of(pid: int) -> list[int]:
    """List a process and everything it started."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def pss_kb(pid: int) -> int:
    """Return a process's proportional share of memory, in kB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


def processor_s(pid: int) -> float:
    """Return the processor time that a process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Showman:
    """Prepared frames of good passes, a replaying lane to show them to, and its journal."""

    def __init__(self, folder: Path, people: int) -> None:
        from portique.gate.judge import Bench
        from portique.gate.replay import Replay
        from portique.sight.codes import CodeReader
        from portique.testing.journals import START_MS, open_journal
        from portique.testing.lanes import PocketSchool, monday_ms

        school = PocketSchool()
        texts = [school.issue(f"Personne {number}").text for number in range(people)]
        known = school.knowledge()
        self.granted = 0
        self._journal = open_journal(folder / "showings.db", now_ms=START_MS)
        self._frames = [_frame(n, text, monday_ms()) for n, text in enumerate(texts)]
        bench = Bench(school.uai, known.site.lane(LANE), known)
        self._replay = Replay(bench, self._journal, CodeReader())

    def __enter__(self) -> Self:
        """Be ready."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the journal."""
        self._journal.close(at_ms=self._journal.highest_ms)

    def show_all(self) -> None:
        """Show every frame, and count who was let in."""
        for decided in self._replay.run(self._frames, closing=threading.Event()):
            self.granted += decided.judged.granted


def _frame(number: int, text: str, start_ms: int) -> Frame:
    from portique.gate.capture import Frame
    from portique.testing.scenes import Card, Placed, Scene, render

    placed = Placed(Card(text), (640.0, 360.0), MODULE_PX, rotation_deg=7.0 * number)
    shot: Any = render(Scene((placed,), noise_sigma=5.0, seed=number, background_seed=number))
    return Frame(number, start_ms + number * APART_MS, shot.frame)
