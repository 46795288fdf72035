"""What a person's record means for their holder's rights, and what rights mean for the record.

Groups, regime, meal days and boarding reach the gates as rights by holder's number; the class is
the first of the groups, because it has a timetable like any other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from portique.core import canonical
from portique.core.errors import KnowledgeError
from portique.core.finding import plain
from portique.core.rights import GROUPS_MAX, UNKNOWN, Rights
from portique.core.values import HolderId, Kind
from portique.school.people.records import usual_meal_days
from portique.school.rules import regimes_of
from portique.server.passes.models import HolderRights
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portique.school.people.records import Boarding, PersonRecord
    from portique.server.people.models import Person

WITHOUT_RIGHTS = frozenset({Kind.GUARDIAN, Kind.VISITOR})  # none before they hold a pass


def rights_of_person(person: Person) -> Rights:
    """Return what a person may do today."""
    row = HolderRights.objects.filter(holder=person.holder).first() if person.holder else None
    if row is None:
        return UNKNOWN
    return Rights.from_data(
        canonical.decode(bytes(row.data), bytes_max=65536, depth_max=10, items_max=4096)
    )


def write_rights(person: Person, rights: Rights) -> None:
    """Set what a person may do.

    Raises:
        KnowledgeError: Something in it is no right.
    """
    if person.holder is None:
        raise KnowledgeError("this person has no holder's number yet")
    served_school().register.set_rights(HolderId(person.holder), rights.to_data())


def rights_after(before: Rights, boarding: Boarding | None, now: PersonRecord) -> Rights:
    """Return rights as a record says them; permissions stay, and what it doesn't say stays.

    Usual meal days follow the boarding until somebody set others.

    Args:
        before: The rights until now.
        boarding: What the person was until now.
        now: What is known from now on.
    """
    meals, boarder = before.meal_days, before.boarder
    if now.boarding is not None and now.boarding is not boarding:
        boarder = now.boarding.sleeps_at_school
        if meals == (usual_meal_days(boarding) if boarding else ()):
            meals = usual_meal_days(now.boarding)
    if now.meal_days is not None and now.meal_days != before.meal_days:
        meals = now.meal_days
    label = now.label or ""
    groups = tuple(dict.fromkeys(name for name in (label, *(now.groups or ())) if name))
    return replace(
        before,
        groups=groups[:GROUPS_MAX],
        label=label,
        regime=now.exit_regime or before.regime,
        meal_days=meals,
        boarder=boarder,
    )


def other_groups(rights: Rights) -> tuple[str, ...]:
    """Return the groups besides the class, in order."""
    return tuple(sorted(set(rights.groups) - {rights.label}))


def fitted(
    records: Iterable[PersonRecord],
) -> tuple[tuple[PersonRecord, ...], Counter[str]]:
    """Put records in the form that rights have: regimes by code, no more groups than fit.

    Returns:
        The records, and how often each wording was no exit regime of the school's.
    """
    codes = _regime_codes()
    unknown: Counter[str] = Counter()
    return tuple(_fitted(record, codes, unknown) for record in records), unknown


def _fitted(record: PersonRecord, codes: dict[str, str], unknown: Counter[str]) -> PersonRecord:
    regime = codes.get(plain(record.exit_regime)) if record.exit_regime else None
    if record.exit_regime and regime is None:
        unknown[record.exit_regime] += 1
    groups = record.groups
    if groups is not None:
        groups = tuple(sorted(set(groups) - {record.label}))[: GROUPS_MAX - 1]
    return replace(record, exit_regime=regime, groups=groups)


def _regime_codes() -> dict[str, str]:
    """Return the codes of the school's regimes by every wording of theirs."""
    return {
        plain(wording): code
        for code, regime in regimes_of(served_school()).items()
        for wording in (code, regime.title.fr, regime.title.en)
    }
