"""What a file would change of the people known: shown first, applied by whoever keeps them.

Nothing here writes. `compare` is a function of what is known, what the file says and what a person
answered; asking again with the same gives the same, and once a difference is applied, comparing the
same file again finds nothing. A doubt that nobody answered changes nothing and lets nobody leave.

Undo: keep the `Reversal` that `Difference.reverse` makes, with the ids given to those added. It
removes them, puts old values back and brings back those who left; each of its changes names the
value it expects, so that what was corrected by hand since is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from portique.core.values import Kind
from portique.school.people.changes import Change, applied, changes_between
from portique.school.people.matching import Doubt, KnownPerson, Matches, match_people
from portique.school.people.records import Tie

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from portique.school.people.records import PersonRecord

LEAVERS_SHARE = 10  # one in ten: beyond, a person confirms


class Concern(StrEnum):
    """What a person must look at before a difference is applied."""

    MANY_LEAVE = "many-leave"
    UNREAD_ROWS = "unread-rows"
    CLASSES_MISSING = "classes-missing"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person said so far about one import.

    `answers` places doubtful records, by number. `closed` are the classes confirmed to exist no
    more: only then do their people leave. `nobody_leaves` says that the file is only a part.
    """

    answers: Mapping[int, str] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    nobody_leaves: bool = False


NO_CHOICES = Choices()


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody new; `number` is the record's place in the file's records."""

    number: int
    record: PersonRecord


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody known of whom something changes, or who comes back."""

    number: int
    known: KnownPerson
    changes: tuple[Change, ...]

    @property
    def after(self) -> PersonRecord:
        """Return what will be known."""
        return applied(self.known.record, self.changes)

    @property
    def comes_back(self) -> bool:
        """Say whether the person had left."""
        return self.known.left

    @property
    def needs_new_card(self) -> bool:
        """Say whether what a card shows changes: the shown name or the class."""
        before, after = self.known.record, self.after
        return (before.shown_name, before.label) != (after.shown_name, after.label)


@dataclass(frozen=True, slots=True)
class Reversal:
    """How to undo a difference that was applied.

    `remove` are ids of those added, `restore` the changes by id (each from the value expected now
    to the one before), `bring_back` those who left, `send_away` those who had come back.
    """

    remove: tuple[str, ...]
    restore: Mapping[str, tuple[Change, ...]]
    bring_back: tuple[str, ...]
    send_away: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a file would change.

    `left` are those who would leave. `spared` are known, not in the file, and stay all the same:
    their class is missing as a whole, or only a part was imported. `present` counts the people
    known before, without those who had left.
    """

    added: tuple[Added, ...] = ()
    changed: tuple[Changed, ...] = ()
    unchanged: tuple[KnownPerson, ...] = ()
    left: tuple[KnownPerson, ...] = ()
    spared: tuple[KnownPerson, ...] = ()
    doubtful: tuple[Doubt, ...] = ()
    left_out: tuple[int, ...] = ()
    missing_classes: tuple[str, ...] = ()
    present: int = 0
    unread: int = 0

    @property
    def is_empty(self) -> bool:
        """Say whether nothing would change and nothing is asked."""
        return not (self.added or self.changed or self.left or self.doubtful)

    @property
    def needs_confirmation(self) -> bool:
        """Say whether over one person in ten would leave, or some might by an unread row."""
        return {Concern.MANY_LEAVE, Concern.UNREAD_ROWS} & set(self.concerns) != set()

    @property
    def concerns(self) -> tuple[Concern, ...]:
        """List what a person must look at."""
        holds = {
            Concern.MANY_LEAVE: len(self.left) * LEAVERS_SHARE > self.present,
            Concern.UNREAD_ROWS: bool(self.unread and self.left),
            Concern.CLASSES_MISSING: bool(self.missing_classes),
            Concern.UNANSWERED: bool(self.doubtful),
        }
        return tuple(concern for concern, true in holds.items() if true)

    def reverse(self, ids: Mapping[int, str]) -> Reversal:
        """Return how to undo this difference; `ids` are those given to `added`, by number.

        Raises:
            KeyError: Somebody added has no id.
        """
        return Reversal(
            tuple(ids[added.number] for added in self.added),
            {
                changed.known.id: tuple(change.reverse for change in changed.changes)
                for changed in self.changed
                if changed.changes
            },
            tuple(known.id for known in self.left),
            tuple(changed.known.id for changed in self.changed if changed.comes_back),
        )


def compare(
    known: Sequence[KnownPerson],
    records: Sequence[PersonRecord],
    *,
    kinds: Collection[Kind],
    unread: int = 0,
    choices: Choices = NO_CHOICES,
) -> Difference:
    """Say what a file would change.

    Args:
        known: Everybody the school knows, those who left and are not yet forgotten included.
        records: What the file gave.
        kinds: The kinds of people the file is about: nobody of another kind leaves.
        unread: How many rows gave nobody (`Reading.unread`).
        choices: What a person said so far.

    Raises:
        ValueError: A record is of another kind, or an answer names nobody or somebody twice.
    """
    if any(record.kind not in kinds for record in records):
        raise ValueError("the file has people of kinds that this import is not about")
    concerned = [person for person in known if person.record.kind in kinds]
    translated, matches = _matched(concerned, records, choices.answers)
    pairs = sorted(matches.pairs.items())
    changed = tuple(
        Changed(number, person, changes)
        for number, person in pairs
        if (changes := changes_between(person.record, translated[number])) or person.left
    )
    moved = {change.known.id for change in changed}
    accounted = _accounted(matches)
    absent = [p for p in concerned if not p.left and p.id not in accounted]
    left, missing = _leavers(absent, translated, choices)
    gone = {person.id for person in left}
    return Difference(
        tuple(Added(number, translated[number]) for number in sorted(matches.new)),
        changed,
        tuple(person for _, person in pairs if person.id not in moved),
        tuple(left),
        tuple(person for person in absent if person.id not in gone),
        tuple(matches.doubts),
        tuple(sorted(matches.out)),
        missing,
        sum(not person.left for person in concerned),
        unread,
    )


def _matched(
    known: Sequence[KnownPerson], records: Sequence[PersonRecord], answers: Mapping[int, str]
) -> tuple[Sequence[PersonRecord], Matches]:
    """Match everybody but guardians, then guardians, who are recognised by their pupils."""
    others = [person for person in known if person.record.kind is not Kind.GUARDIAN]
    guardians = [person for person in known if person.record.kind is Kind.GUARDIAN]
    numbers = [n for n, record in enumerate(records) if record.kind is not Kind.GUARDIAN]
    first = _part(others, records, numbers, answers)
    same_pupil = {
        records[number].match: person.record.match for number, person in first.pairs.items()
    }
    translated = [_translated(record, same_pupil) for record in records]
    numbers = [n for n, record in enumerate(records) if record.kind is Kind.GUARDIAN]
    second = _part(guardians, translated, numbers, answers)
    return translated, Matches(
        first.pairs | second.pairs,
        first.new | second.new,
        first.out | second.out,
        first.doubts + second.doubts,
    )


def _part(
    known: Sequence[KnownPerson],
    records: Sequence[PersonRecord],
    numbers: list[int],
    answers: Mapping[int, str],
) -> Matches:
    """Match some of the records, and give the outcome the numbers they have among all."""
    own = {place: answers[number] for place, number in enumerate(numbers) if number in answers}
    found = match_people(known, [records[number] for number in numbers], own)
    return Matches(
        {numbers[place]: person for place, person in found.pairs.items()},
        {numbers[place] for place in found.new},
        {numbers[place] for place in found.out},
        [replace(doubt, number=numbers[doubt.number]) for doubt in found.doubts],
    )


def _translated(record: PersonRecord, same_pupil: Mapping[str, str]) -> PersonRecord:
    """Name a guardian's pupils by the keys they are known by."""
    if not record.ties:
        return record
    ties = {Tie(same_pupil.get(tie.pupil, tie.pupil), tie.role) for tie in record.ties}
    return replace(record, ties=tuple(sorted(ties)))


def _accounted(matches: Matches) -> set[str]:
    """Return the ids of those whom the file names, or may name."""
    maybe = {person.id for doubt in matches.doubts for person in doubt.candidates}
    return maybe | {person.id for person in matches.pairs.values()}


def _leavers(
    absent: Sequence[KnownPerson], records: Sequence[PersonRecord], choices: Choices
) -> tuple[list[KnownPerson], tuple[str, ...]]:
    """Part those who leave from those who stay though the file doesn't name them."""
    here = {record.label for record in records if record.label}
    pupils = [person for person in absent if person.record.kind is not Kind.GUARDIAN]
    missing = {p.record.label for p in pupils if p.record.label} - here - choices.closed
    left = [
        person
        for person in pupils
        if (person.record.label not in missing if person.record.label else not missing)
    ]
    if choices.nobody_leaves or not records:
        left = []
    covered = {tie.pupil for record in records for tie in record.ties}
    covered |= {person.record.match for person in left}
    left += [] if choices.nobody_leaves else list(_guardians_leaving(absent, covered))
    return left, tuple(sorted(label for label in missing if label))


def _guardians_leaving(absent: Sequence[KnownPerson], covered: set[str]) -> Iterator[KnownPerson]:
    """Yield the guardians whose every pupil is in the file with others, or leaves."""
    for person in absent:
        pupils = {tie.pupil for tie in person.record.ties}
        if person.record.kind is Kind.GUARDIAN and pupils and pupils <= covered:
            yield person
