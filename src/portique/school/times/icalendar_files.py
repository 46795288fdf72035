"""iCalendar files into a timetable: one a group, one a class, or one with several.

    bytes ─▶ checked events ─▶ occurrences between two dates ─▶ Sheaf ─▶ Timetable

Files come from outside: size, number and repetition are bounded before
anything is expanded, and a file that isn't understood whole is refused whole.
A lesson that was silently dropped would let pupils out too early.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import recurring_ical_events
from icalendar import Calendar

from portique.core.localtime import zone_of
from portique.core.plain import DAY_MINUTES
from portique.school.times.groups import GroupNames, group_key
from portique.school.times.imported import Imported, LeftOut, Sheaf
from portique.school.times.repetition import check_repetition
from portique.school.times.slots import Slot, unusable
from portique.school.times.words import decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from icalendar.cal import Component

    from portique.core.errors import TimetableError
    from portique.school.times.slots import Frame

FILE_BYTES_MAX = 16 * 1024 * 1024
FILES_MAX = 500
EVENTS_MAX = 20_000  # a year of single lessons for fifteen classes
REPEATED_MAX = 3_000  # events of one file that repeat
OCCURRENCES_MAX = 200_000
TEXT_MAX = 2_000
TEACHER_MAX = 60
STEP = timedelta(days=28)  # expanded so far at a time: the cap on occurrences acts early
READ = frozenset(
    {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS"}
)
NOT_KEPT = ("SUMMARY", "DESCRIPTION", "LOCATION", "ATTENDEE", "ORGANIZER", "COMMENT", "URL")


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """A file as it came; `group` when a person chose whose it is."""

    name: str
    raw: bytes
    group: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How events are understood.

    `groups` are the names the school knows. `separator` and `part` find the
    group in the title («2DE 04 - MATHS»: " - ", 1; from the end: -1); an empty
    separator doesn't look there. `teacher_after` is what stands before a
    teacher's code in the description («Professeur :»); empty keeps no teacher.
    """

    groups: frozenset[str] = frozenset()
    separator: str = ""
    part: int = 1
    teacher_after: str = ""


def read_icalendars(files: Sequence[CalendarFile], frame: Frame, reading: Reading) -> Imported:
    """Read the lessons of some files between two dates.

    Raises:
        TimetableError: A file is damaged, too large, or repeats in a way no timetable does; names
            the file and, where it can, the event's number.
    """
    if len(files) > FILES_MAX:
        raise unusable(f"plus de {FILES_MAX} fichiers à la fois", f"more than {FILES_MAX} files")
    sheaf, names = Sheaf(frame), GroupNames(reading.groups)
    fields: Counter[str] = Counter()
    unplaced, empty, seen = [], [], 0
    for file in files:
        before, unknown = seen, False
        for event, groups in _placed(_parsed(file), file, (reading, names), sheaf):
            seen += 1
            if seen > OCCURRENCES_MAX:
                raise _damaged(file, f"plus de {OCCURRENCES_MAX} cours", "too many lessons")
            fields.update(name for name in NOT_KEPT if name in event)
            _take(event, groups, sheaf, _teacher(event, reading))
            unknown = unknown or not groups
        unplaced += [file.name] if unknown else []
        empty += [file.name] if seen == before else []
    return Imported(
        sheaf.timetable(),
        sheaf.teaching(),
        len(sheaf.planned),
        dict(sheaf.left_out),
        dict(fields),
        unplaced=tuple(unplaced),
        empty=tuple(empty),
    )


def occurrences(calendar: Component, frame: Frame) -> Iterator[Component]:
    """Yield each event of a calendar that begins on a local date of the frame, once."""
    zone = zone_of(frame.zone)
    query = recurring_ical_events.of(calendar)
    start, end = frame.first, frame.last + timedelta(days=1)
    while start < end:
        stop = min(start + STEP, end)
        bounds = [datetime.combine(day, time(), zone) for day in (start, stop)]
        for event in query.between(*bounds):
            if start <= _local(event, "DTSTART", frame).date() < stop:
                yield event
        start = stop


def _local(event: Component, name: str, frame: Frame) -> datetime:
    """Return a time by the school's clocks; one without a zone is already theirs."""
    when: datetime = event.decoded(name)
    zone = zone_of(frame.zone)
    return when.replace(tzinfo=zone) if when.tzinfo is None else when.astimezone(zone)


def _parsed(file: CalendarFile) -> list[Component]:
    if len(file.raw) > FILE_BYTES_MAX:
        raise _damaged(file, "plus de 16 Mo", "more than 16 MB")
    text = decoded(file.raw)
    if text.upper().count("BEGIN:VEVENT") > EVENTS_MAX:
        raise _damaged(file, f"plus de {EVENTS_MAX} événements", f"more than {EVENTS_MAX} events")
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except Exception as error:
        raise _damaged(file, "illisible", "unreadable") from error
    if not calendars or any(calendar.name != "VCALENDAR" for calendar in calendars):
        raise _damaged(file, "ce n’est pas un calendrier iCalendar", "not an iCalendar file")
    return list(calendars)


def _placed(
    calendars: list[Component],
    file: CalendarFile,
    how: tuple[Reading, GroupNames],
    sheaf: Sheaf,
) -> Iterator[tuple[Component, tuple[str, ...]]]:
    """Yield the occurrences of a file with their groups; none: nobody knows whose it is."""
    for calendar in calendars:
        checked = _checked(calendar, file, sheaf)
        try:
            for event in occurrences(checked, sheaf.frame):
                yield event, _groups(event, file, *how)
        except (ValueError, TypeError, OverflowError, AttributeError, KeyError) as error:
            raise _damaged(file, "une répétition est illisible", "a repetition is wrong") from error


def _checked(calendar: Component, file: CalendarFile, sheaf: Sheaf) -> Component:
    """Return the calendar with only the events that can be lessons.

    Raises:
        TimetableError: One is damaged, or repeats endlessly finely.
    """
    kept: list[Any] = []
    number = repeated = 0
    for component in calendar.subcomponents:
        if component.name != "VEVENT":
            kept += [component] if component.name == "VTIMEZONE" else []
            continue
        number += 1
        whole_day = _is_whole_day(component)
        if whole_day is None:
            raise _damaged(file, f"événement {number} illisible", f"event {number} is unreadable")
        if whole_day:
            sheaf.left_out[LeftOut.ALL_DAY] += 1
            continue
        repeated += "RRULE" in component or "RDATE" in component
        if repeated > REPEATED_MAX or not check_repetition(component, sheaf.frame.first):
            raise _damaged(
                file,
                f"l’événement {number} se répète d’une façon qu’un emploi du temps n’a pas",
                f"event {number} repeats in a way that no timetable does",
            )
        kept.append(component)
    calendar.subcomponents = kept
    return calendar


def _is_whole_day(event: Component) -> bool | None:
    """Say whether an event has dates rather than hours; None: what matters in it is damaged."""
    if {name for name, _ in event.errors} & READ or "DTSTART" not in event:
        return None
    start, end = event.decoded("DTSTART"), event.decoded("DTEND", None)
    if end is not None and isinstance(start, datetime) is not isinstance(end, datetime):
        return None
    return not isinstance(start, datetime) if isinstance(start, date) else None


def _groups(
    event: Component, file: CalendarFile, reading: Reading, names: GroupNames
) -> tuple[str, ...]:
    """Find whose lesson it is: as chosen, by the title, by its categories, by the file's name."""
    if file.group:
        return (file.group,)
    if reading.separator:
        parts = str(event.get("SUMMARY", ""))[:TEXT_MAX].split(reading.separator)
        place = reading.part - 1 if reading.part > 0 else reading.part
        named = parts[place].strip() if -len(parts) <= place < len(parts) else ""
        found = names.among([one.strip() for one in named.split(",")])
        if found:
            return found
    return names.among(_categories(event)) or names.of_file(file.name)


def _categories(event: Component) -> list[str]:
    held = event.get("CATEGORIES", [])
    lists = held if isinstance(held, list) else [held]
    return [str(name) for each in lists for name in getattr(each, "cats", [])]


def _teacher(event: Component, reading: Reading) -> str:
    if not reading.teacher_after:
        return ""
    for line in str(event.get("DESCRIPTION", ""))[:TEXT_MAX].splitlines():
        before, marker, after = line.partition(reading.teacher_after)
        if marker and not before.strip():
            return group_key(after)[:TEACHER_MAX]
    return ""


def _take(event: Component, groups: Iterable[str], sheaf: Sheaf, teacher: str) -> None:
    """Put one occurrence in the sheaf, once for each of its groups."""
    if not groups:
        sheaf.left_out[LeftOut.GROUP_UNKNOWN] += 1
        return
    begins, ends = (_local(event, name, sheaf.frame) for name in ("DTSTART", "DTEND"))
    if ends.astimezone(UTC) <= begins.astimezone(UTC):  # of one zone, Python compares wall clocks
        sheaf.left_out[LeftOut.NO_LENGTH] += 1
        return
    span = _minutes(begins, ends)
    if span is None:
        sheaf.left_out[LeftOut.PAST_MIDNIGHT] += 1
        return
    cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
    for group in groups:
        sheaf.add(Slot(begins.date(), group, *span, teacher), cancelled=cancelled)


def _minutes(begins: datetime, ends: datetime) -> tuple[int, int] | None:
    """Return the wall clock's minutes of a lesson within one day, whole minutes outwards."""
    first = begins.hour * 60 + begins.minute
    last = ends.hour * 60 + ends.minute + bool(ends.second)
    nights = (ends.date() - begins.date()).days
    if nights == 1 and last == 0:
        nights, last = 0, DAY_MINUTES
    # In the hour that clocks repeat a lesson may seem to end before it begins.
    return (first, last) if nights == 0 and first < last else None


def _damaged(file: CalendarFile, fr: str, en: str) -> TimetableError:
    return unusable(f"{file.name:.80}\xa0: {fr}", f"{file.name:.80}: {en}")
