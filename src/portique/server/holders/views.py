"""A person's own pages: what is kept about them, who saw it, why, and how to object.

Each finds its person by who is signed in. No address, form or cookie names one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portique.core.charter_retention import BACKUP_NOTE
from portique.core.values import Kind, from_ms
from portique.school.people.records import Boarding
from portique.school.people.sentences import SENTENCES
from portique.school.rules import regimes_of
from portique.server.accounts.access import allowed, who
from portique.server.accounts.roles import TITLES, Role
from portique.server.clock import now
from portique.server.daily.queries import away_of, messages_for
from portique.server.daily.views.messages import state_of
from portique.server.daily.words import away_words
from portique.server.holders import queries
from portique.server.holders.kept import kept_of
from portique.server.passes.permitted import told
from portique.server.passes.queries import passes_of, permissions_now
from portique.server.passes.words import USES, standing_words
from portique.server.people.queries import KIND_WORDS, accesses_of, guardians_of, pupils_of
from portique.server.people.rights import WITHOUT_RIGHTS, other_groups, rights_of_person
from portique.server.people.showing import days_text
from portique.server.people.views_import import SOURCES
from portique.server.school.house import served_school
from portique.server.words import spoken

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse

    from portique.core.plain import Words
    from portique.server.passes.permitted import Permitted
    from portique.server.passes.queries import PermissionRow
    from portique.server.people.models import Person


def _own(request: HttpRequest) -> Person:
    """Return whose pages these are.

    Raises:
        Http404: Nobody's: the person was erased.
    """
    person = queries.person_of(who(request))
    if person is None:
        raise Http404
    return person


@allowed(Role.HOLDER)
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Show what the school knows of whoever is signed in, their passes and their showings."""
    person, at = _own(request), now()
    rows = passes_of(person, at)
    passes = [(row, USES[row.use], standing_words(row)) for row in rows]
    page = _facts(person) | {
        "passes": [(*one, from_ms(one[0].issued.expires_ms - 1)) for one in passes],  # last day
        "permissions": [_permission(row) for row in permissions_now(person, at)],
        "movements": queries.movements_of(person),
        "away": [away_words(one, served_school().settings.zone) for one in away_of(person)],
        "letters": [(one, state_of(one)) for one in messages_for(person)],
    }
    return render(request, "holders/own.html", page)


def _permission(row: PermissionRow) -> tuple[Permitted, Words | None, bool]:
    """Say a permission: when, by which role, and whether a reason is kept, never the reason.

    It may be of somebody else's health: it is asked for, and read before it is given.
    """
    by = row.note.account if row.note else None
    role = TITLES[Role(by.role)] if by else None
    return told(row), role, bool(row.permission.reason or (row.note and row.note.reason))


def _facts(person: Person) -> dict[str, Any]:
    rights, kind = rights_of_person(person), Kind(person.kind)
    regime = regimes_of(served_school()).get(rights.regime)
    return {
        "person": person,
        "kind": KIND_WORDS[kind],
        "has_rights": kind not in WITHOUT_RIGHTS,
        "is_guardian": kind is Kind.GUARDIAN,
        "groups": other_groups(rights),
        "days": days_text(rights.meal_days),
        "regime": spoken(regime.title) if regime else rights.regime,
        "boarding": SENTENCES[Boarding(person.boarding)] if person.boarding else None,
        "guardians": guardians_of(person),
        "pupils": pupils_of(person),
        "source": SOURCES.get(person.origin.source) if person.origin else None,
    }


@allowed(Role.HOLDER)
@require_safe
def seen(request: HttpRequest) -> HttpResponse:
    """Show who looked the person up, and what was done with their passes and rights."""
    person = _own(request)
    page = {"accesses": accesses_of(person), "acts": queries.done_for(person)}
    return render(request, "holders/seen.html", page)


@allowed(Role.HOLDER)
@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """Show what each piece of data is for, who receives it and when it is erased."""
    page = {"kept": kept_of(Kind(_own(request).kind)), "backups": BACKUP_NOTE}
    return render(request, "holders/kept.html", page)


@allowed(Role.HOLDER)
@require_safe
def rights(request: HttpRequest) -> HttpResponse:
    """Say how rights are exercised."""
    return render(request, "holders/rights.html", {"person": _own(request)})
