"""What a change means before it is made: whose day begins or ends at another time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.core.plain import Words
from portique.school.times.words import day_words, hours_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from portique.school.times.actions import Action
    from portique.school.times.changes import DayBook

    Ends = tuple[int, int]
    Days = tuple[Ends | None, Ends | None]

NO_LESSON = Words("aucun cours", "no lesson")


@dataclass(frozen=True, slots=True)
class Shift:
    """A day that changes: of one group, or of pupils whose groups together change so.

    `before` and `after` are when the first lesson begins and the last one
    ends, in local minutes; None: no lesson that day.
    """

    day: date
    groups: tuple[str, ...]
    pupils: int
    before: tuple[int, int] | None
    after: tuple[int, int] | None

    def words(self) -> Words:
        """Say it: «2DE 04 (31 élèves) : 8 h–17 h → 8 h–15 h»."""
        named = ", ".join(self.groups)
        french, english = ("élève", "pupil") if self.pupils == 1 else ("élèves", "pupils")
        before, after = _ends_words(self.before), _ends_words(self.after)
        return Words(
            f"{named} ({self.pupils}\xa0{french})\xa0: {before.fr} → {after.fr}",
            f"{named} ({self.pupils} {english}): {before.en} → {after.en}",
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """What one action changes: by group, and by pupil, who may have other lessons besides."""

    groups: tuple[Shift, ...]
    pupils: tuple[Shift, ...]

    def words(self) -> Words:
        """Say in one line how many pupils begin or end at another time."""
        if not self.pupils:
            return Words(
                "la journée d’aucun élève ne commence ni ne finit à une autre heure",
                "no pupil’s day begins or ends at another time",
            )
        count = sum(shift.pupils for shift in self.pupils)
        days = [day_words(day) for day in sorted({shift.day for shift in self.pupils})]
        french = "élève change d’horaire" if count == 1 else "élèves changent d’horaire"
        english = "pupil’s hours change" if count == 1 else "pupils’ hours change"
        return Words(
            f"{count}\xa0{french}, {', '.join(day.fr for day in days)}",
            f"{count} {english}, {', '.join(day.en for day in days)}",
        )


def preview(book: DayBook, action: Action, members: Iterable[tuple[str, ...]]) -> Preview:
    """Say what an action would change, without making it.

    Args:
        book: The day as it stands, without the action.
        action: What would be done.
        members: The groups of each pupil.
    """
    return compare(book, book.also(action), action, members)


def compare(
    before: DayBook, after: DayBook, action: Action, members: Iterable[tuple[str, ...]]
) -> Preview:
    """Say what differs on an action's days between two books: for undoing, turn them round."""
    rows = Counter(frozenset(groups) for groups in members)
    by_group: list[Shift] = []
    by_pupil: list[Shift] = []
    for day in sorted({slot.day for slot in (*action.gone, *action.come)}):
        books = [_by_group(book, day) for book in (before, after)]
        by_group += _group_shifts(day, books, rows)
        by_pupil += _pupil_shifts(day, books, rows)
    return Preview(tuple(by_group), tuple(by_pupil))


def _by_group(book: DayBook, day: date) -> dict[str, Ends]:
    found: dict[str, Ends] = {}
    for slot in book.slots(day):
        first, last = found.get(slot.group, slot.hours)
        found[slot.group] = (min(first, slot.begins), max(last, slot.ends))
    return found


def _group_shifts(
    day: date, books: list[dict[str, Ends]], rows: Mapping[frozenset[str], int]
) -> Iterator[Shift]:
    for group in sorted({*books[0], *books[1]}):
        before, after = (book.get(group) for book in books)
        if before != after:
            pupils = sum(count for groups, count in rows.items() if group in groups)
            yield Shift(day, (group,), pupils, before, after)


def _pupil_shifts(
    day: date, books: list[dict[str, Ends]], rows: Mapping[frozenset[str], int]
) -> Iterator[Shift]:
    """Yield pupils whose own day changes, those with the same hours together."""
    changed = {
        group for group in {*books[0], *books[1]} if books[0].get(group) != books[1].get(group)
    }
    found: Counter[Days] = Counter()
    named: dict[Days, set[str]] = {}
    for groups, count in rows.items():
        days = (_ends(books[0], groups), _ends(books[1], groups))
        if days[0] != days[1]:
            found[days] += count
            named.setdefault(days, set()).update(groups & changed)
    for days in sorted(found, key=str):
        yield Shift(day, tuple(sorted(named[days])), found[days], *days)


def _ends(book: Mapping[str, Ends], groups: Iterable[str]) -> Ends | None:
    held = [book[group] for group in groups if group in book]
    return (min(first for first, _ in held), max(last for _, last in held)) if held else None


def _ends_words(ends: Ends | None) -> Words:
    return NO_LESSON if ends is None else hours_words(*ends)
