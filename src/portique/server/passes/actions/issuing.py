"""Issuing: one person's pass, or a whole group's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from portique.core.localtime import local_ms
from portique.core.rights import UNKNOWN
from portique.core.values import HolderId, Kind, Window, from_ms, hex_id
from portique.school import issuing
from portique.school.issuing import Request, default_window
from portique.server.entropy import entropy
from portique.server.passes.actions.many import a_few_at_once
from portique.server.passes.actions.recording import record_change
from portique.server.passes.models import ActKind, IssuedPass, Use
from portique.server.passes.queries import counting_cards, rights_among
from portique.server.passes.years import rolled_year
from portique.server.people.actions import cards_made
from portique.server.people.census import raise_census
from portique.server.people.models import Person
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portique.core.rights import Rights
    from portique.core.seal import PublicKey
    from portique.school.register import Issued
    from portique.server.passes.quotas import By

HOLDER_BYTES = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What kind of pass is made: for what use, when valid, recorded as what, for which phone."""

    use: Use = Use.CARD
    window: Window | None = None
    kind: ActKind = ActKind.ISSUED
    phone_key: PublicKey | None = None


def issue_for(by: By, person: Person) -> Issued:
    """Issue a pass to one person.

    Raises:
        QuotaExceededError: More than usual.
        RegisterError: The name can't be on a pass.
    """
    return issue_for_many(by, [person])[0]


def issue_for_many(by: By, persons: Sequence[Person]) -> list[Issued]:
    """Issue a pass to each in their order, see `a_few_at_once`.

    Raises:
        QuotaExceededError: More than usual; nothing was made.
        RegisterError: A name can't be on a pass; nothing was made.
    """
    _check_names(persons)

    def part(few: Sequence[Person], at: datetime) -> list[Issued]:
        return make(by, few, Wanted(), at)

    return a_few_at_once(by, persons, lambda person: person.holder, part)


def issue_missing(by: By, persons: Sequence[Person]) -> list[Issued]:
    """Issue a card to each who still lacks one when their turn comes, see `issue_for_many`.

    Whoever got one by a second click, or left meanwhile, gets none.

    Raises:
        QuotaExceededError: More than usual; nothing was made.
        RegisterError: A name can't be on a pass; nothing was made.
    """
    _check_names(persons)

    def part(few: Sequence[Person], at: datetime) -> list[Issued]:
        raise_census()  # until the transaction ends nobody leaves, and no other part is made
        lacking = _lacking(few, at)
        return make(by, lacking, Wanted(), at) if lacking else []

    return a_few_at_once(by, persons, lambda person: person.holder, part)


def _check_names(persons: Sequence[Person]) -> None:
    for person in persons:
        issuing.checked(_request(person, UNKNOWN, None))


def _lacking(persons: Sequence[Person], at: datetime) -> list[Person]:
    """Return those who are here and have no valid card, as the database knows them now."""
    holders = counting_cards(at).values("holder")
    here = Person.objects.filter(left_on=None).exclude(holder__in=holders)
    found = here.in_bulk([person.pk for person in persons])
    return [found[person.pk] for person in persons if person.pk in found]


def make(by: By | None, persons: Sequence[Person], wanted: Wanted, at: datetime) -> list[Issued]:
    """Make passes within a transaction; quotas were looked at.

    `by` is None for what holders do with their own phones.
    """
    for person in persons:
        give_holder(person)
    school, requests = served_school(), requests_for(persons, wanted, at)
    issued = [issuing.issue(school, request, at=at, entropy=entropy) for request in requests]
    _note(issued, wanted.use)
    record_change(by, wanted.kind, issued, at)
    return issued


def requests_for(persons: Sequence[Person], wanted: Wanted, at: datetime) -> list[Request]:
    """Say what the passes of these people hold if they are made now."""
    book = rights_among(person.holder or "" for person in persons)
    usual = {kind: usual_window(Kind(kind), at) for kind in {person.kind for person in persons}}
    asked = [
        _request(person, book[HolderId(person.holder or "")], wanted.window or usual[person.kind])
        for person in persons
    ]
    return [replace(request, phone_key=wanted.phone_key) for request in asked]


def _note(issued: Sequence[Issued], use: Use) -> None:
    """Write what the register itself doesn't know: what for; and that the card is a new one."""
    if use is not Use.CARD:
        IssuedPass.objects.filter(pk__in=[one.pass_id for one in issued]).update(use=use)
    else:
        cards_made([one.holder for one in issued])


def _request(person: Person, rights: Rights, window: Window | None) -> Request:
    """Say what a person's pass holds: the name they go by, class and regime as their rights."""
    kind, holder = Kind(person.kind), HolderId(person.holder or "")
    return Request(
        kind, person.shown_name, rights.label or person.label, rights.regime, window, holder
    )


def usual_window(kind: Kind, at: datetime) -> Window:
    """Return the usual validity; once the next school year was begun, to the end of that one."""
    school, year = served_school(), rolled_year()
    usual = default_window(school, kind, at)
    if kind is Kind.VISITOR or not year:
        return usual
    ends = from_ms(local_ms(date(year + 1, 9, 1), 0, school.settings.time_zone))
    return Window(usual.opens, max(usual.closes, ends))


def give_holder(person: Person) -> HolderId:
    """Return a person's number, shared by all they carry; draw one if they have none."""
    if not person.holder:
        drawn = hex_id(entropy(HOLDER_BYTES))
        census = raise_census()
        nobodys = Person.objects.filter(pk=person.pk, holder=None)
        if nobodys.update(holder=drawn, census=census):
            person.holder = drawn
        else:  # somebody else drew one meanwhile
            person.refresh_from_db(fields=["holder"])
    return HolderId(person.holder or "")
