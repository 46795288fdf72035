"""The forgotten card: a slip for today, or the way to school life; nothing is kept of who."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from portique.core.revocation import Status
from portique.core.sentences import ForgottenReason
from portique.core.values import Kind, PassId, to_ms
from portique.school.issuing import default_window
from portique.server.clock import now
from portique.server.passes import quotas
from portique.server.passes.actions.issuing import Wanted, make
from portique.server.passes.actions.recording import record_change
from portique.server.passes.models import Act, ActKind, IssuedPass, Use
from portique.server.passes.queries import cards_of, forgotten_counter
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from datetime import datetime

    from portique.school.register import Issued
    from portique.server.passes.quotas import By
    from portique.server.people.models import Person


def admit_today(by: By, person: Person, reason: ForgottenReason) -> Issued:
    """Make a slip that counts until the school closes today; a lost card is suspended.

    Raises:
        QuotaExceededError: More than usual.
        RegisterError: The name can't be on a pass.
    """
    at = now()
    forget_slips(at)
    window = default_window(served_school(), Kind.VISITOR, at)  # until closing today
    with quotas.within(by, [person.holder], at, slips=True):
        if reason is ForgottenReason.LOST:
            _suspend_cards(by, person, at)
        (issued,) = make(by, [person], Wanted(Use.SLIP, window, ActKind.SLIP), at)
        # Who made how many slips counts against that account; for whom is not kept.
        Act.objects.filter(pass_id=issued.pass_id).update(pass_id="", holder="")
        _count(at)
    return issued


def refer_today(by: By, person: Person, reason: ForgottenReason) -> None:
    """Count somebody who is sent to school life; a lost card is suspended."""
    at = now()
    with transaction.atomic():
        if reason is ForgottenReason.LOST:
            _suspend_cards(by, person, at)
        _count(at)


def _suspend_cards(by: By, person: Person, at: datetime) -> None:
    cards = cards_of(person.holder, at)
    for card in cards:
        served_school().register.set_status(PassId(card.pass_id), Status.SUSPENDED)
    if cards:
        record_change(by, ActKind.SUSPENDED, cards, at)


def _count(at: datetime) -> None:
    served_school().register.next_number(forgotten_counter(at))


def forget_slips(at: datetime) -> int:
    """Make the slips that have ended nobody's; return how many. Run it each night as well."""
    ended = IssuedPass.objects.filter(use=Use.SLIP, expires_ms__lte=to_ms(at)).exclude(text="")
    return ended.update(holder="", text="")
