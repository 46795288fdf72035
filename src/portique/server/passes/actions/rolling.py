"""The turn of the year: new keys, new holders' numbers; old cards end with their date, or now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from portique.core.errors import RegisterError
from portique.core.revocation import Status
from portique.core.values import hex_id, to_ms
from portique.server.clock import now
from portique.server.entropy import entropy
from portique.server.gates.actions import knowledge_changed
from portique.server.passes.actions.issuing import HOLDER_BYTES, Wanted, make
from portique.server.passes.actions.recording import record_for_holder
from portique.server.passes.models import (
    ActKind,
    Badge,
    HolderRights,
    IssuedPass,
    PermissionNote,
    Use,
)
from portique.server.passes.years import ROLLED, issuing_key, rolled_year
from portique.server.people.census import raise_census
from portique.server.people.models import Person
from portique.server.school.house import forget, served_school
from portique.server.school.models import Counter

if TYPE_CHECKING:
    from datetime import datetime

    from portique.server.passes.quotas import By


def roll(by: By, year: int, *, revoke: bool) -> int:
    """Begin the school year that starts in `year`; return how many people got a new number.

    Rights, permissions and badges follow. Old cards end with their date and keep the old rights
    until then, or are revoked at once. May be repeated after a fault: nothing is half done.

    Raises:
        EnvironmentProblem: The disk refused the new keys.
        RegisterError: That year was begun already.
    """
    at = now()
    with transaction.atomic():
        census = raise_census()  # first: who begins the same year at the same time waits
        if year <= rolled_year():
            raise RegisterError(f"the school year {year} was begun already")
        Counter.objects.update_or_create(name=ROLLED, defaults={"value": year})
        _make_keys(year)
        if revoke:
            _revoke_all(at)
        knowledge_changed()  # who else writes rights waits from here on: none is lost
        renewed = _renew_everybody(census)
        _renew_badges(by, at)
        _forget_old_rights(at)
        record_for_holder(by, ActKind.ROLLED, "", at)
    return renewed


def _make_keys(year: int) -> None:
    """Make the year's keys, unless a first try, or the command line, made them; read them anew."""
    if not issuing_key(year).exists():
        served_school().roll_keys(year=year, entropy=entropy)
    forget()


def _revoke_all(at: datetime) -> None:
    renewable = Q(use=Use.PHONE)  # by the phone itself, ended or not
    old = IssuedPass.objects.filter(Q(expires_ms__gt=to_ms(at)) | renewable)
    old.exclude(status=Status.REVOKED.value).update(status=Status.REVOKED.value)


def _renew_everybody(census: int) -> int:
    held = Person.objects.exclude(holder=None).filter(left_on=None)
    people = list(held.values_list("pk", "holder"))
    book = {row.holder: bytes(row.data) for row in HolderRights.objects.all()}
    borne = set(IssuedPass.objects.values_list("holder", flat=True))
    drawn = {str(old): hex_id(entropy(HOLDER_BYTES)) for _, old in people}
    for key, old in people:
        numbers = {"holder": drawn[str(old)], "former_holder": old if old in borne else ""}
        Person.objects.filter(pk=key).update(**numbers, census=census)
    HolderRights.objects.bulk_create(
        HolderRights(holder=new, data=book[old]) for old, new in drawn.items() if old in book
    )
    for model in (PermissionNote, Badge):
        _follow(model, drawn)
    return len(people)


def _follow(model: type[PermissionNote | Badge], drawn: dict[str, str]) -> None:
    for key, old in model.objects.values_list("pk", "holder"):
        if old in drawn:
            model.objects.filter(pk=key).update(holder=drawn[old])


def _renew_badges(by: By, at: datetime) -> None:
    """Give each badge a pass of the new year; whose holder left stands for nobody."""
    badges = {badge.holder: badge for badge in Badge.objects.all()}
    people = list(Person.objects.filter(holder__in=badges, left_on=None))
    for issued in make(by, people, Wanted(Use.BADGE, kind=ActKind.BADGE), at) if people else ():
        _end_badge_pass(badges[issued.holder])
        Badge.objects.filter(pk=badges[issued.holder].pk).update(issued_id=issued.pass_id)
    for badge in Badge.objects.exclude(holder__in=[person.holder for person in people]):
        _end_badge_pass(badge)
        badge.delete()


def _end_badge_pass(badge: Badge) -> None:
    IssuedPass.objects.filter(pk=badge.issued_id).update(status=Status.REVOKED.value)


def _forget_old_rights(at: datetime) -> None:
    """Keep the rights of those whose old card still counts, and nobody else's."""
    counting = IssuedPass.objects.filter(expires_ms__gt=to_ms(at))
    old = counting.exclude(status=Status.REVOKED.value).values_list("holder", flat=True)
    kept = {*old, *Person.objects.exclude(holder=None).values_list("holder", flat=True)}
    gone = [one for one in HolderRights.objects.values_list("holder", flat=True) if one not in kept]
    HolderRights.objects.filter(holder__in=gone).delete()
