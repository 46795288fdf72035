"""Timetable files as they were uploaded, and how they are to be read."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from portique.core.errors import FileRefused
from portique.school.people.limits import chunks_of, is_zip, open_zip
from portique.school.times.icalendar_files import FILES_MAX, CalendarFile, Reading, read_icalendars
from portique.school.times.slots import frame_of, unusable
from portique.school.times.tables import TableReading, read_table
from portique.server.school.queries import groups_in_use

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterable, Iterator, Sequence

    from portique.core.calendars import Calendar
    from portique.school.times.imported import Imported
    from portique.school.times.slots import Frame

UPLOAD_BYTES_MAX = 40 * 1024 * 1024
CALENDAR_START = b"BEGIN:VCALENDAR"
TITLE_PARTS = {"": ("", 1), "first": (" - ", 1), "second": (" - ", 2), "last": (" - ", -1)}
YEAR = timedelta(days=399)
YEAR_END = (8, 31)  # month and day: passes end then, too


def uploaded(files: Iterable[Any]) -> list[CalendarFile]:
    """Take uploaded files, those inside zips included.

    Raises:
        TimetableError: Too many or too large, or a zip is damaged.
    """
    taken = [file for upload in files for file in _taken(upload.name, upload.read())]
    if len(taken) > FILES_MAX or sum(len(file.raw) for file in taken) > UPLOAD_BYTES_MAX:
        raise unusable(
            f"plus de {FILES_MAX} fichiers, ou plus de 40 Mo\xa0: importez en plusieurs fois",
            f"more than {FILES_MAX} files, or more than 40 MB: import them in several goes",
        )
    return taken


def _taken(name: str, raw: bytes) -> Iterator[CalendarFile]:
    if not is_zip(BytesIO(raw)):
        yield CalendarFile(name, raw)
        return
    try:
        with open_zip(BytesIO(raw)) as opened:
            yield from _members(opened)
    except FileRefused as error:
        raise unusable(
            f"{name:.60}\xa0: ce zip ne se lit pas (abîmé, verrouillé, ou plus de 64 fichiers)",
            f"{name:.60}: this zip can’t be read (damaged, locked, or more than 64 files)",
        ) from error


def _members(opened: zipfile.ZipFile) -> Iterator[CalendarFile]:
    for member in opened.infolist():
        if not member.is_dir():
            yield CalendarFile(member.filename, b"".join(chunks_of(opened, member)))


def read(files: Sequence[CalendarFile], calendar: Calendar, choices: dict[str, Any]) -> Imported:
    """Read files as somebody chose to.

    Raises:
        TimetableError: One can't be read, or tables and calendars are mixed.
    """
    frame = frame_of(calendar, *(date.fromisoformat(choices[name]) for name in ("first", "last")))
    calendars = [CALENDAR_START in file.raw[:4096].upper() for file in files]
    if all(calendars):
        return _calendars(files, frame, choices)
    if len(files) > 1:
        raise unusable(
            "choisissez des fichiers iCalendar, ou un seul tableau CSV",
            "choose iCalendar files, or one CSV table",
        )
    week_a = choices.get("week_a")
    table = TableReading(
        frozenset(groups_in_use()),
        date.fromisoformat(week_a) if week_a else None,
        bool(choices.get("keep_teachers")),
    )
    return read_table(files[0].raw, frame, table)


def _calendars(files: Sequence[CalendarFile], frame: Frame, choices: dict[str, Any]) -> Imported:
    separator, part = TITLE_PARTS[choices.get("title_part", "")]
    after = choices.get("teacher_after", "") if choices.get("keep_teachers") else ""
    reading = Reading(frozenset(groups_in_use()), separator, part, after)
    return read_icalendars(files, frame, reading)


def usual_dates(calendar: Calendar, today: date) -> tuple[date, date]:
    """Return the dates of a school year: its terms', else until the summer's end."""
    terms = calendar.school_days.terms
    if not terms:
        summer = date(today.year, *YEAR_END)
        return today, summer if today <= summer else summer.replace(year=today.year + 1)
    current = [term for term in terms if today <= term.last] or list(terms)
    first, last = current[0].first, current[-1].last
    return first, min(last, first + YEAR)
