"""Every change of what the school knows about people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction

from portique.core.rights import GROUPS_MAX
from portique.core.values import Kind, hex_id
from portique.school.people.spelling import is_name, tidy
from portique.server import clock
from portique.server.entropy import entropy
from portique.server.gates.actions.knowledge import knowledge_changed
from portique.server.people.applying import apply, close_old_imports, settled, undo
from portique.server.people.census import raise_census
from portique.server.people.errors import NotAName
from portique.server.people.leaving import holders_with_passes, revoke_passes_of
from portique.server.people.models import Access, AccessReason, Person
from portique.server.people.rights import WITHOUT_RIGHTS, rights_of_person, write_rights
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from portique.server.accounts.models import User

__all__ = [
    "Particulars", "add_person", "apply", "cards_made", "close_old_imports", "edit_person",
    "look_up", "mark_back", "mark_left", "set_usual_first_name", "settled", "undo",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a person of the school's office says of somebody."""

    first_name: str
    last_name: str
    usual_first_name: str = ""
    usual_last_name: str = ""
    label: str = ""
    groups: tuple[str, ...] = ()
    regime: str = ""
    meal_days: tuple[int, ...] = ()
    boarder: bool = False


def add_person(kind: Kind, given: Particulars) -> Person:
    """Add somebody by hand.

    Raises:
        NotAName: A name is missing, or holds what no name has.
        KnowledgeError: A group, regime or day is none.
    """
    person = Person(kind=kind.value)
    if kind not in WITHOUT_RIGHTS:
        person.holder = hex_id(entropy(8))
    with transaction.atomic():
        _write(person, given)
    return person


def edit_person(person: Person, given: Particulars) -> None:
    """Write what the office says of somebody; permissions stay.

    Raises:
        NotAName: A name is missing, or holds what no name has.
        KnowledgeError: A group, regime or day is none.
    """
    with transaction.atomic():
        _write(person, given)


def set_usual_first_name(person: Person, name: str) -> None:
    """Set the first name that somebody goes by, everywhere; empty for the civil one.

    No import changes it, and the card is to be made anew.

    Raises:
        NotAName: It holds what no name has.
    """
    with transaction.atomic():
        _save(person, lambda: setattr(person, "usual_first_name", _name(name, empty=True)))


def mark_left(person: Person) -> None:
    """Note that somebody left today; their passes are revoked."""
    with transaction.atomic():
        person.census = raise_census()
        person.refresh_from_db(fields=["holder", "former_holder"])  # a new year may just have begun
        person.left_on = clock.now().astimezone(served_school().settings.zone).date()
        person.save(update_fields=["left_on", "census", "changed_at"])
        revoke_passes_of(person.holders)
        knowledge_changed()


def mark_back(person: Person) -> None:
    """Note that somebody is there again; they need a new card."""
    with transaction.atomic():
        person.census = raise_census()
        person.left_on = None
        person.save(update_fields=["left_on", "census", "changed_at"])


def cards_made(holders: Collection[str]) -> None:
    """Note that these holders' cards show what they should."""
    with transaction.atomic():
        rows = Person.objects.filter(holder__in=holders, needs_card=True)
        if rows.exists():
            rows.update(needs_card=False, census=raise_census())


def look_up(user: User, person: Person, reason: AccessReason) -> Access:
    """Record that somebody looks a person up, and why; that person can see it.

    The office's ordinary work is recorded once a day for each person and account.
    """
    at = clock.now()
    with transaction.atomic():
        if reason is AccessReason.OFFICE:
            midnight = at.astimezone(served_school().settings.zone).replace(
                hour=0, minute=0, second=0, microsecond=0
            )
            today = Access.objects.filter(by=user, person=person, at__gte=midnight)
            earlier = today.filter(reason=reason.value).first()
            if earlier:
                return earlier
        return Access.objects.create(
            at=at, by=user, role=user.role, person=person, reason=reason.value
        )


def _write(person: Person, given: Particulars) -> None:
    def fill() -> None:
        person.civil_first_name = _name(given.first_name)
        person.civil_last_name = _name(given.last_name)
        person.usual_first_name = _name(given.usual_first_name, empty=True)
        person.usual_last_name = _name(given.usual_last_name, empty=True)
        person.label = tidy(given.label)

    _save(person, fill)
    if person.holder:
        knowledge_changed()  # first: permissions given at the same moment wait, and are kept
        groups = tuple(dict.fromkeys(filter(None, (person.label, *map(tidy, given.groups)))))
        write_rights(
            person,
            replace(
                rights_of_person(person), groups=groups[:GROUPS_MAX], label=person.label,
                regime=given.regime, meal_days=given.meal_days, boarder=given.boarder,
            ),
        )  # fmt: skip


def _save(person: Person, fill: Callable[[], None]) -> None:
    """Change a person, and flag the card if it shows something else now.

    Changes come one after another: one that waited sees what the other wrote.
    """
    census = raise_census()
    if not person._state.adding:  # noqa: SLF001 -- Django documents it: not yet in the database
        person.refresh_from_db()
    shown = (person.shown_name, person.label)
    fill()
    changed = (person.shown_name, person.label) != shown
    if changed and person.holder in holders_with_passes():
        person.needs_card = True
    person.census = census
    person.save()


def _name(text: str, *, empty: bool = False) -> str:
    name = tidy(text)
    if not (is_name(name) or (empty and not name)):
        raise NotAName
    return name
