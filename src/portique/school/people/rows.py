"""Rows of a mapped table as persons, each fault with its line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from portique.core.finding import unaccented
from portique.core.values import Kind
from portique.school.people import spelling
from portique.school.people.limits import count_name
from portique.school.people.mapping import Field, Mapping, check
from portique.school.people.records import (
    BOARDING_OF_DIGIT,
    Boarding,
    Cause,
    Caution,
    Fault,
    PersonRecord,
    Reading,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.school.people.sheets import Row, Table

Value = TypeVar("Value")

GROUPS_MAX = 60
# The first that a table's word begins with is meant: longer words come first.
_BOARDING_WORDS = (
    ("externesurveille", Boarding.SUPERVISED_DAY),
    ("exsur", Boarding.SUPERVISED_DAY),
    ("ext", Boarding.DAY),
    ("dphor", Boarding.HALF_BOARDER_ELSEWHERE),
    ("dp", Boarding.HALF_BOARDER),
    ("demi", Boarding.HALF_BOARDER),
    ("halfboarder", Boarding.HALF_BOARDER),
    ("interneexterne", Boarding.DAY_BOARDER),
    ("inex", Boarding.DAY_BOARDER),
    ("interneheberge", Boarding.HOSTED_BOARDER),
    ("inheb", Boarding.HOSTED_BOARDER),
    ("int", Boarding.BOARDER),
    ("boarder", Boarding.BOARDER),
)
_WEEKDAYS = {
    prefix: day
    for day, prefixes in enumerate(
        ("lu mo", "ma tu", "me we", "je th", "ve fr", "sa", "di su"), start=1
    )
    for prefix in prefixes.split()
}
_GROUP_MARKS = str.maketrans({"[": "", "]": "", "|": ",", ";": ","})


@dataclass(slots=True)
class _Reader:
    """One table being read."""

    mapping: Mapping
    kind: Kind
    faults: list[Fault] = field(default_factory=list)

    def record(self, row: Row) -> PersonRecord | None:
        """Read one row; None, and a fault, when it names nobody."""
        cells = {
            field: row.cells[index] for index, field in enumerate(self.mapping.fields) if field
        }
        wrong = _name_fault(cells[Field.FAMILY_NAME], cells[Field.FIRST_NAME])
        if wrong:
            self.faults.append(Fault(row.number, wrong, kind=self.kind))
            return None
        take = _Row(cells, row.number, self)
        return PersonRecord(
            self.kind,
            cells[Field.FAMILY_NAME],
            cells[Field.FIRST_NAME],
            take.name(Field.USUAL_FAMILY_NAME),
            take.name(Field.USUAL_FIRST_NAME),
            take.read(Field.BIRTH_DATE, spelling.read_date, Cause.DATE_WRONG),
            take.read(Field.INE, spelling.read_ine, Cause.INE_WRONG) or "",
            take.code(Field.LABEL),
            take.groups(),
            take.read(Field.BOARDING, read_boarding, Cause.BOARDING_UNKNOWN),
            take.read(Field.MEAL_DAYS, read_meal_days, Cause.MEAL_DAYS_UNKNOWN),
            take.code(Field.EXIT_REGIME),
        )


@dataclass(frozen=True, slots=True)
class _Row:
    """The mapped cells of one row; what can't be read is a fault, and the person is kept."""

    cells: dict[Field, str]
    number: int
    reader: _Reader

    def read(
        self, field: Field, reading: Callable[[str], Value | None], cause: Cause
    ) -> Value | None:
        """Read one cell, None if it is empty or wrong."""
        text = self.cells.get(field, "")
        value = reading(text) if text else None
        if text and value is None:
            self._fault(cause)
        return value

    def name(self, field: Field) -> str:
        """Read a usual name."""
        return self.read(field, _name_or_none, Cause.NAME_WRONG) or ""

    def code(self, field: Field) -> str | None:
        """Read a class or a regime; None where the table has no such column."""
        if field not in self.cells:
            return None
        return self._checked(self.cells[field]) or None

    def groups(self) -> tuple[str, ...] | None:
        """Read the groups, however they are parted; None where the table has no such column."""
        if Field.GROUPS not in self.cells:
            return None
        named = self.cells[Field.GROUPS].translate(_GROUP_MARKS).split(",")
        codes = {code for name in named if (code := self._checked(name.strip()))}
        codes -= {self.cells.get(Field.LABEL, "")}
        return tuple(sorted(codes))[:GROUPS_MAX]

    def _checked(self, text: str) -> str | None:
        if spelling.is_formula(text):
            self._fault(Cause.FORMULA)
            return None
        if len(text) > spelling.CODE_CHARACTERS_MAX:
            self._fault(Cause.CODE_TOO_LONG)
            return None
        return text

    def _fault(self, cause: Cause) -> None:
        self.reader.faults.append(Fault(self.number, cause, kept=True, kind=self.reader.kind))


def records_from(table: Table, mapping: Mapping, kind: Kind = Kind.PUPIL) -> Reading:
    """Read every row of a table by a mapping that a person has looked at.

    Raises:
        FileRefused: The mapping lacks a name or gives a field twice.
    """
    check(mapping)
    reader = _Reader(mapping, kind)
    records = tuple(record for row in table.rows if (record := reader.record(row)))
    too_long = (Fault(number, Cause.ROW_TOO_LONG, kind=kind) for number in table.too_long)
    unsure = not {Field.INE, Field.BIRTH_DATE} & set(mapping.fields) and kind is Kind.PUPIL
    return Reading(
        records,
        not_imported(table, mapping),
        faults=tuple(sorted((*reader.faults, *too_long), key=lambda fault: fault.row)),
        cautions=(Caution.NO_SURE_KEY,) if unsure else (),
    )


def not_imported(table: Table, mapping: Mapping) -> dict[str, int]:
    """Count the filled cells of each column that is not imported."""
    counts: Counter[str] = Counter()
    for row in table.rows:
        for title, given, cell in zip(mapping.titles, mapping.fields, row.cells, strict=True):
            if given is None and cell:
                count_name(counts, title)
    return dict(counts)


def read_boarding(text: str) -> Boarding | None:
    """Read SIECLE's code or the word of a table: 21, DP 4 jours, Interne, Externe libre."""
    if text[0].isdecimal():
        return BOARDING_OF_DIGIT.get(text[0])
    key = spelling.name_key(text)
    return next((meant for word, meant in _BOARDING_WORDS if key.startswith(word)), None)


def read_meal_days(text: str) -> tuple[int, ...] | None:
    """Read days by name, "lun, mar" or "Lu Ma Je Ve", as ISO weekdays; None if one is no day."""
    words = unaccented(text).replace(",", " ").replace("-", " ").replace("/", " ").split()
    days = {_WEEKDAYS.get(word[:2]) if len(word) > 1 else None for word in words}
    return None if None in days else tuple(sorted(day for day in days if day))


def _name_or_none(text: str) -> str | None:
    return text if spelling.is_name(text) else None


def _name_fault(family: str, first: str) -> Cause | None:
    if not family or not first:
        return Cause.NAME_MISSING
    if spelling.is_formula(family) or spelling.is_formula(first):
        return Cause.FORMULA
    return None if spelling.is_name(family) and spelling.is_name(first) else Cause.NAME_WRONG
