"""Whose pass it was, found at the moment of showing in the index of everybody's names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.core import passes
from portique.core.errors import PassError
from portique.server.passes.models import IssuedPass
from portique.server.people.index import by_holder
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portique.core.passes import KeyRing
    from portique.server.people.index import Named


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page may say of a pass's holder: name, class or service."""

    name: str
    label: str


def names_of(pass_ids: Iterable[str]) -> dict[str, Shown]:
    """Return the holders' names by pass number; of passes never issued, none.

    The name is the person's of today, else the one sealed in the pass when it was issued.
    """
    issued = list(IssuedPass.objects.filter(pass_id__in={one for one in pass_ids if one}))
    if not issued:
        return {}
    people, school = by_holder(), served_school()
    ring = school.keys.public.ring(school.settings.uai)
    found = {row.pass_id: _name_of(row, people, ring) for row in issued}
    return {pass_id: shown for pass_id, shown in found.items() if shown is not None}


def _name_of(row: IssuedPass, people: Mapping[str, Named], ring: KeyRing) -> Shown | None:
    person = people.get(row.holder)
    if person is not None and person.name:
        return Shown(person.name, person.label)
    try:
        identity = passes.open_pass(passes.parse(row.text).sealed, ring).identity
    except PassError:
        return None  # of another year's key that was taken away: the number stays
    return Shown(identity.name, identity.label) if identity else None
