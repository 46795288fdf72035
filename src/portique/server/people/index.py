"""The names of everybody, in memory: how somebody is found though names are sealed on the disk.

Opened once per process and kept in step with `Census`: only rows changed since are opened again. A
name is held as it is shown and as people type it; civil names that differ from it are not there.
About 650 bytes a person: 8 MB for 5,000 pupils and their 7,800 guardians.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from django.conf import settings

from portique.core.finding import answers, joined, plain, words_of
from portique.core.values import Kind
from portique.server.people.census import census
from portique.server.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from uuid import UUID

FOUND_MAX = 50
WITHOUT_CARDS = (Kind.GUARDIAN, Kind.VISITOR)  # theirs are made by other pages


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody of the index. `words` are those of the shown name, as people type them."""

    person: UUID
    name: str
    last_name: str
    kind: Kind
    label: str
    holder: str
    words: tuple[str, ...]
    left: bool
    needs_card: bool

    def answers(self, asked: Iterable[str]) -> bool:
        """Say whether each word asked for begins one of the name's."""
        return answers(self.words, asked)


@dataclass(slots=True)
class _Names:
    """The index of one school, as of a version of its census."""

    version: int = -1
    people: dict[UUID, Named] = field(default_factory=dict)
    ordered: tuple[Named, ...] = ()
    holders: Mapping[str, Named] = field(default_factory=dict)


_lock = threading.Lock()
_schools: dict[Path | None, _Names] = {}


def everybody() -> tuple[Named, ...]:
    """Return everybody known, by class and last name; those who left at the end."""
    return _names().ordered


def by_holder() -> Mapping[str, Named]:
    """Return everybody who has a number as a holder, by it."""
    return _names().holders


def search(
    letters: str,
    *,
    label: str | None = None,
    kinds: Collection[Kind] | None = None,
    left: bool = False,
    limit: int = FOUND_MAX,
) -> list[Named]:
    """Find people by the beginnings of their names' words, in any order.

    Case, accents, hyphens and apostrophes don't matter.

    Args:
        letters: What was typed, such as "mar dup"; empty for everybody.
        label: Only of this class or service.
        kinds: Only of these kinds.
        left: Also those who left.
        limit: At most so many, by class and name; where letters were typed, those with cards
            before guardians, and who is called so before who merely has such a first name.
    """
    asked, wanted = plain(letters).split(), joined(label) if label is not None else None
    found = (
        named
        for named in everybody()
        if (left or not named.left)
        and (kinds is None or named.kind in kinds)
        and (wanted is None or joined(named.label) == wanted)
        and named.answers(asked)
    )
    ranked = sorted(found, key=partial(_rank, asked)) if asked else found
    return list(islice(ranked, limit))


def _rank(asked: Sequence[str], named: Named) -> tuple[bool, bool, int]:
    last = words_of(named.last_name)
    fits = 0 if set(asked) & set(last) else 1 if any(answers(last, [one]) for one in asked) else 2
    return named.left, named.kind in WITHOUT_CARDS, fits


def card_holders() -> Iterator[Named]:
    """Yield those who carry cards, by class and name."""
    return (one for one in everybody() if not one.left and one.kind not in WITHOUT_CARDS)


def forget_names() -> None:
    """Drop every name from memory."""
    with _lock:
        _schools.clear()


def _names() -> _Names:
    with _lock:
        names = _schools.setdefault(settings.PORTIQUE_SCHOOL, _Names())
        _refresh(names)
        return replace(names)  # as it is now: another thread may learn more meanwhile


def _refresh(names: _Names) -> None:
    newest = census()
    if newest.version == names.version:
        return
    anew = names.version < newest.erased or newest.version < names.version
    rows = Person.objects.all() if anew else Person.objects.filter(census__gt=names.version)
    learnt = {person.pk: _named(person) for person in rows.iterator(chunk_size=2000)}
    names.version = newest.version
    if anew or learnt:
        names.people = learnt if anew else names.people | learnt
        names.ordered = tuple(sorted(names.people.values(), key=_order))
        names.holders = {named.holder: named for named in names.ordered if named.holder}


def _named(person: Person) -> Named:
    name = person.shown_name
    return Named(
        person.pk, name, person.shown_last_name, Kind(person.kind), person.label,
        person.holder or "", words_of(name), person.left_on is not None, person.needs_card,
    )  # fmt: skip


def _order(named: Named) -> tuple[bool, str, str, str]:
    return named.left, named.label, plain(named.last_name), plain(named.name)
