"""One whole lane beside a server under load: its decisions are timed until consoles have them."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING

from portique.cli.bench_link import GATE, PASSES, link_of
from portique.core.revocation import Status
from portique.core.values import Kind, from_ms, to_ms
from portique.gate.clock import GateClock
from portique.gate.sync import Trust
from portique.school.folder import SchoolFolder
from portique.school.issuing import default_window
from portique.school.register import EnrolledGate, Issued
from portique.testing.fakes import FakeClock
from portique.testing.lanes import UAI, PocketSchool, open_lane

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portique.gate.link.client import Link
    from portique.testing.lanes import Held, WorkingLane

EVERY_S = 0.5
BEFORE_MS = 60_000


@dataclass(slots=True)
class Witness:
    """A lane with its journal and its link, and when it decided (uptime in seconds)."""

    lane: WorkingLane
    link: Link
    texts: list[str]
    decided_s: list[float] = field(default_factory=list)

    def decide(self, began_s: float, seconds: float) -> None:
        """Show a pass at a fixed pace; in a thread of its own."""
        pause = threading.Event()
        for number in range(int(seconds / EVERY_S)):
            pause.wait(max(0.0, began_s + number * EVERY_S - time.monotonic()))
            self.lane.clock.advance(round(EVERY_S * 1000))
            self.decided_s.append(time.monotonic())
            self.lane.show(self.texts[number % len(self.texts)])
            self.link.take_up()


def enrolled(folder: Path, pocket: PocketSchool) -> tuple[Trust, list[str]]:
    """Enrol the lane's gate at a school and register its passes.

    Returns:
        Whom its link trusts, and the texts of the passes.
    """
    school, public = SchoolFolder.open(folder), pocket.gate_key.public
    held = [pocket.issue(f"Personne {number}") for number in range(PASSES)]
    with school.register.transaction():
        school.register.add_gate(EnrolledGate(GATE, GATE, public.x, public.y))
        for one in held:
            school.register.add(_line(school, one))
    trust = Trust(UAI, school.keys.knowledge.public, pocket.gate_key)
    school.close()
    return trust, [one.text for one in held]


def _line(school: SchoolFolder, held: Held) -> Issued:
    at = from_ms(GateClock().now_ms())
    until = default_window(school, Kind.STAFF, at).closes
    index = school.register.free_index(os.urandom(4) for _ in repeat(None))
    times = to_ms(at), to_ms(until)
    return Issued(
        held.pass_id, held.holder, Kind.STAFF, index, Status.VALID, *times, None, held.text
    )


@contextmanager
def witness(
    journal: Path, pocket: PocketSchool, told: tuple[Trust, list[str]], address: str
) -> Iterator[Witness]:
    """Put the lane to work, linked with the server at an address."""
    trust, texts = told
    journal.parent.mkdir()
    lane = open_lane(journal, pocket, clock=FakeClock(GateClock().now_ms()))
    lane.learn(pocket.knowledge(2, at_ms=lane.clock.now_ms() - BEFORE_MS))
    link = link_of(lane, trust, address)
    link.start()
    try:
        yield Witness(lane, link, texts)
    finally:
        link.close()
        lane.close()
