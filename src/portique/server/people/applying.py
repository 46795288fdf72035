"""Applying what a file changes, and taking it back: all of it or nothing."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from portique.core.errors import TooLate
from portique.core.rights import UNKNOWN
from portique.core.values import HolderId, Kind, hex_id
from portique.school.people.changes import Change, applied
from portique.school.rights_table import rights_of
from portique.server import clock
from portique.server.entropy import entropy
from portique.server.gates.actions.knowledge import knowledge_changed
from portique.server.people import leaving
from portique.server.people.census import raise_census
from portique.server.people.closing import close_earlier, close_old_imports
from portique.server.people.erasing import take_out
from portique.server.people.known import TEXTS, known_people
from portique.server.people.models import Import, Person, Tie
from portique.server.people.rights import WITHOUT_RIGHTS, rights_after, write_rights
from portique.server.people.undoing import Undo, read_undo, write_undo
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from portique.school.people.difference import Changed, Difference
    from portique.school.people.matching import KnownPerson
    from portique.school.people.records import PersonRecord
    from portique.server.accounts.models import User

__all__ = ["apply", "close_old_imports", "settled", "undo"]


def settled(difference: Difference) -> Difference:
    """Return what may be applied of a difference.

    A usual first name stays: a file may give one, never replace one. A guardian whose every pupil
    is still doubtful waits with them.
    """
    changed, unchanged = [], list(difference.unchanged)
    for one in difference.changed:
        kept = tuple(c for c in one.changes if c.field != "usual_first_name" or not c.old)
        if kept or one.comes_back:
            changed.append(replace(one, changes=kept))
        else:
            unchanged.append(one.known)
    pupils = _matches(difference)
    added = tuple(one for one in difference.added if _belongs(one.record, pupils))
    return replace(difference, added=added, changed=tuple(changed), unchanged=tuple(unchanged))


def apply(difference: Difference, *, by: User, source: str) -> Import:
    """Make what a difference says true, in one transaction; a second time nothing is left to do.

    Those who left are marked and their passes suspended, until the import can't be undone.
    Permissions, and what the file doesn't say, stay.

    Raises:
        KnowledgeError: Somebody's rights can't be written; nothing was changed.
    """
    difference = settled(difference)
    with transaction.atomic():
        done = Import.objects.create(
            at=clock.now(), by=by, source=source, counts=_counts(difference)
        )
        if difference.added or difference.changed or difference.left:
            run = _begin(done)
            ids = run.add(difference)
            run.change(difference.changed)
            returning = [one.known.id for one in difference.changed if one.comes_back]
            close_earlier(done, leaving.holders_of(returning))
            had = run.send_away(one.id for one in difference.left)
            run.tie(difference, ids)
            done.undo = write_undo(Undo(difference.reverse(ids), had))
            done.save(update_fields=["undo"])
        seen = [*(one.id for one in difference.unchanged), *_ids(difference.changed)]
        Person.objects.filter(pk__in=seen).update(origin=done)
    return done


def undo(done: Import) -> None:
    """Take an import back: those added go, old values and those who left return.

    What was corrected by hand since is left alone.

    Raises:
        TooLate: Undone already, or another import came after it, or two weeks have passed.
    """
    with transaction.atomic():
        raise_census(erasing=True)
        held = Import.objects.select_for_update().get(pk=done.pk)
        if not held.undo:
            raise TooLate("this import can't be undone any more")
        back = read_undo(held.undo)
        run = _begin(held)
        _forget(back.reversal.remove)
        run.restore(back.reversal.restore)
        run.mark(back.reversal.bring_back, left=False)
        run.mark(back.reversal.send_away, left=True)
        leaving.give_back(back.suspended)
        leaving.suspend_passes(leaving.holders_of(back.reversal.send_away))
        held.undo, held.undone_at = "", clock.now()
        held.save(update_fields=["undo", "undone_at"])


def _begin(done: Import) -> _Run:
    """Make other writers of people and of rights wait; only then is read what they wrote."""
    version = raise_census()
    knowledge_changed()
    return _Run(done, version)


class _Run:
    """One import being applied or undone: what each of its rows bears."""

    def __init__(self, done: Import, version: int) -> None:
        self._done = done
        self._version = version
        self._today = clock.now().astimezone(served_school().settings.zone).date()
        self._book = rights_of(served_school())
        self._carried = leaving.holders_with_passes()

    def add(self, difference: Difference) -> dict[int, str]:
        """Write those who are new, with a holder's number and rights; return ids by number."""
        people = {one.number: self._new(one.record) for one in difference.added}
        Person.objects.bulk_create(people.values(), batch_size=500)
        for one in difference.added:
            person = people[one.number]
            if person.holder:
                write_rights(person, rights_after(UNKNOWN, None, one.record))
        return {number: str(person.pk) for number, person in people.items()}

    def change(self, changed: Sequence[Changed]) -> None:
        """Write what changes of those known."""
        people = Person.objects.in_bulk([uuid.UUID(one.known.id) for one in changed])
        for one in changed:
            self._write(people[uuid.UUID(one.known.id)], one.known.record, one.changes)
        self.mark([one.known.id for one in changed if one.comes_back], left=False)

    def restore(self, restore: Mapping[str, tuple[Change, ...]]) -> None:
        """Put old values back, pupils before guardians, who are tied to them by their keys."""
        for guardians in (False, True):
            known = {p.id: p.record for p in known_people()}
            mine = [
                key
                for key in restore
                if key in known and (known[key].kind is Kind.GUARDIAN) is guardians
            ]
            people = Person.objects.in_bulk([uuid.UUID(key) for key in mine])
            here = {record.match for record in known.values()}
            for key in mine:
                changes = [c for c in restore[key] if _still(known[key], c, here)]
                self._write(people[uuid.UUID(key)], known[key], changes)
                self._tie_again(people[uuid.UUID(key)], known, changes)

    def mark(self, ids: Iterable[str], *, left: bool) -> None:
        """Write that people left today, or are there again."""
        day = self._today if left else None
        Person.objects.filter(pk__in=list(ids)).update(left_on=day, census=self._version)

    def send_away(self, ids: Iterable[str]) -> dict[str, int]:
        """Mark those who left; return the passes suspended, by the status they had."""
        gone = list(ids)
        self.mark(gone, left=True)
        return leaving.suspend_passes(leaving.holders_of(gone))

    def tie(self, difference: Difference, ids: Mapping[int, str]) -> None:
        """Write whose guardians are whose, of those added and changed."""
        keys = _pupils_by_match(difference, ids)
        wanted = {ids[one.number]: one.record for one in difference.added}
        wanted |= {
            one.known.id: one.after
            for one in difference.changed
            if any(change.field == "ties" for change in one.changes)
        }
        _write_ties(wanted, keys)

    def _new(self, record: PersonRecord) -> Person:
        person = Person(kind=record.kind.value, origin=self._done, census=self._version)
        if record.kind not in WITHOUT_RIGHTS:
            person.holder = hex_id(entropy(8))
        _fill(person, record)
        return person

    def _write(self, person: Person, was: PersonRecord, changes: Sequence[Change]) -> None:
        now = applied(was, changes)
        shown = (person.shown_name, person.label)
        _fill(person, now)
        if (person.shown_name, person.label) != shown and person.holder in self._carried:
            person.needs_card = True
        person.census = self._version
        person.save()
        if person.holder:
            before = self._book.get(HolderId(person.holder), UNKNOWN)
            after = rights_after(before, was.boarding, now)
            if after != before:
                write_rights(person, after)

    def _tie_again(
        self, guardian: Person, known: Mapping[str, PersonRecord], changes: Sequence[Change]
    ) -> None:
        if any(change.field == "ties" for change in changes):
            keys = {record.match: key for key, record in known.items()}
            _write_ties({str(guardian.pk): applied(known[str(guardian.pk)], changes)}, keys)


def _fill(person: Person, record: PersonRecord) -> None:
    for name, ours in TEXTS.items():
        setattr(person, ours, getattr(record, name))
    person.birth_date = record.birth_date.isoformat() if record.birth_date else ""
    person.label = record.label or ""
    person.boarding = record.boarding.value if record.boarding else ""


def _still(record: PersonRecord, change: Change, here: set[str]) -> bool:
    """Say whether a field is as the import left it."""
    now = getattr(record, change.field)
    if change.field == "ties":
        return bool(now == tuple(tie for tie in change.old if tie.pupil in here))
    return bool(now == change.old)


def _belongs(record: PersonRecord, pupils: set[str]) -> bool:
    return record.kind is not Kind.GUARDIAN or any(tie.pupil in pupils for tie in record.ties)


def _known(difference: Difference) -> list[KnownPerson]:
    changed = (one.known for one in difference.changed)
    return [*changed, *difference.unchanged, *difference.spared, *difference.left]


def _matches(difference: Difference) -> set[str]:
    """Return the keys by which ties name the people who are known or new."""
    new = {one.record.match for one in difference.added}
    return new | {person.record.match for person in _known(difference)}


def _pupils_by_match(difference: Difference, ids: Mapping[int, str]) -> dict[str, str]:
    """Return the ids of people by the keys that ties name them by."""
    keys = {person.record.match: person.id for person in _known(difference)}
    return keys | {one.record.match: ids[one.number] for one in difference.added}


def _write_ties(wanted: Mapping[str, PersonRecord], keys: Mapping[str, str]) -> None:
    guardians = [key for key, record in wanted.items() if record.kind is Kind.GUARDIAN]
    Tie.objects.filter(guardian__in=[uuid.UUID(key) for key in guardians]).delete()
    roles: defaultdict[tuple[str, str], str] = defaultdict(str)
    for guardian in guardians:
        for tie in wanted[guardian].ties:
            if tie.pupil in keys:
                roles[guardian, keys[tie.pupil]] = tie.role.value
    Tie.objects.bulk_create(
        [
            Tie(guardian_id=uuid.UUID(guardian), pupil_id=uuid.UUID(pupil), role=role)
            for (guardian, pupil), role in roles.items()
        ],
        batch_size=500,
    )


def _forget(ids: Iterable[str]) -> None:
    """Take out those whom an import had added, with their rights; their passes are revoked."""
    take_out([uuid.UUID(key) for key in ids])


def _ids(changed: Iterable[Changed]) -> list[str]:
    return [one.known.id for one in changed]


def _counts(difference: Difference) -> dict[str, int]:
    """Return how many were added, changed and left, and how many of these are guardians."""
    people = {
        "added": [one.record for one in difference.added],
        "changed": [one.known.record for one in difference.changed],
        "left": [one.record for one in difference.left],
    }
    guardians = {
        f"{fate}_guardians": sum(record.kind is Kind.GUARDIAN for record in records)
        for fate, records in people.items()
    }
    return {fate: len(records) for fate, records in people.items()} | guardians
