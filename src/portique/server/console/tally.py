"""The day's counts, and each lane's last showing and mode, brought up to what is newest.

A day has tens of thousands of events: whoever asks each second adds what came since.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.db.models import Max, Sum

from portique.core.decide import Outcome
from portique.core.entries import Ruling
from portique.core.localtime import local_day, local_ms
from portique.core.values import Direction, from_ms, to_ms
from portique.core.zones import Mode
from portique.server.console.models import Event, EventKind
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

LAST = (EventKind.DECISION, EventKind.MODE)  # of these the last one of each lane is told
COLUMNS = ("kind", "lane", "at", "data", "gate", "direction", "people")
TOLD = 5  # of them, what is told of a lane; the others are counted


def midnight(at: datetime) -> datetime:
    """Return the last local midnight before an instant."""
    zone = served_school().settings.time_zone
    return from_ms(local_ms(local_day(to_ms(at), zone), 0, zone))


def newest() -> int:
    """Return the id of the last event, 0 when there is none."""
    return Event.objects.aggregate(newest=Max("id"))["newest"] or 0


@dataclass(slots=True)
class Today:
    """What a lane's day was so far.

    `outcome` is what became of its last showing, an answer included; `at` is when that was shown,
    `entry` which entry of which gate it is.
    """

    entered: int = 0
    left: int = 0
    outcome: Outcome | None = None
    at: datetime | None = None
    mode: Mode | None = None
    entry: tuple[str, int, int] | None = None


@dataclass(slots=True)
class Tally:
    """The lanes' day up to an event's id. Threads may ask at the same time."""

    _day: datetime | None = None
    _cursor: int = 0
    _people: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lanes: dict[str, Today] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def at(self, at: datetime) -> dict[str, Today]:
        """Return each lane's day as it is now, by the lane's name."""
        with self._lock:
            day, last = midnight(at), newest()
            if day != self._day or last < self._cursor:  # another day, or an older database
                self._begin(day, last)
            else:
                self._go_on(day, last)
            for (lane, direction), people in self._people.items():
                _count(self._lanes.setdefault(lane, Today()), direction, max(0, people))
            return dict(self._lanes)

    def _begin(self, day: datetime, last: int) -> None:
        events = Event.objects.filter(at__gte=day, pk__lte=last)
        counted = events.exclude(direction="").values_list("lane", "direction")
        sums = counted.annotate(people_sum=Sum("people"))
        people = Counter({(lane, way): people for lane, way, people in sums})
        lanes: dict[str, Today] = {}
        for kind in LAST:
            of_kind = events.filter(kind=kind).values("lane").annotate(last=Max("id"))
            last_ones = Event.objects.filter(pk__in=[each["last"] for each in of_kind])
            _learn(lanes, last_ones.values_list(*COLUMNS[:TOLD]))
        answers = events.filter(kind=EventKind.RULING).order_by("pk")
        _learn(lanes, answers.values_list(*COLUMNS[:TOLD]))
        # Whole or not at all: the database may fail in between.
        self._day, self._cursor, self._people, self._lanes = day, last, people, lanes

    def _go_on(self, day: datetime, last: int) -> None:
        since = Event.objects.filter(pk__gt=self._cursor, pk__lte=last).order_by("pk")
        of_day = [row for row in since.values_list(*COLUMNS) if row[2] >= day]
        _learn(self._lanes, [row[:TOLD] for row in of_day])  # the same again changes nothing
        for _, lane, *_, direction, people in of_day:
            if direction:
                self._people[lane, direction] += people
        self._cursor = last


def _learn(
    lanes: dict[str, Today], rows: Iterable[tuple[str, str, datetime, dict[str, Any], str]]
) -> None:
    for kind, lane, at, data, gate in rows:
        today = lanes.setdefault(lane, Today())
        if kind == EventKind.DECISION:
            today.outcome, today.at = Outcome(data["outcome"]), at
            today.entry = gate, data["epoch"], data["number"]
        elif kind == EventKind.RULING and today.entry == (gate, data["epoch"], data["number"]):
            admitted = data["verdict"] == Ruling.ADMIT
            today.outcome = Outcome.GRANT if admitted else Outcome.REFUSE
        elif kind == EventKind.MODE and data.get("mode") in set(Mode):
            today.mode = Mode(data["mode"])


def _count(today: Today, direction: str, people: int) -> None:
    if direction == Direction.ENTRY:
        today.entered = people
    else:
        today.left = people
