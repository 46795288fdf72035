"""Who of a file is whom of the people known.

The INE decides, then civil name and birth date; for guardians, who have neither, name and pupil.
Where that leaves a choice, nobody guesses: a person is asked. One exception keeps a second import
of the same file quiet: of several who share all keys, those who agree in everything are paired.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from portique.core.values import Kind
from portique.school.people.changes import changes_between
from portique.school.people.likeness import Near, same_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from portique.school.people.records import PersonRecord


class Why(StrEnum):
    """Why a person must choose."""

    TWICE_IN_FILE = "twice-in-file"
    TWICE_KNOWN = "twice-known"
    OTHER_INE = "other-ine"
    LOOKS_LIKE = "looks-like"


class Answer(StrEnum):
    """What a person may say of a doubtful record, besides the id of somebody known."""

    NEW = "new"
    LEAVE_OUT = "leave-out"


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody the school knows: its own id, and what it holds, in a record's form.

    `left` is true for those who left and are not yet forgotten; they come back by the same match.
    """

    id: str
    record: PersonRecord
    left: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """One record of the file that a person must place: one of the candidates, or somebody new.

    `number` is the record's place in the file's records, from 0. `suggested` is the one candidate
    of the same name and class, where there is exactly one.
    """

    number: int
    record: PersonRecord
    candidates: tuple[KnownPerson, ...]
    why: Why
    suggested: str = ""


@dataclass(slots=True)
class Matches:
    """The outcome: who is whom, who is new, and what must be asked."""

    pairs: dict[int, KnownPerson] = field(default_factory=dict)
    new: set[int] = field(default_factory=set)
    out: set[int] = field(default_factory=set)
    doubts: list[Doubt] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)

    def pair(self, number: int, known: KnownPerson) -> None:
        """Note that a record is somebody known."""
        self.pairs[number] = known
        self.taken.add(known.id)

    def ask(self, doubt: Doubt) -> None:
        """Note that a person must choose."""
        self.doubts.append(doubt)
        self.asked.add(doubt.number)

    def is_open(self, number: int) -> bool:
        """Say whether nothing is settled about a record."""
        return number not in self.pairs and number not in self.asked | self.new | self.out


def match_people(
    known: Sequence[KnownPerson],
    records: Sequence[PersonRecord],
    answers: Mapping[int, str],
) -> Matches:
    """Find who is whom.

    Args:
        known: Everybody of the kinds in question, those who left included.
        records: The file's people of these kinds.
        answers: What a person said of records, by number: an `Answer`, or the id of somebody known.

    Raises:
        ValueError: An answer names nobody known, or two name the same person.
    """
    matching = _Matching(known, records)
    matching.take_answers(answers)
    matching.drop_copies()
    matching.by_ine()
    matching.by_identity()
    matching.by_likeness()
    matching.matches.new |= {n for n in range(len(records)) if matching.matches.is_open(n)}
    matching.matches.doubts = _tidied(matching.matches)
    return matching.matches


def _tidied(matches: Matches) -> list[Doubt]:
    """Order the doubts, without those matched since; suggest nobody twice.

    Suggestions may then be taken together.
    """
    counts = Counter(doubt.suggested for doubt in matches.doubts)
    return [
        replace(
            doubt,
            candidates=tuple(c for c in doubt.candidates if c.id not in matches.taken),
            suggested=doubt.suggested
            if counts[doubt.suggested] == 1 and doubt.suggested not in matches.taken
            else "",
        )
        for doubt in sorted(matches.doubts, key=lambda doubt: doubt.number)
    ]


class _Matching:
    """One run: each step settles some records and leaves the others open."""

    def __init__(self, known: Sequence[KnownPerson], records: Sequence[PersonRecord]) -> None:
        self.matches = Matches()
        self._known = known
        self._records = records
        self._keys = [_identity_keys(record) for record in records]

    def take_answers(self, answers: Mapping[int, str]) -> None:
        """Do what a person said."""
        by_id = {known.id: known for known in self._known}
        for number, answer in answers.items():
            if answer == Answer.NEW:
                self.matches.new.add(number)
            elif answer == Answer.LEAVE_OUT:
                self.matches.out.add(number)
            elif answer in by_id and answer not in self.matches.taken:
                self.matches.pair(number, by_id[answer])
            else:
                raise ValueError("an answer must name somebody known, and each of them once")

    def drop_copies(self) -> None:
        """Leave out a line that says the same as another in everything, INE included."""
        seen: set[PersonRecord] = set()
        for number, record in enumerate(self._records):
            if record.ine and record in seen and self.matches.is_open(number):
                self.matches.out.add(number)
            seen.add(record)

    def by_ine(self) -> None:
        """Settle those whose INE is in the file and known."""
        self._by_key(
            [[record.ine] if record.ine else [] for record in self._records],
            [[known.record.ine] if known.record.ine else [] for known in self._known],
        )

    def by_identity(self) -> None:
        """Settle those who have the same civil name, and birth date or pupil."""
        self._by_key(
            self._keys,
            [_identity_keys(known.record) for known in self._known],
        )
        shared = _shared(self._keys)
        for number, record in enumerate(self._records):
            if shared & set(self._keys[number]) and not record.ine and self.matches.is_open(number):
                self.matches.ask(Doubt(number, record, (), Why.TWICE_IN_FILE))

    def by_likeness(self) -> None:
        """Ask about those who could be somebody known whom no record has named."""
        near = Near(k for k in self._known if k.id not in self.matches.taken and not k.left)
        for number, record in enumerate(self._records):
            if self.matches.is_open(number) and (found := near.to(record)):
                self._ask(number, found, Why.LOOKS_LIKE)

    def _by_key(self, of_records: list[list[str]], of_known: list[list[str]]) -> None:
        candidates: defaultdict[str, list[KnownPerson]] = defaultdict(list)
        for known, keys in zip(self._known, of_known, strict=True):
            for key in keys:
                candidates[key].append(known)
        numbers: defaultdict[str, list[int]] = defaultdict(list)
        for number, keys in enumerate(of_records):
            for key in keys:
                numbers[key].append(number)
        for key, asking in numbers.items():
            open_numbers = [number for number in asking if self.matches.is_open(number)]
            free = [known for known in candidates[key] if known.id not in self.matches.taken]
            self._settle(open_numbers, free)

    def _settle(self, numbers: list[int], free: list[KnownPerson]) -> None:
        """Settle those who share one key: one and one is a pair, anything else needs agreement."""
        if len(numbers) == 1 and len(free) == 1:
            self._pair_or_ask(numbers[0], free[0])
        elif len(numbers) > 1 or (numbers and free):
            why = Why.TWICE_IN_FILE if len(numbers) > 1 else Why.TWICE_KNOWN
            self._pair_agreeing(numbers, free, _equals)
            self._pair_agreeing(numbers, free, _agrees)
            for number in numbers:
                if self.matches.is_open(number):
                    self._ask(number, self._free(free), why)

    def _pair_or_ask(self, number: int, known: KnownPerson) -> None:
        ine = self._records[number].ine
        if ine and known.record.ine and ine != known.record.ine:
            self._ask(number, [known], Why.OTHER_INE)
        else:
            self.matches.pair(number, known)

    def _pair_agreeing(
        self,
        numbers: list[int],
        free: list[KnownPerson],
        agree: Callable[[KnownPerson, PersonRecord], bool],
    ) -> None:
        for number in numbers:
            if not self.matches.is_open(number):
                continue
            record = self._records[number]
            found = next((known for known in self._free(free) if agree(known, record)), None)
            if found:
                self.matches.pair(number, found)

    def _free(self, candidates: list[KnownPerson]) -> list[KnownPerson]:
        return [known for known in candidates if known.id not in self.matches.taken]

    def _ask(self, number: int, candidates: list[KnownPerson], why: Why) -> None:
        record = self._records[number]
        likely = [known.id for known in candidates if same_place(known.record, record)]
        suggested = likely[0] if len(likely) == 1 else ""
        self.matches.ask(Doubt(number, record, tuple(candidates), why, suggested))


def _shared(keys_of_all: Iterable[list[str]]) -> set[str]:
    """Return the keys that several records of the file have."""
    counts = Counter(key for keys in keys_of_all for key in keys)
    return {key for key, count in counts.items() if count > 1}


def _identity_keys(record: PersonRecord) -> list[str]:
    if record.kind is not Kind.GUARDIAN:
        return [f"{record.kind}/{record.identity}"]
    pupils = sorted({tie.pupil for tie in record.ties}) or [""]
    return [f"{record.kind}/{record.identity}/{pupil}" for pupil in pupils]


def _equals(known: KnownPerson, record: PersonRecord) -> bool:
    return known.record == record and not known.left


def _agrees(known: KnownPerson, record: PersonRecord) -> bool:
    return not known.left and not changes_between(known.record, record)
