"""A timetable typed or exported as a table: one line a lesson, CSV with a header.

    group;weekday;start;end;weeks;from;until;teacher;subject;room

Every wrong line is reported with its number; none is guessed.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from portique.core.errors import TimetableError
from portique.core.plain import DAY_MINUTES, Words
from portique.school.times.groups import GroupNames, group_key
from portique.school.times.imported import Imported, Sheaf, WrongLine
from portique.school.times.slots import Slot, unusable
from portique.school.times.words import decoded, plain_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from portique.school.times.slots import Frame

BYTES_MAX = 8 * 1024 * 1024
LINES_MAX = 20_000
WRONG_MAX = 200
CELL_MAX = 200
COLUMNS: Mapping[str, str] = {
    "group": "group", "groupe": "group", "classe": "group", "class": "group",
    "weekday": "weekday", "day": "weekday", "jour": "weekday",
    "start": "start", "begins": "start", "debut": "start", "heuredebut": "start",
    "end": "end", "ends": "end", "fin": "end", "heurefin": "end",
    "weeks": "weeks", "week": "weeks", "semaines": "weeks", "semaine": "weeks",
    "from": "from", "du": "from", "apartirdu": "from",
    "until": "until", "au": "until", "jusquau": "until",
    "teacher": "teacher", "professeur": "teacher", "enseignant": "teacher",
}  # fmt: skip
REQUIRED = ("group", "weekday", "start", "end")
WEEKDAYS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            ("1", "lundi", "lun", "monday", "mon"),
            ("2", "mardi", "mar", "tuesday", "tue"),
            ("3", "mercredi", "mer", "wednesday", "wed"),
            ("4", "jeudi", "jeu", "thursday", "thu"),
            ("5", "vendredi", "ven", "friday", "fri"),
            ("6", "samedi", "sam", "saturday", "sat"),
            ("7", "dimanche", "dim", "sunday", "sun"),
        ),
        1,
    )
    for name in names
}
EVERY_WEEK = frozenset({"", "1", "ab", "toutes", "all", "chaque", "every"})
_CLOCK = re.compile(r"([01]?\d|2[0-4])\s*(?:[:hH]\s*([0-5]\d)?|)")


@dataclass(frozen=True, slots=True)
class TableReading:
    """How lines are understood.

    `groups` are the school's own names. `week_a` is any day of a week A: A and
    B take turns from it. `keep_teachers` false (the default) counts teachers'
    codes as not kept.
    """

    groups: frozenset[str] = frozenset()
    week_a: date | None = None
    keep_teachers: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """What a line is read by."""

    frame: Frame
    reading: TableReading
    names: GroupNames


def read_table(raw: bytes, frame: Frame, reading: TableReading) -> Imported:
    """Read a timetable from a CSV file, in UTF-8 or Windows-1252, with ; , or tab.

    Raises:
        TimetableError: The file is too large, is no table, or lacks a column; a wrong line is
            not raised but returned, with its number.
    """
    known = _Known(frame, reading, GroupNames(reading.groups))
    sheaf = Sheaf(frame)
    wrong: list[WrongLine] = []
    fields: Counter[str] = Counter()
    for number, row in _rows(raw):
        if isinstance(row, Words):
            wrong.append(WrongLine(number, row))
        else:
            fields.update(_not_kept(row, reading))
            try:
                for slot in _slots(row, known):
                    sheaf.add(slot)
            except TimetableError as error:
                wrong.append(WrongLine(number, error.words))
        if len(wrong) >= WRONG_MAX:
            break
    if not (sheaf.planned or wrong):
        raise unusable("le tableau n’a aucune ligne", "the table has no line")
    return Imported(
        sheaf.timetable(),
        sheaf.teaching(),
        len(sheaf.planned),
        dict(sheaf.left_out),
        dict(fields),
        wrong=tuple(wrong),
    )


def _rows(raw: bytes) -> Iterator[tuple[int, dict[str, str] | Words]]:
    """Yield each line that holds something, with its number and its cells by column."""
    if len(raw) > BYTES_MAX:
        raise unusable("le fichier dépasse 8 Mo", "the file is larger than 8 MB")
    text = decoded(raw)
    first = text.split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = _header(next(lines, []))
        for row in lines:
            if lines.line_num > LINES_MAX:
                raise unusable(f"plus de {LINES_MAX} lignes", f"more than {LINES_MAX} lines")
            if any(cell.strip() for cell in row):
                yield lines.line_num, _cells(header, row)
    except csv.Error as error:
        number = lines.line_num
        raise unusable(
            f"ligne {number}\xa0: le tableau est mal formé", f"line {number}: the table is damaged"
        ) from error


def _header(row: list[str]) -> list[str]:
    """Return the columns' names, ours where there is one."""
    header = [COLUMNS.get(plain_key(name), name.strip()[:40]) for name in row]
    lacking = [name for name in REQUIRED if name not in header]
    twice = [name for name in set(COLUMNS.values()) if header.count(name) > 1]
    if lacking or twice:
        listed = ", ".join(lacking or sorted(twice))
        raise unusable(
            f"la première ligne doit nommer une fois chaque colonne\u202f; à revoir\xa0: {listed}",
            f"the first line must name each column once; check: {listed}",
        )
    return header


def _cells(header: list[str], row: list[str]) -> dict[str, str] | Words:
    if len(row) != len(header):
        return Words(
            f"{len(row)} cases au lieu de {len(header)}", f"{len(row)} cells, not {len(header)}"
        )
    if any(len(cell) > CELL_MAX for cell in row):
        return Words("une case est trop longue", "a cell is too long")
    return {name: cell.strip() for name, cell in zip(header, row, strict=True)}


def _not_kept(row: Mapping[str, str], reading: TableReading) -> Iterator[str]:
    known = set(COLUMNS.values()) - (set() if reading.keep_teachers else {"teacher"})
    return (name for name, cell in row.items() if cell and name not in known)


def _slots(row: Mapping[str, str], known: _Known) -> Iterator[Slot]:
    """Yield the dated lessons of one line.

    Raises:
        TimetableError: A cell can't be read, or the line falls on no school day.
    """
    group = _group(row["group"], known)
    weekday = WEEKDAYS.get(plain_key(row["weekday"]))
    if weekday is None:
        raise unusable("le jour n’est pas un jour de la semaine", "the weekday isn't one")
    begins, ends = _clock(row["start"]), _clock(row["end"])
    teacher = group_key(row.get("teacher", ""))[:60] if known.reading.keep_teachers else ""
    Slot(known.frame.first, group, begins, ends)  # wrong hours are wrong on whatever day
    days = list(_days(row, weekday, known))
    if not days:
        raise unusable(
            "cette ligne ne tombe aucun jour de classe\xa0: vérifiez les dates",
            "this line falls on no school day: check the dates",
        )
    return (Slot(day, group, begins, ends, teacher) for day in days)


def _group(cell: str, known: _Known) -> str:
    named = next(iter(known.names.among([cell])), "")
    if not known.reading.groups:
        named = group_key(cell)[:80]
    if not named:
        raise unusable("groupe inconnu de l’établissement", "a group the school doesn't know")
    return named


def _clock(cell: str) -> int:
    found = _CLOCK.fullmatch(cell)
    minute = int(found[1]) * 60 + int(found[2] or 0) if found else DAY_MINUTES + 1
    if minute > DAY_MINUTES:
        raise unusable("une heure s’écrit 8:30 ou 8h30", "a time is written 8:30")
    return minute


def _days(row: Mapping[str, str], weekday: int, known: _Known) -> Iterator[date]:
    """Return the school days that a line means."""
    first, last = (_day(row.get(name, "")) for name in ("from", "until"))
    weeks = plain_key(row.get("weeks", ""))
    chosen = [
        day
        for day in sorted(known.frame.school_days)
        if day.isoweekday() == weekday and (first or day) <= day <= (last or day)
    ]
    if weeks in EVERY_WEEK:
        return iter(chosen)
    week_a = known.reading.week_a
    if weeks in {"a", "b"} and week_a:
        return (day for day in chosen if _weeks(week_a, day) % 2 == (weeks == "b"))
    if weeks in {"2", "3", "4"} and first:
        return (day for day in chosen if _weeks(first, day) % int(weeks) == 0)
    raise unusable(
        "semaines\xa0: rien, A, B (dites quelle semaine est A), ou 2, 3, 4 avec une date de début",
        "weeks: nothing, A, B (say which week is A), or 2, 3, 4 with a first date",
    )


def _weeks(first: date, day: date) -> int:
    monday, other = (one - timedelta(days=one.weekday()) for one in (first, day))
    return (other - monday).days // 7


def _day(cell: str) -> date | None:
    if not cell:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(cell, form).date()  # noqa: DTZ007 - a local date has no zone
        except ValueError:
            continue
    raise unusable("une date s’écrit 01/09/2026", "a date is written 2026-09-01")
