"""What reading a file gives: a timetable, who teaches what, and what was left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from portique.core.errors import KnowledgeError
from portique.core.plain import TEXT_CHARS_MAX, Fields, Plain, Words
from portique.core.timetables import CHANGES_MAX, GROUPS_MAX, LESSONS_MAX, Change, Lesson, Timetable
from portique.school.times.slots import Slot, changes_for, unusable
from portique.school.times.weekly import weekly

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from portique.school.times.slots import Frame

TEACHERS_MAX = 1_000


class LeftOut(StrEnum):
    """Why something in a file became no lesson."""

    ALL_DAY = "all-day"
    DAY_OFF = "day-off"
    NO_LENGTH = "no-length"
    PAST_MIDNIGHT = "past-midnight"
    GROUP_UNKNOWN = "group-unknown"


LEFT_OUT_WORDS: Mapping[LeftOut, Words] = {
    LeftOut.ALL_DAY: Words("journées entières", "whole days"),
    LeftOut.DAY_OFF: Words("cours un jour sans classe", "lessons on a day without school"),
    LeftOut.NO_LENGTH: Words("rendez-vous sans durée", "events without a length"),
    LeftOut.PAST_MIDNIGHT: Words("cours qui passent minuit", "lessons past midnight"),
    LeftOut.GROUP_UNKNOWN: Words("cours sans groupe reconnu", "lessons of no known group"),
}


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line of a table that can't be used: its number, from 1, and why."""

    number: int
    words: Words


@dataclass(frozen=True, slots=True)
class Teaching:
    """Who teaches which lessons, by the school's own code of a teacher.

    It stays on the server, sealed like every personal field: no gate needs it.
    """

    lessons: Mapping[str, tuple[Lesson, ...]] = field(default_factory=dict)

    def on(self, day: date) -> dict[tuple[str, int, int], list[str]]:
        """Return who teaches each group's hours on a school day."""
        found: dict[tuple[str, int, int], list[str]] = defaultdict(list)
        for teacher, lessons in sorted(self.lessons.items()):
            for hours in {
                (one.group, one.begins, one.ends) for one in lessons if one.falls_on(day)
            }:
                found[hours].append(teacher)
        return found

    def to_data(self) -> Plain:
        """Write as plain data, for the server's own keeping."""
        rows = sorted(self.lessons.items())
        return {teacher: [lesson.to_data() for lesson in lessons] for teacher, lessons in rows}

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back.

        Raises:
            KnowledgeError: See `Fields`; or more than 1,000 teachers.
        """
        if not isinstance(data, dict) or len(data) > TEACHERS_MAX:
            raise KnowledgeError("teaching: a map of at most 1,000 teachers was expected")
        with Fields(data, "teaching") as fields:
            return cls(
                {
                    teacher: tuple(map(Lesson.from_data, fields.rows(teacher, LESSONS_MAX)))
                    for teacher in data
                }
            )


@dataclass(frozen=True, slots=True)
class Imported:
    """All that one import found, before anybody agreed to it.

    `lessons` counts dated lessons. `fields` counts what was there and not
    kept (subject, room, …), by its name in the file. `unplaced` names files
    with lessons whose group a person must choose; with those, or a line in
    `wrong`, the timetable lacks lessons and pupils would be let out too early:
    it is not `complete`, don't use it. `empty` names files without a lesson
    between the dates: their groups stay unknown, so that gates ask an agent.
    """

    timetable: Timetable
    teaching: Teaching = Teaching()
    lessons: int = 0
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)
    fields: Mapping[str, int] = field(default_factory=dict)
    unplaced: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    wrong: tuple[WrongLine, ...] = ()

    @property
    def complete(self) -> bool:
        """Say whether every lesson of the file is in the timetable."""
        return not (self.wrong or self.left_out.get(LeftOut.GROUP_UNKNOWN))


@dataclass(slots=True)
class Sheaf:
    """Dated lessons while a file is read; `cancelled` ones are planned and don't take place."""

    frame: Frame
    groups: set[str] = field(default_factory=set)
    planned: set[Slot] = field(default_factory=set)
    cancelled: set[Slot] = field(default_factory=set)
    left_out: Counter[LeftOut] = field(default_factory=Counter)

    def add(self, slot: Slot, *, cancelled: bool = False) -> None:
        """Take one dated lesson, unless its day has none or isn't asked for."""
        if not self.frame.first <= slot.day <= self.frame.last:
            return
        if slot.day not in self.frame.school_days:
            self.left_out[LeftOut.DAY_OFF] += 1
            return
        self.planned.add(slot)
        if cancelled:
            self.cancelled.add(slot)

    def timetable(self) -> Timetable:
        """Bind what was taken.

        Raises:
            TimetableError: More lessons, changes or groups than a gate takes.
        """
        lessons = _bound(self.planned, self.frame)
        changes = self._changes()
        names = tuple(sorted(self.groups | {slot.group for slot in self.planned}))
        over = len(lessons) > LESSONS_MAX or len(changes) > CHANGES_MAX or len(names) > GROUPS_MAX
        if over or any(len(name) > TEXT_CHARS_MAX for name in names):
            raise unusable(
                "l’emploi du temps est trop grand pour les portiques\xa0: vérifiez le fichier",
                "the timetable is too large for gates: check the file",
            )
        return Timetable(self.frame.first, self.frame.last, names, lessons, changes)

    def _changes(self) -> tuple[Change, ...]:
        touched = sorted({(slot.day, slot.group) for slot in self.cancelled})
        by_day = defaultdict(list)
        for slot in self.planned:
            by_day[slot.day, slot.group].append(slot)
        return tuple(
            change
            for day, group in touched
            for change in changes_for(
                day,
                group,
                {slot.hours for slot in by_day[day, group]},
                {slot.hours for slot in by_day[day, group] if slot not in self.cancelled},
            )
        )

    def teaching(self) -> Teaching:
        """Bind who teaches what."""
        taught: dict[str, set[Slot]] = defaultdict(set)
        for slot in self.planned:
            if slot.teacher:
                taught[slot.teacher].add(slot)
        return Teaching({who: _bound(slots, self.frame) for who, slots in sorted(taught.items())})


def _bound(slots: Iterable[Slot], frame: Frame) -> tuple[Lesson, ...]:
    """Write dated lessons as weekly ones, whoever gives them."""
    dates: dict[tuple[str, int, int], set[date]] = defaultdict(set)
    for slot in slots:
        dates[slot.group, slot.begins, slot.ends].add(slot.day)
    return tuple(
        lesson
        for hours in sorted(dates)
        for lesson in weekly(hours, dates[hours], frame.school_days)
    )


def joined(held: Timetable | None, read: Timetable) -> Timetable:
    """Put a newly read timetable in place of what was known of its groups, and keep the others.

    The whole is believed only for the dates that both cover, unless the new one
    names every group.

    Raises:
        TimetableError: They cover no date in common.
    """
    kept = set(held.groups) - set(read.groups) if held else set()
    if held is None or not kept:
        return read
    first, last = max(held.first, read.first), min(held.last, read.last)
    if last < first:
        raise unusable(
            "ces dates ne recouvrent pas celles des autres groupes\xa0: "
            "importez tous les groupes à la fois",
            "these dates don't meet those of the other groups: import all groups together",
        )
    return Timetable(
        first,
        last,
        tuple(sorted(kept | set(read.groups))),
        (*(one for one in held.lessons if one.group in kept), *read.lessons),
        (*(one for one in held.changes if one.group in kept), *read.changes),
    )
