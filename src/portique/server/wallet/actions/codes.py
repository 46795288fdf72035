"""Codes by which phones are enrolled: on a screen for minutes, on paper for days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from django.db import transaction

from portique.core.revocation import Status
from portique.core.values import PassId
from portique.server.accounts.codes import SHORT_GROUPS, code_hash, new_code
from portique.server.clock import now
from portique.server.passes import quotas
from portique.server.passes.actions import give_holder
from portique.server.passes.actions.recording import record_change
from portique.server.passes.models import Act, ActKind
from portique.server.passes.phones import phones_on
from portique.server.passes.register import issued_from
from portique.server.people.census import raise_census
from portique.server.school.house import served_school
from portique.server.wallet.errors import PHONES_OFF, WalletRefused
from portique.server.wallet.models import CODE_DAYS, PhoneCode
from portique.server.wallet.queries import unrevoked_phones

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portique.server.passes.quotas import By
    from portique.server.people.models import Person

PHONE = "phone-code"


class Lasts(Enum):
    """How long a code counts, and of how many groups of four it is: 40 bits, or 60."""

    SCREEN = (timedelta(minutes=10), SHORT_GROUPS)
    PAPER = (timedelta(days=CODE_DAYS), 3)


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code just made, to be shown once: whose, and until when."""

    person: Person
    code: str = field(repr=False)
    expires_at: datetime


def codes_for(by: By, persons: Sequence[Person], lasts: Lasts) -> list[NewCode]:
    """Make a code for each person's phone; the one before ends.

    Raises:
        QuotaExceededError: More than usual: each code stands for a pass.
        WalletRefused: The school uses no phones.
    """
    if not phones_on():
        raise WalletRefused(PHONES_OFF)
    at = now()
    with quotas.within(by, [person.holder for person in persons], at):
        raise_census()
        return [*_made(by, persons, lasts, at)]


def _made(by: By, persons: Sequence[Person], lasts: Lasts, at: datetime) -> list[NewCode]:
    duration, groups = lasts.value
    codes = [NewCode(person, new_code(groups), at + duration) for person in persons]
    PhoneCode.objects.filter(person__in=persons).delete()
    PhoneCode.objects.bulk_create(
        PhoneCode(
            person=one.person, made_at=at, expires_at=one.expires_at, code_hash=hash_of(one.code)
        )
        for one in codes
    )
    Act.objects.bulk_create(
        Act(at=at, account=by.account, kind=ActKind.PHONE_CODE, holder=give_holder(one.person))
        for one in codes
    )
    return codes


def new_phone(by: By, person: Person) -> NewCode:
    """Suspend the pass of a phone that is lost or changed, and make a code for the next one.

    Raises:
        QuotaExceededError: More than usual; the lost phone is suspended all the same.
        WalletRefused: The school uses no phones.
    """
    with transaction.atomic():
        raise_census()
        _suspend_phones(by, person)
    (code,) = codes_for(by, [person], Lasts.SCREEN)
    return code


def _suspend_phones(by: By, person: Person) -> None:
    at, register = now(), served_school().register
    valid = unrevoked_phones(person).filter(status=Status.VALID.value)
    lost = [issued_from(row) for row in valid]
    for one in lost:
        register.set_status(PassId(one.pass_id), Status.SUSPENDED)
    if lost:
        record_change(by, ActKind.SUSPENDED, lost, at)


def hash_of(code: str) -> str:
    """Return what is kept of a code."""
    return code_hash(PHONE, code)


def drop_codes(at: datetime) -> None:
    """Delete codes that have ended, used or not."""
    PhoneCode.objects.filter(expires_at__lte=at).delete()
