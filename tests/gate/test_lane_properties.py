"""Whatever is shown, ruled, broken or restarted: what may never happen at a lane, searched for."""

import io
import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from prometheus_client import generate_latest

from portique.core.decide import Outcome
from portique.core.entries import DecisionBody, ManualAdmissionBody, Ruling, RulingBody
from portique.core.errors import JournalError, TooLate
from portique.core.revocation import Status
from portique.core.sentences import AdmitReason, DenyReason, ManualReason
from portique.core.values import Kind
from portique.gate.logs import configure, log
from portique.testing.fakes import FakeDoor
from portique.testing.lanes import Held, PocketSchool, WorkingLane, open_lane

DOUBLE_USE_MS = 5 * 60_000
CANARIES = ("Zébulon Canari", "Ophélie Témoin", "Barnabé Leurre", "Isaure Appât")
AFTER_MS = st.sampled_from([0, 1_000, 14_000, 31_000, 60_000, DOUBLE_USE_MS, DOUBLE_USE_MS + 1])


class LaneMachine(RuleBasedStateMachine):
    """A lane, four holders with seven media, an agent, a disk that breaks, and power cuts."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._log = io.StringIO()
        configure(self._log, strict=True)
        self._errors: list[str] = []
        self._released: dict[str, int] = {}  # holder: when an automatic grant released the door
        self._door = FakeDoor()
        self._asked = 0

    @initialize()
    def open_the_school(self) -> None:
        school = PocketSchool()
        papers = [school.issue(name) for name in CANARIES]
        phones = [school.issue(one.name, phone=True, holder=one.holder) for one in papers[:2]]
        revoked = school.issue(CANARIES[3], kind=Kind.PUPIL, holder=papers[3].holder)
        school.set_status(revoked, Status.REVOKED)
        self._media: list[Held] = [*papers, *phones, revoked]
        self._known = school.knowledge(days=14)
        self._at_work = self._open(school, None)

    def _open(self, school: PocketSchool, before: WorkingLane | None) -> WorkingLane:
        path = Path(self._folder.name) / "journal.db"
        clock = before.clock if before else None
        return open_lane(path, school, known=self._known, clock=clock, door=self._door)

    @rule(number=st.integers(0, 6), age_ms=st.sampled_from([0, 15_000, 40_000]), later=AFTER_MS)
    def show(self, number: int, age_ms: int, later: int) -> None:
        working = self._at_work
        working.clock.advance(later)
        held, now = self._media[number], working.clock.now_ms()
        text = held.drawn(now - age_ms) if held.phone else held.text
        before = self._door.releases
        judged = working.show(text)
        if self._door.releases > before:
            assert judged is not None
            assert judged.decision.outcome is Outcome.GRANT
            last = self._released.get(held.holder)
            assert last is None or now - last > DOUBLE_USE_MS, "released twice in five minutes"
            self._released[held.holder] = now

    @rule(text=st.sampled_from(["", "PQ1:", "https://example.org", "PQ1:ABCDEF", *CANARIES]))
    def show_rubbish(self, text: str) -> None:
        before = self._door.releases
        self._at_work.show(text)
        assert self._door.releases == before

    @rule(place=st.integers(0, 5), ruling=st.sampled_from(Ruling), stale=st.booleans())
    def answer(self, place: int, ruling: Ruling, *, stale: bool) -> None:
        cards = self._at_work.board.snapshot().waiting
        if not cards:
            return
        card = cards[place % len(cards)]
        showing = (card.first or card.showing) if stale else card.showing
        reason: Any = AdmitReason.CHECKED if ruling is Ruling.ADMIT else DenyReason.SENT
        try:
            self._at_work.lane.rule(showing, ruling, reason, "loge")
        except (TooLate, JournalError) as error:
            self._errors.append(str(error))

    @rule()
    def admit_by_hand(self) -> None:
        try:
            self._at_work.lane.admit_manually(ManualReason.FORGOTTEN, "loge")
        except JournalError as error:
            self._errors.append(str(error))

    @rule(broken=st.booleans())
    def break_or_mend_the_disk(self, *, broken: bool) -> None:
        self._at_work.disk.broken = broken

    @rule(cut=st.booleans())
    def restart(self, *, cut: bool) -> None:
        """Start again, after an orderly end or after a power cut that closes nothing."""
        before = self._at_work
        before.disk.broken = False
        if cut:
            before.journal._keeper._drop()
            before.journal._keeper._marks.close()
        else:
            before.close()
        self._at_work = self._open(before.school, before)

    @invariant()
    def every_release_has_its_entry(self) -> None:
        """Count the releases of every run against what the journal holds by now."""
        if not hasattr(self, "_at_work") or self._at_work.disk.broken:
            return  # nothing can be read either; the next look counts it all
        assert self._door.releases <= sum(map(_justifies, self._at_work.bodies()))

    def teardown(self) -> None:
        """Look for names in everything that was kept or said."""
        if hasattr(self, "_at_work"):
            working = self._at_work
            log().info("gate-ready", gate="entry-1")
            working.close()
            kept = [path.read_bytes() for path in Path(self._folder.name).iterdir()]
            said = "\n".join([self._log.getvalue(), *self._errors]).encode()
            found = _names_in([*kept, said, generate_latest(working.metrics.registry)])
            assert not found, f"names of holders were kept: {found}"
        self._folder.cleanup()


def _justifies(body: object) -> bool:
    if isinstance(body, DecisionBody):
        return body.outcome == 0
    if isinstance(body, RulingBody):
        return body.ruling is Ruling.ADMIT
    return isinstance(body, ManualAdmissionBody)


def _names_in(kept: list[bytes]) -> list[str]:
    words = [word for name in CANARIES for word in name.split()]
    return [word for word in words if any(word.encode() in data for data in kept)]


RUNS = max(10, int(os.environ.get("PORTIQUE_CASES", "500")) // 20)  # each of 30 journalled steps

TestLane = LaneMachine.TestCase
TestLane.settings = settings(max_examples=RUNS, stateful_step_count=30, deadline=None)
