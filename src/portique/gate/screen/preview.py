"""Serve the screens with a sample board, to look at them: `python -m portique.gate.screen.preview`.

Nothing is read, decided or written: a board with made-up people, and a desk
that rules at once. The agents are `loge` and `cpe`, both with PIN 246810.
"""

from __future__ import annotations

import argparse
import itertools
import threading
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from portique.core.daylists import DayList, Listed
from portique.core.decide import Outcome, Reason
from portique.core.entries import Ruling
from portique.core.errors import EnvironmentProblem, TooLate
from portique.core.sentences import ForgottenReason
from portique.core.values import Direction, HolderId, Kind, Medium, PassId
from portique.core.zones import default_site
from portique.gate.board import (
    Advice,
    Aim,
    Board,
    Card,
    Counts,
    Freshness,
    FreshnessState,
    Mode,
    Posture,
    Ruled,
    Words,
)
from portique.gate.clock import GateClock
from portique.gate.screen.app import create_app
from portique.gate.screen.serving import serve_in_thread
from portique.gate.screen.settings import Agent, ScreenSettings, hash_pin

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.core.sentences import AdmitReason, DenyReason, ManualReason

PIN = "246810"
SALT = bytes(range(16))  # a preview protects nothing
MONDAY_MS = 1_789_970_880_000  # Monday 21 September 2026, 08:08 in Paris

LANE = replace(
    default_site().lane("entry-1"),
    title=Words("Portail nord", "North gate"),
    point=Words("la vie scolaire", "the school office"),
)
_PEOPLE = (
    ("Inès Garrigue", "2de 4", Kind.PUPIL, Medium.PAPER),
    ("Malo Kerdoncuff", "1re G2", Kind.PUPIL, Medium.PHONE),
    ("Aïssata Diomandé", "Tle STMG", Kind.PUPIL, Medium.PAPER),
    ("Hugo Vantreuil", "2de 1", Kind.PUPIL, Medium.BADGE),
    ("Mme Escoffray", "SVT", Kind.STAFF, Medium.BADGE),
    ("Léonie Parmentel", "1re G5", Kind.PUPIL, Medium.PHONE),
    ("Noé Billardon", "2de 4", Kind.PUPIL, Medium.PAPER),
)


@dataclass(slots=True)
class PreviewDesk:
    """A desk that settles on the board at once; the smallest that keeps the promises."""

    board: Board
    now_ms: Callable[[], int]
    panel_asks: bool = False
    listed: DayList | None = None
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1000))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def rule(
        self, showing: int, ruling: Ruling, reason: AdmitReason | DenyReason, agent: str
    ) -> None:
        """Settle the card; the second agent gets TooLate."""
        self.board.settle(showing, Ruled(ruling, reason, agent, self.now_ms()))

    def admit_manually(self, reason: ManualReason, agent: str) -> None:
        """List the admission."""
        at_ms = self.now_ms()
        ruled = Ruled(Ruling.ADMIT, reason, agent, at_ms)
        showing = next(self._numbers)
        self.board.list_manual(Card(showing, at_ms, Outcome.GRANT, None, ruled=ruled))

    def find_forgotten(self, letters: str, label: str) -> list[Listed] | None:
        """Find among the made-up people."""
        return None if self.listed is None else self.listed.find(letters, label)

    def admit_forgotten(self, card: str, reason: ForgottenReason, agent: str) -> bool:
        """List them among the recent ones, or let somebody else's hours ask for an answer."""
        found = self.listed.get(card) if self.listed else None
        if found is None:
            raise TooLate("not on the preview's list")
        at_ms, lost = self.now_ms(), reason is ForgottenReason.LOST
        reasons = (
            (Reason.OUTSIDE_OPENING, Reason.LOW_ASSURANCE) if lost else (Reason.LOW_ASSURANCE,)
        )
        shown = Card(
            next(self._numbers), at_ms, Outcome.REFER, None, reasons, found.pass_id,
            found.name, found.label, found.kind,
        )  # fmt: skip
        self.board.present(shown)
        if not lost:
            self.board.settle(shown.showing, Ruled(Ruling.ADMIT, reason, agent, at_ms))
        return not lost

    def count(self, direction: Direction, step: int) -> None:
        """Count on the board, never below zero."""
        with self._lock:
            counts = self.board.snapshot().counts
            entering = direction is Direction.ENTRY
            self.board.set_counts(
                Counts(
                    max(0, counts.entered + (step if entering else 0)),
                    max(0, counts.left + (0 if entering else step)),
                )
            )

    def set_mode(self, mode: Mode, agent: str) -> None:  # noqa: ARG002 - the preview keeps no journal
        """Show the mode."""
        self.board.set_mode(mode)

    def end_evacuation(self, agent: str) -> None:  # noqa: ARG002 - the preview keeps no journal
        """Go back to normal, unless the made-up fire panel says otherwise."""
        if self.panel_asks:
            raise EnvironmentProblem("the fire panel still asks for evacuation: reset it first")
        self.board.set_posture(Posture.NORMAL)

    def dismiss_alert(self, alert: int, agent: str) -> None:  # noqa: ARG002 - the preview keeps no journal
        """Drop the alert."""
        self.board.drop_alert(alert)


def sample_list() -> DayList:
    """Return a day's list of the made-up people."""
    rows = enumerate(_PEOPLE)
    listed = (
        Listed(
            PassId(f"{n:016x}"), HolderId(f"{n:016x}"), kind, name, label, n, 0, MONDAY_MS // 500
        )
        for n, (name, label, kind, _) in rows
    )
    return DayList(date(2026, 9, 21), tuple(listed))


def sample_board() -> Board:
    """Make a board at five past eight: grants flowing, three cards waiting."""
    board = Board(LANE)
    for number, (name, label, kind, medium) in enumerate(_PEOPLE):
        at_ms = MONDAY_MS - 60_000 + 6_000 * number
        board.present(
            Card(number + 1, at_ms, Outcome.GRANT, medium, name=name, label=label, kind=kind)
        )
    for card in reversed(sample_waiting()):
        board.present(card)
    board.set_counts(Counts(entered=412, left=3))
    board.set_freshness(sample_freshness())
    board.gone(11)
    return board


def sample_waiting() -> tuple[Card, ...]:
    """Return a referral with two reasons, a refusal, and a code that is nobody's; newest first."""
    return (
        Card(
            11,
            MONDAY_MS - 5_000,
            Outcome.REFER,
            Medium.PAPER,
            (Reason.EXPIRED, Reason.OUTSIDE_OPENING),
            PassId("00112233445566aa"),
            "Camille Brézolles",
            "Tle G3",
            Kind.PUPIL,
        ),
        Card(
            10,
            MONDAY_MS - 25_000,
            Outcome.REFUSE,
            Medium.PHONE,
            (Reason.PHONE_PROOF_MISSING,),
            PassId("00112233445566bb"),
            "Yanis Oudrhiri",
            "1re G2",
            Kind.PUPIL,
        ),
        Card(9, MONDAY_MS - 40_000, Outcome.REFUSE, None, (Reason.NOT_A_PASS,)),
    )


def sample_freshness() -> tuple[Freshness, ...]:
    """Return the ages of a gate that was synchronised this morning."""
    ages = {"keys": 5400, "status": 180, "calendars": 5400, "rights": 240, "clock": 20}
    fresh = FreshnessState.FRESH
    return tuple(Freshness(part, age_s, fresh) for part, age_s in ages.items())


def sample_aim(advice: Advice | None = Advice.FLATTER) -> Aim:
    """Return a code seen at an angle."""
    return Aim(((0.32, 0.3), (0.66, 0.24), (0.7, 0.74), (0.35, 0.68)), advice)


@cache
def agents() -> tuple[Agent, ...]:
    """Return the two agents of the preview."""
    return tuple(Agent(alias, hash_pin(PIN, salt=SALT)) for alias in ("loge", "cpe"))


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="Serve the screens with a sample board.")
    parser.add_argument("--port", type=int, default=8470)
    settings = ScreenSettings(port=parser.parse_args().port, agents=agents())
    board, clock = sample_board(), GateClock()
    desk = PreviewDesk(board, clock.now_ms, listed=sample_list())
    app = create_app(board, desk, settings, monotonic_ms=clock.monotonic_ms)
    serving = serve_in_thread(app, settings)
    print(f"{serving.url}  (agents loge and cpe, PIN {PIN}); Ctrl+C ends")  # noqa: T201 - its output
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        serving.stop()


if __name__ == "__main__":
    main()
