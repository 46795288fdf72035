"""What is kept of a person from a file, and what a file gave.

The civil name, the birth date and the INE serve one purpose: to recognise the same person at the
next import. Screens, cards and lists show the usual names (`shown_name`). Addresses, birthplace,
sex, nationality and the rest are counted by name of column, and dropped while reading.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from portique.core.values import Kind
from portique.school.people.spelling import name_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class Boarding(StrEnum):
    """How a pupil is lodged and fed: the first digit of SIECLE's CODE_REGIME."""

    DAY = "day"
    SUPERVISED_DAY = "supervised-day"
    HALF_BOARDER = "half-boarder"
    BOARDER = "boarder"
    DAY_BOARDER = "day-boarder"  # interne externé: meals of a boarder, sleeps in town
    HOSTED_BOARDER = "hosted-boarder"
    HALF_BOARDER_ELSEWHERE = "half-boarder-elsewhere"  # lunches in another school

    @property
    def sleeps_at_school(self) -> bool:
        """Say whether the pupil is a boarder for exit rules."""
        return self in {Boarding.BOARDER, Boarding.HOSTED_BOARDER}


BOARDING_OF_DIGIT = {str(digit): boarding for digit, boarding in enumerate(Boarding)}
_FULL_DAYS = (1, 2, 4, 5)
_WEEK = (1, 2, 3, 4, 5)
_MEALS = {
    Boarding.HALF_BOARDER: _FULL_DAYS,
    Boarding.BOARDER: _WEEK,
    Boarding.DAY_BOARDER: _WEEK,
    Boarding.HOSTED_BOARDER: _WEEK,
}


def usual_meal_days(boarding: Boarding) -> tuple[int, ...]:
    """Return the ISO weekdays (Monday 1) on which such a pupil lunches at school, usually.

    SIECLE says how many days a week, never which: half-boarders get the four full days, boarders
    all five, until the school says better.
    """
    return _MEALS.get(boarding, ())


class Role(StrEnum):
    """What a guardian is to one pupil."""

    LEGAL = "legal"
    CONTACT = "contact"
    UNSAID = "unsaid"  # the file doesn't tell: ONDE


@dataclass(frozen=True, slots=True, order=True)
class Tie:
    """A guardian's bond with one pupil, named by the pupil's `PersonRecord.match`."""

    pupil: str
    role: Role


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One person, as a file says.

    `None` and an empty text mean that the file says nothing: what is known stays. `label` is the
    class (or the service), `groups` the others, in order of their names. `exit_regime` is the
    school's own wording. `email` and `mobile` are kept for guardians only.
    """

    kind: Kind
    family_name: str
    first_name: str
    usual_family_name: str = ""
    usual_first_name: str = ""
    birth_date: date | None = None  # for matching only: shown nowhere, sent nowhere
    ine: str = ""  # for matching only: never on a pass
    label: str | None = None
    groups: tuple[str, ...] | None = None
    boarding: Boarding | None = None
    meal_days: tuple[int, ...] | None = None
    exit_regime: str | None = None
    ties: tuple[Tie, ...] = ()
    email: str = ""
    mobile: str = ""

    @property
    def shown_name(self) -> str:
        """Return the name for cards, screens and lists: usual where there is one."""
        first = self.usual_first_name or self.first_name
        return f"{first} {self.usual_family_name or self.family_name}"

    @property
    def identity(self) -> str:
        """Return the civil name and birth date in a form that ignores accents and capitals."""
        born = self.birth_date.isoformat() if self.birth_date else ""
        return f"{name_key(self.family_name)}/{name_key(self.first_name)}/{born}"

    @property
    def match(self) -> str:
        """Return the key by which the next import recognises this person first."""
        return self.ine or self.identity


class Skip(StrEnum):
    """Why a person of the file was left out; nothing is wrong with the file."""

    LEFT_SCHOOL = "left-school"
    NO_CLASS = "no-class"
    NO_PUPIL = "no-pupil"


class Cause(StrEnum):
    """Why a row could not be read, wholly or in part."""

    NAME_MISSING = "name-missing"
    NAME_WRONG = "name-wrong"
    FORMULA = "formula"
    DATE_WRONG = "date-wrong"
    INE_WRONG = "ine-wrong"
    CODE_TOO_LONG = "code-too-long"
    BOARDING_UNKNOWN = "boarding-unknown"
    MEAL_DAYS_UNKNOWN = "meal-days-unknown"
    CONTACT_WRONG = "contact-wrong"
    ROW_TOO_LONG = "row-too-long"
    TWICE = "twice"
    CHILD_UNKNOWN = "child-unknown"
    CHILD_UNCLEAR = "child-unclear"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row: its line in a table, or its rank in an XML file, from 1.

    `kept` says that the person was read all the same, without the part that is wrong. It holds
    nothing of what the row said.
    """

    row: int
    cause: Cause
    kept: bool = False
    kind: Kind = Kind.PUPIL


class Caution(StrEnum):
    """What a person must confirm before a file changes anything."""

    OTHER_SCHOOL = "other-school"
    NO_SCHOOL_NAMED = "no-school-named"
    NO_SURE_KEY = "no-sure-key"  # neither INE nor birth date: those known already are asked about


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a file gave. Counts are shown to whoever imports; names of columns only."""

    records: tuple[PersonRecord, ...]
    not_imported: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[Skip, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    cautions: tuple[Caution, ...] = ()
    uai: str = ""
    group_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def unread(self) -> int:
        """Count the rows that gave nobody."""
        return len({(fault.kind, fault.row) for fault in self.faults if not fault.kept})
