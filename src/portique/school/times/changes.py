"""Today's changes, one action each, and their undoing.

    timetable + actions in order ─▶ the lessons of each day ─▶ what gates are told

An action says which lessons go and which come, not what to tell gates: that is
worked out anew from all actions, so that undoing one leaves the others right.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from portique.core.plain import clock_text
from portique.core.timetables import CHANGES_MAX, Change, Timetable
from portique.school.times.actions import Act, Action, Span
from portique.school.times.imported import Teaching
from portique.school.times.slots import Slot, changes_for, unusable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from portique.core.calendars import Calendar, SchoolDays


@dataclass(frozen=True, slots=True)
class DayBook:
    """A timetable, who teaches it, and the actions taken since, in order."""

    base: Timetable
    school_days: SchoolDays
    teaching: Teaching = field(default_factory=Teaching)
    actions: tuple[Action, ...] = ()

    def slots(self, day: date) -> list[Slot]:
        """Return the lessons of a date after all actions, once for each teacher."""
        left, _ = self._played(self._days_behind(day))
        return sorted(slot for slot in left.elements() if slot.day == day)

    def idle(self) -> tuple[Action, ...]:
        """Return the actions whose lessons are no longer there, to be looked at by a person.

        It happens when the timetable was imported anew, or an earlier action undone.
        """
        days = {slot.day for action in self.actions for slot in action.gone}
        _, numbers = self._played(days)
        return tuple(action for action in self.actions if action.number in numbers)

    def also(self, action: Action) -> DayBook:
        """Return the book with one more action.

        Raises:
            TimetableError: Its number is taken, or it lies outside the timetable.
        """
        if any(action.number == done.number for done in self.actions):
            raise unusable("ce changement est déjà fait", "this change is already made")
        return replace(self, actions=(*self.actions, action))

    def without(self, number: str) -> DayBook:
        """Return the book as if one action had never been taken.

        Raises:
            TimetableError: No action has this number.
        """
        left = tuple(action for action in self.actions if action.number != number)
        if len(left) == len(self.actions):
            raise unusable("ce changement n’existe plus", "this change is no longer there")
        return replace(self, actions=left)

    def changes(self) -> tuple[Change, ...]:
        """Return what gates are told: the base's own changes, with every action's effect."""
        touched: dict[date, set[str]] = defaultdict(set)
        for action in self.actions:
            for slot in (*action.gone, *action.come):
                touched[slot.day].add(slot.group)
        told = [one for one in self.base.changes if one.group not in touched.get(one.day, ())]
        for day in sorted(touched):
            told += self._told(day, touched[day])
        if len(told) > CHANGES_MAX:
            raise unusable(
                f"plus de {CHANGES_MAX} changements\xa0: importez l’emploi du temps à nouveau",
                f"more than {CHANGES_MAX} changes: import the timetable again",
            )
        return tuple(told)

    def timetable(self) -> Timetable:
        """Return the timetable that gates get."""
        return replace(self.base, changes=self.changes())

    def _told(self, day: date, groups: set[str]) -> Iterator[Change]:
        """Yield what gates are told of a date for the groups that actions touched."""
        before, after = (_hours(slots) for slots in (self._base_slots(day), self.slots(day)))
        planned = defaultdict(set)
        for one in self.base.lessons if day in self.school_days else ():
            if one.group in groups and one.falls_on(day):
                planned[one.group].add((one.begins, one.ends))
        for group in sorted(groups):
            if before[group] == after[group]:
                yield from (c for c in self.base.changes if (c.day, c.group) == (day, group))
            else:
                yield from changes_for(day, group, planned[group], after[group])

    def _days_behind(self, day: date) -> set[date]:
        """Return a date and those from which lessons were moved to it, directly or not."""
        days, before = {day}, 0
        moves = [action for action in self.actions if action.act is Act.MOVED]
        while len(days) > before:
            before = len(days)
            for action in moves:
                if any(slot.day in days for slot in action.come):
                    days |= {slot.day for slot in action.gone}
        return days

    def _played(self, days: Iterable[date]) -> tuple[Counter[Slot], set[str]]:
        """Take all actions in order; return the lessons left, and the actions that met none."""
        left = Counter(slot for day in sorted(days) for slot in self._base_slots(day))
        idle = set()
        for action in self.actions:
            there = []
            for slot in action.gone:
                there.append(left[slot] > 0)
                left[slot] -= there[-1]
            if action.gone and not any(there):
                idle.add(action.number)
            if action.act is Act.MOVED:  # what isn't there any more can't be moved
                pairs = zip(action.come, there, strict=True)
                left.update(slot for slot, met in pairs if met)
            else:
                left.update(action.come)
        return left, idle

    def _base_slots(self, day: date) -> list[Slot]:
        if not self.base.knows(day):
            return []
        teachers = self.teaching.on(day)
        held = {
            (group, one.begins, one.ends)
            for group, one in self.base.on(day, school_day=day in self.school_days)
            if not one.cancelled
        }
        return [
            Slot(day, *hours, teacher)
            for hours in sorted(held)
            for teacher in teachers.get(hours, [""])
        ]


def _hours(slots: Iterable[Slot]) -> dict[str, set[tuple[int, int]]]:
    found: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for slot in slots:
        found[slot.group].add(slot.hours)
    return found


def book_of(calendar: Calendar, teaching: Teaching, actions: Iterable[Action] = ()) -> DayBook:
    """Open the book of a school's calendar.

    Raises:
        TimetableError: The school has no timetable.
    """
    if calendar.timetable is None:
        raise unusable(
            "il n’y a pas encore d’emploi du temps\xa0: importez-le d’abord",
            "there is no timetable yet: import it first",
        )
    return DayBook(calendar.timetable, calendar.school_days, teaching, tuple(actions))


def teacher_absent(book: DayBook, number: str, teacher: str, span: Span) -> Action:
    """Cancel what a teacher gives in a span; lessons it only touches are cancelled as well.

    A group that has another teacher's lesson at the same hour stays in class.

    Raises:
        TimetableError: The teacher has no lesson then.
    """
    mine = (slot for slot in book.slots(span.day) if slot.teacher == teacher)
    return Action(number, Act.TEACHER_ABSENT, _within(mine, span))


def substitute(book: DayBook, number: str, teachers: tuple[str, str], span: Span) -> Action:
    """Have a second teacher hold the lessons of a first, absent or not yet said to be.

    Args:
        book: The day as it stands.
        number: The action's own.
        teachers: Who is replaced, by whom (empty: somebody not in the timetable).
        span: When.

    Raises:
        TimetableError: The first has no lesson then.
    """
    replaced, by = teachers
    before = DayBook(book.base, book.school_days, book.teaching)
    own = [slot for slot in before.slots(span.day) if slot.teacher == replaced]
    there = [slot for slot in book.slots(span.day) if slot.teacher == replaced]
    lessons = _within(dict.fromkeys((*own, *there)), span)
    gone = tuple(slot for slot in lessons if slot in there)
    return Action(
        number, Act.SUBSTITUTE, gone, tuple(replace(slot, teacher=by) for slot in lessons)
    )


def moved_lesson(book: DayBook, number: str, lesson: Iterable[Slot], to: Span) -> Action:
    """Hold a lesson at other hours of the same or another day, for all groups that share it.

    Raises:
        TimetableError: It isn't there any more, or the new day is outside the timetable.
    """
    gone = tuple(dict.fromkeys(lesson))
    if not gone or any(slot not in book.slots(slot.day) for slot in gone):
        raise unusable("ce cours n’est plus à cette heure", "this lesson is no longer at that time")
    _check_known(book, to, {slot.group for slot in gone})
    come = tuple(replace(s, day=to.day, begins=to.begins, ends=to.ends) for s in gone)
    return Action(number, Act.MOVED, gone, come)


def cancelled(book: DayBook, number: str, groups: Iterable[str], span: Span) -> Action:
    """Cancel whatever some groups have in a span: an outing, a strike, an exam.

    Raises:
        TimetableError: None of them has a lesson then.
    """
    among = set(groups)
    mine = (slot for slot in book.slots(span.day) if slot.group in among)
    return Action(number, Act.CANCELLED, _within(mine, span))


def added(
    book: DayBook, number: str, groups: Iterable[str], span: Span, teacher: str = ""
) -> Action:
    """Give some groups a lesson more.

    Raises:
        TimetableError: A group or the day is outside the timetable.
    """
    among = tuple(dict.fromkeys(groups))
    _check_known(book, span, set(among))
    come = tuple(Slot(span.day, group, span.begins, span.ends, teacher) for group in among)
    return Action(number, Act.ADDED, come=come)


def _within(slots: Iterable[Slot], span: Span) -> tuple[Slot, ...]:
    found = tuple(slot for slot in slots if slot.overlaps(span.begins, span.ends))
    if not found:
        hours = f"{clock_text(span.begins)}–{clock_text(span.ends)}"
        raise unusable(
            f"aucun cours à changer entre ces heures ({hours})",
            f"no lesson to change between these hours ({hours})",
        )
    return found


def _check_known(book: DayBook, span: Span, groups: set[str]) -> None:
    if not groups or groups - set(book.base.groups) or not book.base.knows(span.day):
        raise unusable(
            "l’emploi du temps ne couvre pas ce jour ou ce groupe",
            "the timetable doesn't cover this day or group",
        )
