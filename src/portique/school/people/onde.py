"""ONDE's extractions (first degree): pupils, and those responsible for them.

Titles exist in two forms; the second file repeats four of them for each child, so columns are taken
by their place. It has no number of the child: names and class find the pupil, or the row is left
out and said. ONDE tells neither who is a legal guardian nor whether text messages are accepted:
roles stay unsaid, the e-mail address is kept, telephone numbers are not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from portique.core.values import Kind
from portique.school.people import spelling
from portique.school.people.limits import count_name
from portique.school.people.mapping import propose, title_key
from portique.school.people.records import (
    Cause,
    Caution,
    Fault,
    PersonRecord,
    Reading,
    Role,
    Skip,
    Tie,
)
from portique.school.people.refusals import Refusal, refused
from portique.school.people.rows import records_from
from portique.school.people.sheets import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from portique.school.people.sheets import Row, Table

PUPIL_TITLES = {"nom eleve", "prenom eleve"}
RELATIVE_TITLES = {"nom responsable", "prenom responsable", "nom famille enfant"}
KEPT = ("nom usage responsable", "nom responsable", "prenom responsable", "courriel")
CHILD = ("nom famille enfant", "prenom enfant", "classe enfant")
CHILD_TITLES = {*CHILD, "nom usage enfant"}


def read_onde(streams: Sequence[BinaryIO]) -> Reading:
    """Read the pupils' extraction, and the relatives' one if it is among the files.

    Raises:
        FileRefused: As `sheets.read_table`; or no file is ONDE's list of pupils.
    """
    tables = [read_table(stream) for stream in streams]
    pupils = [table for table in tables if _titles(table) >= PUPIL_TITLES]
    relatives = [table for table in tables if _titles(table) >= RELATIVE_TITLES]
    if len(pupils) + len(relatives) < len(tables) or len(pupils) > 1 or len(relatives) > 1:
        raise refused(
            Refusal.HEADER_WRONG, "a file has not ONDE's titles, or is given twice: export again"
        )
    if not pupils:
        raise refused(Refusal.NO_PUPILS, "ONDE's list of pupils is missing: add it")
    read = _pupils(pupils[0])
    return _with_relatives(read, relatives[0]) if relatives else read


def is_onde(table: Table) -> bool:
    """Say whether a table has the titles of one of ONDE's extractions."""
    titles = _titles(table)
    return titles >= PUPIL_TITLES or titles >= RELATIVE_TITLES


def _titles(table: Table) -> set[str]:
    return {title_key(title) for title in table.titles}


def _pupils(table: Table) -> Reading:
    """Read the list of pupils, leaving out those without a class."""
    read = records_from(table, propose(table.titles))
    placed = tuple(record for record in read.records if record.label)
    without = len(read.records) - len(placed)
    return Reading(
        placed,
        read.not_imported,
        {Skip.NO_CLASS: without} if without else {},
        read.faults,
        # ONDE names no school in its extractions.
        (*read.cautions, Caution.NO_SCHOOL_NAMED),
    )


@dataclass(slots=True)
class _Relatives:
    """The relatives' table being read, with the places of its columns."""

    table: Table
    pupils: Mapping[tuple[str, str], list[PersonRecord]]
    places: dict[str, int] = field(default_factory=dict)
    children: list[dict[str, int]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the columns: a child begins with each title that the last child has already."""
        for index, title in enumerate(self.table.titles):
            key = title_key(title)
            if key in CHILD_TITLES:
                self._child_column(key, index)
            elif key in KEPT:
                self.places.setdefault(key, index)
            else:
                self.ignored[index] = title

    def _child_column(self, key: str, index: int) -> None:
        if not self.children or key in self.children[-1]:
            self.children.append({})
        self.children[-1][key] = index

    def records(self) -> Iterator[PersonRecord | None]:
        """Read every row: a person, or None for one without any pupil of this school."""
        for row in self.table.rows:
            usual, family, first, email = (self._cell(row, key) for key in KEPT)
            if not (spelling.is_name(family or usual) and spelling.is_name(first)):
                self._fault(row, Cause.NAME_WRONG)
                continue
            ties = tuple(sorted(set(self._ties(row))))
            yield (
                PersonRecord(
                    Kind.GUARDIAN,
                    family or usual,
                    first,
                    usual if spelling.is_name(usual) else "",
                    ties=ties,
                    email=self._email(row, email),
                )
                if ties
                else None
            )

    def _ties(self, row: Row) -> Iterator[Tie]:
        for child in self.children:
            family, first, label = (row.cells[child[key]] if key in child else "" for key in CHILD)
            if family or first:
                yield from self._tie(row, self._found(family, first, label))

    def _found(self, family: str, first: str, label: str) -> list[PersonRecord]:
        """Find the pupils of that name, and among homonyms those of that class."""
        named = self.pupils.get(_child_key(family, first), [])
        same_class = [
            pupil
            for pupil in named
            if spelling.name_key(pupil.label or "") == spelling.name_key(label)
        ]
        found = same_class if len(named) > 1 else named
        # Two who share name and birth date, and have no INE, have one key for the two.
        alone = found and sum(pupil.match == found[0].match for pupil in named) == 1
        return found if alone else named

    def _tie(self, row: Row, found: list[PersonRecord]) -> Iterator[Tie]:
        if len(found) == 1:
            yield Tie(found[0].match, Role.UNSAID)
        else:
            self._fault(row, Cause.CHILD_UNCLEAR if found else Cause.CHILD_UNKNOWN, kept=True)

    def _email(self, row: Row, text: str) -> str:
        email = spelling.read_email(text)
        if text and email is None:
            self._fault(row, Cause.CONTACT_WRONG, kept=True)
        return email or ""

    def _cell(self, row: Row, key: str) -> str:
        return row.cells[self.places[key]] if key in self.places else ""

    def _fault(self, row: Row, cause: Cause, *, kept: bool = False) -> None:
        self.faults.append(Fault(row.number, cause, kept, Kind.GUARDIAN))


def _with_relatives(read: Reading, table: Table) -> Reading:
    pupils: defaultdict[tuple[str, str], list[PersonRecord]] = defaultdict(list)
    for pupil in read.records:
        pupils[_child_key(pupil.family_name, pupil.first_name)].append(pupil)
    relatives = _Relatives(table, pupils)
    rows = list(relatives.records())
    too_long = (Fault(number, Cause.ROW_TOO_LONG, kind=Kind.GUARDIAN) for number in table.too_long)
    counts = Counter(read.not_imported)
    for row in table.rows:
        for index, title in relatives.ignored.items():
            if row.cells[index]:
                count_name(counts, title)
    without = {Skip.NO_PUPIL: rows.count(None)} if None in rows else {}
    return Reading(
        (*read.records, *(record for record in rows if record)),
        dict(counts),
        {**read.skipped, **without},
        (*read.faults, *relatives.faults, *too_long),
        read.cautions,
    )


def _child_key(family: str, first: str) -> tuple[str, str]:
    return spelling.name_key(family), spelling.name_key(first)
