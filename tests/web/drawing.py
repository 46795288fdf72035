"""Draws the parts of a school at random: keys, calendars, timetables, rights, people."""

import random
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portique.core import seal
from portique.core.calendars import (
    Audience,
    Calendar,
    Days,
    Marks,
    On,
    Opening,
    SchoolDays,
)
from portique.core.exits import BUILT_IN, ExitRegime, Period, Rule
from portique.core.passes import Identity
from portique.core.plain import Words
from portique.core.rights import Permission, Rights, Visit
from portique.core.seal import PrivateKey, Purpose
from portique.core.timetables import Change, ChangeKind, Lesson, Timetable
from portique.core.values import (
    Direction,
    HolderId,
    Kind,
)
from portique.core.zones import INSIDE, OUTSIDE

ZONES = (
    *("Europe/Paris", "Europe/Paris", "America/Guadeloupe", "Indian/Reunion", "Pacific/Noumea"),
    *("Pacific/Tahiti", "America/Miquelon", "America/St_Johns", "Australia/Lord_Howe", "UTC"),
    *("Asia/Kathmandu", "America/Santiago", "Africa/Casablanca", "Asia/Beirut", "Europe/Dublin"),
)
GROUPS = ("2A", "2B", "latin", "internat", "Écoute ☂")
TITLES = ("", "x", "horaires", "Fête des élèves ☀")
HOURS = tuple(range(0, 1441, 30))  # few enough that edges meet
INDEXES = 64
DAY_MS = 86_400_000


HOLDERS = tuple(f"{number:016x}" for number in range(0xA0, 0xA8))
REGIMES = (
    *BUILT_IN,
    *(
        ExitRegime(f"{rule[:3]}{period[:3]}{number}", Words("l’un $& {}", "one"), rule, period)
        for number, (rule, period) in enumerate((r, p) for r in Rule for p in Period)
    ),
)
CODES = tuple(regime.code for regime in REGIMES)


class Drawing:
    """Draws schools from one seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    # --- small things ----------------------------------------------------------------------------

    def one(self, *among: Any) -> Any:
        """Return one of some values."""
        return self._random.choice(among)

    def some(self, among: Any, most: int = 3) -> list[Any]:
        """Return a few values, perhaps none, each once."""
        return self._random.sample(list(among), self._random.randint(0, min(most, len(among))))

    def chance(self, share: float) -> bool:
        """Return true in a share of the draws."""
        return self._random.random() < share

    def whole(self, least: int, most: int) -> int:
        """Return a whole number, both bounds included."""
        return self._random.randint(least, most)

    def bytes(self, number: int) -> bytes:
        """Return so many bytes."""
        return self._random.randbytes(number)

    def key(self, purpose: Purpose) -> PrivateKey:
        """Return a signing key."""
        return seal.private_key(purpose, self.bytes(40))

    def near(self, day: date, days: int = 12) -> date:
        """Return a date near another."""
        return day + timedelta(days=self.whole(-days, days))

    def hours(self) -> tuple[int, int]:
        """Return the beginning and the end of a lesson, in local minutes."""
        begins, ends = sorted(self._random.sample(HOURS, 2))
        return begins, ends

    # --- a school's calendar ----------------------------------------------------------------------

    def day_in(self, zone: str) -> date:
        """Return a date, in half the draws one whose night changes the clocks."""
        day = date(2026, 1, 1) + timedelta(days=self.whole(0, 800))
        if self.chance(0.5):
            return day
        for _ in range(400):
            noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
            if noon.utcoffset() != (noon + timedelta(days=1)).utcoffset():
                return day + timedelta(days=self.whole(0, 1))
            day += timedelta(days=1)
        return day

    def calendar(self, zone: str, day: date) -> Calendar:
        """Return terms, openings and a timetable around a date."""
        return Calendar(
            zone,
            SchoolDays(
                tuple(self._days(day) for _ in range(self.whole(0, 2))),
                tuple(self._days(day) for _ in range(self.whole(0, 1))),
                tuple(self.near(day) for _ in range(self.whole(0, 2))),
            ),
            Marks(
                self.one(*HOURS),
                self.one(*HOURS),
                self.one(*HOURS),
                tuple(self.one(*HOURS) for _ in range(7)),
            ),
            tuple(self._opening(day) for _ in range(self.whole(0, 6))),
            self._timetable(day) if self.chance(0.8) else None,
        )

    def _days(self, day: date) -> Days:
        first = self.near(day, 20)
        return Days(self.one(*TITLES), first, first + timedelta(days=self.whole(0, 40)))

    def _opening(self, day: date) -> Opening:
        audience = Audience(
            self.chance(0.3),
            tuple(self.some(Kind)),
            tuple(self.some(GROUPS)),
            tuple(self.some(HOLDERS)),
        )
        opens = self.one(*HOURS)
        return Opening(
            self.one(*TITLES),
            self.one(INSIDE, INSIDE, "yard"),
            audience,
            opens,
            opens if self.chance(0.1) else self.one(*HOURS),
            tuple(sorted(self.some(range(1, 8), 7))),
            self.one(*On),
            self.near(day) if self.chance(0.3) else None,
            self.near(day) if self.chance(0.3) else None,
            tuple(self.near(day, 2) for _ in range(self.whole(0, 2))),
        )

    def _timetable(self, day: date) -> Timetable:
        named = (GROUPS[0], *self.some(GROUPS[1:], 4))
        first = day - timedelta(days=self.whole(0, 30))
        return Timetable(
            first,
            first + timedelta(days=self.whole(28, 60)),
            named,
            tuple(self._lesson(self.one(*named), day) for _ in range(self.whole(0, 60))),
            tuple(self._change(self.one(*named), day) for _ in range(self.whole(0, 8))),
        )

    def _lesson(self, group: str, day: date) -> Lesson:
        first = self.near(day, self.one(1, 20)) if self.chance(0.3) else None
        last = self.near(day, self.one(1, 20)) if self.chance(0.2) else None
        every = self.whole(1, 4) if first else 1
        return Lesson(group, self.whole(1, 7), *self.hours(), first, last, every)

    def _change(self, group: str, day: date) -> Change:
        return Change(group, self.near(day, 2), self.one(*ChangeKind), *self.hours())

    # --- people -----------------------------------------------------------------------------------

    def rights(self, at_ms: int) -> Rights:
        """Return what one holder may do around an instant."""
        return Rights(
            tuple(self.some(GROUPS[1:], 1)) + GROUPS[:1] * self.chance(0.8),
            self.one("", "2de 4"),
            self.one("", *CODES, *CODES, "gone"),
            tuple(sorted(self.some(range(1, 8), 7))),
            self.chance(0.3),
            tuple(self._permission(at_ms) for _ in range(self.one(0, 0, 1, 2))),
            self._visit(at_ms) if self.chance(0.3) else None,
        )

    def _permission(self, at_ms: int) -> Permission:
        return Permission(
            self.one(*Direction),
            max(0, at_ms + self.whole(-3, 1) * DAY_MS),
            self.one(None, at_ms + self.whole(-1, 3) * DAY_MS),
            "vie scolaire",
            self.one("", "rendez-vous"),
            tuple(sorted(self.some(range(1, 8), 7))) if self.chance(0.4) else (),
            self.one(*HOURS) if self.chance(0.4) else None,
            self.one(*HOURS) if self.chance(0.4) else None,
        )

    def _visit(self, at_ms: int) -> Visit:
        from_ms = at_ms + self.whole(-30, 5) * 3_600_000
        until_ms = from_ms + self.whole(-1, 40) * 3_600_000
        return Visit(tuple(self.some((INSIDE, "yard", OUTSIDE))), from_ms, until_ms)

    def identity(self) -> Identity:
        """Return who a pass is for."""
        return Identity(
            HolderId(self.one(*HOLDERS)),
            self.one(*Kind) if self.chance(0.4) else Kind.PUPIL,
            "Zoé Martin",
            self.one("", "2A"),
            self.one(*CODES, "gone", ""),
            self.whole(0, INDEXES + 4),
        )
