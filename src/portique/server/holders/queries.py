"""What a person's own pages show: theirs alone, found by who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.core.decide import Outcome
from portique.core.plain import Words
from portique.core.sentences import sentence
from portique.core.values import Kind
from portique.server.accounts.models import DEED_WORDS, AuditEntry, Deed, User
from portique.server.accounts.roles import TITLES, Role
from portique.server.console.lines import answer_of, reasons_in
from portique.server.console.models import Event, EventKind
from portique.server.console.telling import Telling
from portique.server.passes.models import ACT_WORDS, ActKind, IssuedPass
from portique.server.passes.queries import acts_for
from portique.server.people.models import Person
from portique.server.words import language, spoken

if TYPE_CHECKING:
    from datetime import datetime

MOVEMENTS_MAX = 200  # of two school days: more than anybody makes
OUTCOMES = {
    Outcome.GRANT: Words("laissé passer", "let through"),
    Outcome.REFER: Words("envoyé vers une personne", "sent to somebody"),
    Outcome.REFUSE: Words("pas laissé passer", "not let through"),
}


@dataclass(frozen=True, slots=True)
class Movement:
    """One showing of one's own pass, in words that can be said before others."""

    at: datetime
    lane: str
    outcome: str
    said: tuple[str, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Done:
    """Something done with one's passes, rights or account: what, when, in which role."""

    at: datetime
    what: Words
    role: Words | None
    number: str = ""  # what stands on the pass that it was done with, if any


def person_of(user: User) -> Person | None:
    """Return who an account's owner is; None: of nobody, or of somebody who was erased."""
    return Person.objects.select_related("origin").filter(account__user=user).first()


def account_of(person: Person) -> User | None:
    """Return a person's own account."""
    tie = getattr(person, "account", None)
    return None if tie is None else tie.user


def movements_of(person: Person) -> list[Movement] | None:
    """Return what is still kept of a person's own showings, newest first; None: not for guardians.

    Nobody but that person is ever given this list.
    """
    if person.kind == Kind.GUARDIAN:
        return None
    if not person.holder:
        return []
    own = IssuedPass.objects.filter(holder=person.holder).values_list("pk", flat=True)
    shown = Event.objects.filter(kind=EventKind.DECISION, data__pass__in=list(own))
    events = list(shown.order_by("-at", "-pk")[:MOVEMENTS_MAX])
    told = Telling(events)
    return [_movement(told, event) for event in events]


def _movement(told: Telling, event: Event) -> Movement:
    outcome, referral = Outcome(event.data["outcome"]), told.referral(event)
    point = told.point(event.lane)
    said = (
        sentence(reason, language(), point=point).aloud
        for reason in reasons_in(event.data["reasons"])
    )
    answer = ""
    if referral is not None and referral.verdict:
        answer = answer_of(referral.verdict, referral.reason)
    lane = told.lane_title(event.lane)
    return Movement(event.at, lane, spoken(OUTCOMES[outcome]), tuple(said), answer)


def done_for(person: Person) -> list[Done]:
    """Return what was done with a person's passes, rights and account; by a role, nobody's name.

    Newest first. Whoever prints a code for an account could use it: its owner is told.
    """
    acts = [
        Done(
            act.at,
            ACT_WORDS[ActKind(act.kind)],
            TITLES[Role(act.account.role)] if act.account else None,
            act.pass_id[:8],
        )
        for act in acts_for(person)
    ]
    return sorted([*acts, *_deeds_about(account_of(person))], key=lambda one: one.at, reverse=True)


def _deeds_about(user: User | None) -> list[Done]:
    entries = list(AuditEntry.objects.filter(about=user.pk)) if user else []
    by = User.objects.filter(pk__in=[entry.by for entry in entries if entry.by])
    roles = {one.pk: TITLES[Role(one.role)] for one in by}
    return [
        Done(entry.at, DEED_WORDS[Deed(entry.deed)], roles.get(entry.by) if entry.by else None)
        for entry in entries
    ]
