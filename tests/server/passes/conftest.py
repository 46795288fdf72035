"""A class of the school, as an import leaves it: persons with rights, and no cards."""

from collections.abc import Callable

import pytest

from portique.core.rights import Rights
from portique.core.values import HolderId, Kind
from portique.server.accounts.roles import Role
from portique.server.passes.quotas import By
from portique.server.people.models import Person

FIRST = ("Zoé", "Ali", "Maëlle", "Yanis", "Inès", "Hugo", "Léa", "Noé", "Chloé", "Adam")
LAST = ("Martin", "Vantreuil", "Escoffray", "Dupuy", "Lormel")
CLASS = "2de 4"


@pytest.fixture
def person(served) -> Callable[..., Person]:
    """Make a person of a class; with a regime they have a holder's number and rights."""

    def make(number: int = 0, *, label: str = CLASS, regime: str = "", **fields: str) -> Person:
        somebody = Person.objects.create(
            kind=fields.pop("kind", Kind.PUPIL),
            civil_first_name=fields.pop("first", FIRST[number % len(FIRST)]),
            civil_last_name=LAST[number // len(FIRST) % len(LAST)],
            label=label,
            **fields,
        )
        if regime:
            holder = HolderId(f"{number:016x}")
            rights = Rights(groups=(label,), label=label, regime=regime)
            served.register.set_rights(holder, rights.to_data())
            Person.objects.filter(pk=somebody.pk).update(holder=holder)
            somebody.refresh_from_db()
        return somebody

    return make


@pytest.fixture
def by(account) -> By:
    """Somebody of school life who asks."""
    return By(account(Role.SCHOOL_LIFE, "asks"))
