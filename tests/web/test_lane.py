"""A scanner's lane and a gate's do the same: the same answers, cards and entries, byte for byte."""

import os
import random
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.gate.conftest import site_with
from tests.web.node_lines import Answers, answering
from tests.web.schools import device_data

from portique.core.checks import ALL
from portique.core.daylists import DayList
from portique.core.entries import Ruling
from portique.core.errors import JournalError, TooLate
from portique.core.revocation import Status
from portique.core.sentences import (
    AdmitReason,
    DenyReason,
    ForgottenReason,
    ManualReason,
)
from portique.core.values import Direction, HolderId, Kind, from_ms
from portique.core.wire_news import ConsoleAdmission
from portique.core.zones import Mode
from portique.gate.board import RECENT_MS, AlertKind, Card
from portique.gate.journal_values import Receipt, Row
from portique.gate.knowing import open_bundle
from portique.gate.spot_checks import SpotChecks
from portique.testing.fakes import MONDAY_0800_MS
from portique.testing.lanes import Held, PocketSchool, Told, WorkingLane, open_lane

SEED = int(os.environ.get("PORTIQUE_WEB_SEED", secrets.randbits(32)))
MINUTE_MS = 60_000
AFTER_MS = (0, 900, 14_000, 31_000, MINUTE_MS, 5 * MINUTE_MS, 5 * MINUTE_MS + 1, 16 * MINUTE_MS)
RUBBISH = ("", "PQ1:", "https://example.org", "PQ1:ABCDEF", "04A2B93C7D1E80")
DEEDS = 80
Deed = list[Any]


@pytest.fixture(scope="module")
def node() -> Iterator[Answers]:
    """Start one Node process for this file."""
    with answering() as answers:
        yield answers


class Scene:
    """One school, its passes, and three things that its lanes may be told."""

    def __init__(self, rng: random.Random) -> None:
        self.school = PocketSchool(rng.randrange(2**32))
        papers = [self.school.issue(f"Nom {n}", kind=Kind.PUPIL) for n in range(4)]
        phones = [self.school.issue(one.name, phone=True, holder=one.holder) for one in papers[:2]]
        barred = [self.school.issue(f"Nom {n}") for n in range(4, 6)]
        for held, status in zip(barred, (Status.REVOKED, Status.SUSPENDED), strict=True):
            self.school.set_status(held, status)
        self.media: list[Held] = [*papers, *phones, *barred]
        day = from_ms(MONDAY_0800_MS).date()
        listed = DayList(day, tuple(self.school.listing(held) for held in (*papers, *barred)))
        lanes, some = ("entry-1", "exit-1"), rng.choice((None, 0, ALL))
        checks = None if some is None else dict.fromkeys(lanes, some)
        site = site_with(pairing=rng.random() < 1 / 2)
        told = Told(site=site, listed=listed, checks=checks)
        counting = replace(told, site=site_with(mode=Mode.COUNTING))
        free = replace(told, site=site_with(mode=Mode.FREE))
        self.bundles = [
            self.school.bundle(number, told=one)
            for number, one in enumerate((told, counting, free), 1)
        ]

    def text(self, rng: random.Random, at_ms: int) -> str:
        """Draw what is held up: a medium of somebody's, or rubbish."""
        if rng.random() < 1 / 5:
            return rng.choice(RUBBISH)
        held = rng.choice(self.media)
        return held.drawn(at_ms - rng.choice((0, 15_000, 40_000))) if held.phone else held.text


class GateLane:
    """The gate's lane of a scene, deed by deed."""

    def __init__(self, scene: Scene, path: Path, lane: str) -> None:
        self._scene, self._path, self._lane = scene, path, lane
        self._working: WorkingLane | None = None
        self.reopen()

    @property
    def working(self) -> WorkingLane:
        assert self._working is not None
        return self._working

    def reopen(self) -> None:
        """Start the gate (again)."""
        before = self._working
        if before is not None:
            before.close()
        self._working = open_lane(
            self._path,
            self._scene.school,
            lane=self._lane,
            known=self._known(0),
            clock=before.clock if before else None,
            draws_check=SpotChecks(0, secrets.token_bytes).draw,
        )
        self._tended_ms = 0

    def _known(self, place: int) -> Any:
        school = self._scene.school
        key = school.knowledge_key.public
        return open_bundle(self._scene.bundles[place], key, uai=school.uai, mine=school.gate_key)

    def do(self, deed: str, *about: Any) -> Any:
        """Do one deed; a refusal is an answer by its name."""
        try:
            return getattr(self, deed)(*about)
        except (TooLate, JournalError, ValueError) as error:
            return type(error).__name__

    def show(self, text: str) -> Any:
        judged = self.working.show(text)
        return None if judged is None else [str(one) for one in judged.decision.reasons]

    def cycle(self, count: int) -> None:
        for number in range(count):
            self.working.show(f"https://example.org/{number}")

    def rule(self, place: int, stale: bool, ruling: str, reason: str) -> None:  # noqa: FBT001 - as JSON has it
        cards = self.working.board.snapshot().waiting
        if place < len(cards):
            card = cards[place]
            showing = (card.first or card.showing) if stale else card.showing
            preset = AdmitReason(reason) if ruling == "admit" else DenyReason(reason)
            self.working.lane.rule(showing, Ruling(ruling), preset, "loge")

    def ruleOn(self, number: int) -> None:  # noqa: N802 - as JavaScript names it
        receipt = Receipt(1, number)
        self.working.lane.rule_on(receipt, Ruling.ADMIT, AdmitReason.KNOWN, "cpe")

    def admit(self, reason: str) -> None:
        self.working.lane.admit_manually(ManualReason(reason), "loge")

    def openFor(self, asked: dict[str, Any]) -> None:  # noqa: N802 - as JavaScript names it
        about = asked["lane"], asked["reason"], asked["agent"]
        self.working.lane.open_for(ConsoleAdmission(asked["admission"], asked["atMs"], *about))

    def forgotten(self, pass_id: str, reason: str) -> bool:
        return self.working.lane.admit_forgotten(pass_id, ForgottenReason(reason), "loge")

    def count(self, direction: str, step: int) -> None:
        self.working.lane.count(Direction(direction), step)

    def mode(self, mode: str) -> None:
        self.working.lane.set_mode(Mode(mode), "cpe")

    def elsewhere(self, holder: str, at_ms: int) -> None:
        self.working.lane.note_elsewhere(HolderId(holder), at_ms)

    def advance(self, ms: int) -> None:
        self.working.clock.advance(ms)

    def full(self, full: bool) -> None:  # noqa: FBT001 - as JSON has it
        self.working.disk.broken = full

    def learn(self, place: int) -> None:
        try:
            self.working.learn(self._known(place))
        except JournalError:
            return

    def tend(self) -> None:
        """Do the chores of a gate's loop, when they are due."""
        lane, board, clock = self.working.lane, self.working.board, self.working.clock
        board.beat(clock.monotonic_ms())
        board.forget(clock.now_ms() - RECENT_MS)
        lane.keep_day(clock.now_ms())
        with suppress(JournalError):
            lane.hold_open()
        if clock.monotonic_ms() - self._tended_ms >= MINUTE_MS:
            self._tended_ms = clock.monotonic_ms()
            lane.forget(clock.now_ms())
            try:
                lane.write_flood()
            except JournalError:
                return

    def shown(self) -> dict[str, Any]:
        """Write what the board shows as JavaScript does."""
        now = self.working.board.snapshot()
        return {
            "waiting": [waiting_data(card) for card in now.waiting],
            "recent": [
                [card.showing, str(card.ruled.reason) if card.ruled else None]
                for card in now.recent
            ],
            "counts": [now.counts.entered, now.counts.left, now.set_aside],
            # A refused exit calls an agent to a gate; a phone's agent holds the phone that refused.
            "alerts": [
                [str(alert.kind), alert.detail.fr if alert.detail else None]
                for alert in now.alerts
                if alert.kind is not AlertKind.EXIT_REFUSED
            ],
            "mode": str(now.mode),
        }

    def bodies(self) -> list[str]:
        """Return what the lane wrote, after the entry that begins the journal."""
        self.working.disk.broken = False
        rows: list[Row] = []
        after = 0
        while found := self.working.journal.rows(after):
            rows += found
            after = found[-1].number
        return [row.body.hex() for row in rows if row.body is not None][1:]


def waiting_data(card: Card) -> list[Any]:
    """Write a card that waits."""
    about = [card.showing, int(card.outcome), card.times, card.first, card.old, card.name]
    return [*about, *map(str, card.reasons)]


def drawn(rng: random.Random, scene: Scene, lane: str, at_ms: int) -> Deed:
    """Draw a deed; half of them are showings."""
    if rng.random() < 1 / 2:
        return ["show", scene.text(rng, at_ms)]
    held = rng.choice(scene.media)
    ruling, preset = rng.choice(
        (("admit", rng.choice([*AdmitReason])), ("deny", rng.choice([*DenyReason])))
    )
    asked = {"admission": f"{rng.randrange(4):016x}", "atMs": at_ms - rng.choice((0, 60_001))}
    asked |= {"lane": rng.choice((lane, lane, "exit-9")), "reason": "expected", "agent": "cpe"}
    deeds: list[Deed] = [
        ["rule", rng.randrange(3), rng.random() < 1 / 4, ruling, str(preset)],
        ["rule", 0, False, ruling, str(preset)],
        ["ruleOn", rng.randrange(2, 20)],
        ["admit", str(rng.choice([*ManualReason]))],
        ["openFor", asked],
        ["forgotten", held.pass_id, str(rng.choice([*ForgottenReason]))],
        ["count", str(rng.choice([*Direction])), rng.choice((1, -1))],
        ["mode", str(rng.choice([*Mode]))],
        ["mode", "control"],
        ["elsewhere", held.holder, at_ms + rng.choice((-MINUTE_MS, 0, MINUTE_MS))],
        ["full", rng.random() < 1 / 2],
        ["full", False],
        ["learn", rng.randrange(3)],
        ["cycle", rng.choice((3, 65))],
        ["reopen"],
    ]
    return rng.choice(deeds)


@pytest.mark.parametrize("turn", range(4))
def test_a_scanner_does_at_its_lane_what_a_gate_does(node: Answers, tmp_path: Path, turn: int):
    """Showings, answers, modes, a full disk, restarts and a midnight, drawn at random."""
    rng = random.Random(SEED + turn)
    scene, lane = Scene(rng), rng.choice(("entry-1", "exit-1"))
    gate = GateLane(scene, tmp_path / "journal.db", lane)
    deeds: list[Deed] = []
    expected = []
    for place in range(DEEDS):
        later = 15 * 3_600_000 if place == DEEDS * 3 // 4 else rng.choice(AFTER_MS)
        for deed in (["advance", later], ["tend"], None):
            done = deed or drawn(rng, scene, lane, gate.working.clock.now_ms())
            if done[0] == "reopen":
                deeds.append(["full", False])
                expected.append([gate.do("full", False), gate.shown()])  # noqa: FBT003 - as JSON has it
            deeds.append(done)
            expected.append([gate.do(*done), gate.shown()])
    bodies = gate.bodies()
    gate.working.close()

    key = scene.school.knowledge_key.public
    answer = node.ask(
        "lane",
        {
            "bundles": [bundle.hex() for bundle in scene.bundles],
            "key": {"x": key.x.hex(), "y": key.y.hex()},
            "mine": device_data(scene.school.gate_key),
            "lane": lane,
            "deeds": deeds,
        },
    )
    for number, (theirs, ours) in enumerate(zip(answer["answers"], expected, strict=True)):
        assert theirs == ours, f"seed {SEED}, turn {turn}, deed {number}: {deeds[number]}"
    assert answer["bodies"] == bodies, f"seed {SEED}, turn {turn}"
