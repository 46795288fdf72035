"""A phone becomes somebody's: the code is used up, the pass is bound to the phone's key."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from portique.core.revocation import Status
from portique.core.values import PassId
from portique.server.clock import now
from portique.server.gates.actions import knowledge_changed
from portique.server.passes.actions.issuing import Wanted, make
from portique.server.passes.actions.recording import record
from portique.server.passes.models import ActKind, Use
from portique.server.passes.phones import phones_on
from portique.server.passes.register import issued_from
from portique.server.people.census import raise_census
from portique.server.school.house import served_school
from portique.server.wallet.actions.codes import hash_of
from portique.server.wallet.errors import CODE, PHONES_OFF, WalletRefused
from portique.server.wallet.models import PhoneCode
from portique.server.wallet.queries import HeldPass, held_pass, unrevoked_phones

if TYPE_CHECKING:
    from datetime import datetime

    from portique.core.wire_wallet import Enrolment
    from portique.school.register import Issued

ASKED_AGAIN = timedelta(minutes=10)  # how long the same phone may ask for the same pass


def enrol(asked: Enrolment) -> HeldPass:
    """Make a phone's pass, and revoke that of the phone before.

    Raises:
        WalletRefused: The code is wrong, used by another phone, or too old; or there are no phones.
    """
    if not phones_on():
        raise WalletRefused(PHONES_OFF)
    code = _code(asked, now())
    if code.pass_id:  # neither this nor a wrong one costs a gate anything
        return _again(code, asked)
    with transaction.atomic():
        raise_census()  # until it ends nobody leaves, and no other phone is enrolled
        knowledge_changed()
        at = now()
        code = _code(asked, at)
        return _again(code, asked) if code.pass_id else _enrolled(code, asked, at)


def _code(asked: Enrolment, at: datetime) -> PhoneCode:
    rows = PhoneCode.objects.filter(expires_at__gt=at, person__left_on=None)
    found = rows.select_related("person").filter(code_hash=hash_of(asked.code)).first()
    if found is None:
        raise WalletRefused(CODE)
    return found


def _again(code: PhoneCode, asked: Enrolment) -> HeldPass:
    """Return the pass that the code made, to the phone that has its key."""
    held = held_pass(PassId(code.pass_id))
    if held is None or held.key.kid != asked.key.kid or held.issued.status is not Status.VALID:
        raise WalletRefused(CODE)
    return held


def _enrolled(code: PhoneCode, asked: Enrolment, at: datetime) -> HeldPass:
    person = code.person
    before = [issued_from(row) for row in unrevoked_phones(person)]
    wanted = Wanted(Use.PHONE, kind=ActKind.PHONE, phone_key=asked.key)
    (issued,) = make(None, [person], wanted, at)
    end_phones(before, issued, at)
    PhoneCode.objects.filter(pk=code.pk).update(
        pass_id=issued.pass_id, expires_at=min(code.expires_at, at + ASKED_AGAIN)
    )
    return made(issued)


def end_phones(before: list[Issued], issued: Issued, at: datetime) -> None:
    """Revoke the phones' passes in whose place another was made."""
    register = served_school().register
    for one in before:
        register.set_status(PassId(one.pass_id), Status.REVOKED)
        register.link(PassId(one.pass_id), issued.pass_id)
    record(None, ActKind.REVOKED, before, at)


def made(issued: Issued) -> HeldPass:
    """Open a pass that was just made."""
    held = held_pass(issued.pass_id)
    assert held is not None  # noqa: S101 -- it was made for a phone in this transaction
    return held
