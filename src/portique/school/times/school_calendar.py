"""The school's year: official dates of zones A, B and C, or the school's own file.

What comes out is the core's `SchoolDays`, which a school then edits as it likes.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from icalendar import Calendar

from portique.core.calendars import Days, SchoolDays
from portique.core.localtime import zone_of
from portique.core.plain import TEXT_CHARS_MAX
from portique.school.times.public_holidays import public_holidays
from portique.school.times.slots import unusable
from portique.school.times.words import decoded, plain_key

if TYPE_CHECKING:
    from collections.abc import Iterable

FILE_BYTES_MAX = 8 * 1024 * 1024
ZONES = ("A", "B", "C")
DAY = timedelta(days=1)
COLUMNS = {
    "title": "title", "titre": "title", "description": "title", "nom": "title",
    "first": "first", "premier": "first", "du": "first", "from": "first",
    "last": "last", "dernier": "last", "au": "last", "until": "last",
    "datededebut": "first", "startdate": "first", "datedefin": "back", "enddate": "back",
    "zones": "zone", "zone": "zone", "academies": "academy", "location": "academy",
    "population": "population", "anneescolaire": "year",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which school year is wanted.

    `saturdays`: the school has lessons on Saturdays, so that holidays begin
    after those of their first Saturday and not on it.
    """

    year: str
    zone: str
    saturdays: bool = True
    alsace_moselle: bool = False


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday in a file: `first` and `last` are without lessons; for whom, as the file says."""

    title: str
    first: date
    last: date
    zone: str = ""
    academy: str = ""


def years() -> tuple[str, ...]:
    """Return the school years whose official dates are here, the earliest first."""
    return tuple(sorted(_official()["years"]))


def official(wanted: Wanted) -> SchoolDays:
    """Return a school year by its official dates, public holidays among its days off.

    Raises:
        TimetableError: That year or zone isn't here: the school imports or types its own.
    """
    known = _official()["years"].get(wanted.year)
    if known is None or wanted.zone not in known["holidays"]:
        raise unusable(
            f"pas de dates officielles ici pour {wanted.year:.9}, zone {wanted.zone:.9}\xa0: "
            "importez le calendrier de l’académie ou saisissez-le",
            f"no official dates here for {wanted.year:.9}, zone {wanted.zone:.9}: "
            "import your academy's calendar or type it in",
        )
    begins, ends = (date.fromisoformat(known[name]) for name in ("begins", "ends"))
    last = ends if wanted.saturdays else ends - DAY
    shift = DAY if wanted.saturdays else timedelta()
    holidays = tuple(
        Days(title, date.fromisoformat(after) + shift, date.fromisoformat(back) - DAY)
        for title, (after, back) in known["holidays"][wanted.zone].items()
    )
    bridges = map(date.fromisoformat, known["days_off"])
    return year_of(
        Days(wanted.year, begins, last), holidays, bridges, alsace_moselle=wanted.alsace_moselle
    )


def year_of(
    term: Days,
    holidays: Iterable[Days],
    days_off: Iterable[date] = (),
    *,
    alsace_moselle: bool = False,
) -> SchoolDays:
    """Make a school year of its term, holidays and days off; public holidays are added."""
    held = tuple(sorted(holidays, key=lambda one: one.first))
    feasts = {
        day
        for year in range(term.first.year, term.last.year + 1)
        for day in public_holidays(year, alsace_moselle=alsace_moselle)
    }
    off = sorted(
        day
        for day in feasts | set(days_off)
        if day in term and not any(day in holiday for holiday in held)
    )
    return SchoolDays((term,), held, tuple(off))


def read_holidays_ics(raw: bytes, zone: str) -> tuple[Holiday, ...]:
    """Read holidays from an iCalendar file: one for each event.

    Args:
        raw: The file, as an academy or the ministry publishes it.
        zone: The school's time zone, for events that carry hours.

    Raises:
        TimetableError: It is too large or damaged, or holds no event.
    """
    try:
        calendar = Calendar.from_ical(_small(raw))
        found = tuple(_holiday_of(event, zone) for event in calendar.walk("VEVENT"))
    except Exception as error:
        raise unusable(
            "ce fichier n’est pas un calendrier iCalendar lisible",
            "this file is not a readable iCalendar file",
        ) from error
    return _checked(found)


def read_holidays_table(raw: bytes, zone: str) -> tuple[Holiday, ...]:
    """Read holidays from a table: `title;first;last`, or the ministry's open data.

    The ministry's columns are «Description», «Population», «Date de début»,
    «Date de fin» (the morning lessons begin again), «Académies», «Zones»;
    lines for teachers only are left out.

    Raises:
        TimetableError: It is too large, lacks a column, or a line is wrong; names its number.
    """
    text = _small(raw)
    first = text.split("\n", 1)[0]
    lines = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(";,\t", key=first.count), strict=True
    )
    found = []
    try:
        header = [COLUMNS.get(plain_key(name), "") for name in next(lines, [])]
        if not {"title", "first"} <= set(header) or not {"last", "back"} & set(header):
            raise unusable(
                "la première ligne doit nommer titre, du, au",
                "the first line must name title, first, last",
            )
        for row in lines:
            cells = dict(zip(header, map(str.strip, row), strict=False))
            if any(cells.values()) and "enseignant" not in plain_key(cells.get("population", "")):
                found.append(_row(cells, lines.line_num, zone))
    except csv.Error as error:
        number = lines.line_num
        raise unusable(f"ligne {number}\xa0: mal formée", f"line {number}: damaged") from error
    return _checked(tuple(found))


def for_school(
    found: Iterable[Holiday], *, zone: str = "", academy: str = "", term: Days
) -> tuple[Days, ...]:
    """Return the holidays of a zone or an academy that touch a term; of both empty, all."""
    wanted = _place(zone) or _place(academy)
    return tuple(
        Days(one.title, one.first, one.last)
        for one in found
        if one.last >= term.first
        and one.first <= term.last
        and (not wanted or wanted in {_place(one.zone), _place(one.academy)})
    )


def _place(named: str) -> str:
    return plain_key(named).removeprefix("zone")


@cache
def _official() -> Any:
    held = resources.files("portique.school.times").joinpath("data", "school_years.json")
    return json.loads(held.read_text(encoding="utf-8"))


def _small(raw: bytes) -> str:
    if len(raw) > FILE_BYTES_MAX:
        raise unusable("le fichier dépasse 8 Mo", "the file is larger than 8 MB")
    return decoded(raw)


def _holiday_of(event: Any, zone: str) -> Holiday:
    """Read one event; its end is the first day of lessons after it."""
    first = _local_day(event.decoded("DTSTART"), zone)
    back = _local_day(event.decoded("DTEND", event.decoded("DTSTART") + DAY), zone)
    title, _, rest = str(event.get("SUMMARY", "")).partition(" - ")
    return Holiday(
        title.strip()[:TEXT_CHARS_MAX],
        first,
        max(first, back - DAY),
        rest.strip()[:TEXT_CHARS_MAX],
        str(event.get("LOCATION", ""))[:TEXT_CHARS_MAX],
    )


def _row(cells: dict[str, str], number: int, zone: str) -> Holiday:
    try:
        first = _day(cells["first"], zone)
        last = _day(cells["back"], zone) - DAY if cells.get("back") else _day(cells["last"], zone)
    except (KeyError, ValueError) as error:
        raise unusable(
            f"ligne {number}\xa0: une date s’écrit 2026-10-17 ou 17/10/2026",
            f"line {number}: a date is written 2026-10-17",
        ) from error
    if last < first:
        raise unusable(
            f"ligne {number}\xa0: les dates sont inversées",
            f"line {number}: the dates are reversed",
        )
    named = (cells.get(name, "")[:TEXT_CHARS_MAX] for name in ("zone", "academy"))
    return Holiday(cells["title"][:TEXT_CHARS_MAX], first, last, *named)


def _day(cell: str, zone: str) -> date:
    """Read a local date; the ministry's open data writes the UTC instant at which it begins."""
    try:
        return _local_day(datetime.fromisoformat(cell), zone)
    except ValueError:
        return datetime.strptime(cell, "%d/%m/%Y").date()  # noqa: DTZ007 - a date has no zone


def _local_day(when: date, zone: str) -> date:
    if not isinstance(when, datetime):
        return when
    return when.astimezone(zone_of(zone)).date() if when.tzinfo else when.date()


def _checked(found: tuple[Holiday, ...]) -> tuple[Holiday, ...]:
    if not found:
        raise unusable("ce fichier n’a aucune date", "this file holds no dates")
    return found
