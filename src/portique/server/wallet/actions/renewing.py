"""A phone's pass is made anew, for the same key: another class, another name, another year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from portique.server.clock import now
from portique.server.gates.actions import knowledge_changed
from portique.server.passes.actions.issuing import Wanted, make
from portique.server.passes.models import ActKind, Use
from portique.server.people.census import raise_census
from portique.server.wallet.actions.enrolling import end_phones, made
from portique.server.wallet.errors import NOT_COUNTING, PHONES_OFF, UNKNOWN_PASS, WalletRefused
from portique.server.wallet.queries import (
    PhoneStatus,
    held_pass,
    is_outdated,
    status_of,
    successor,
)

if TYPE_CHECKING:
    from datetime import datetime

    from portique.core.values import PassId
    from portique.server.wallet.queries import HeldPass


def renew(pass_id: PassId) -> HeldPass:
    """Return what takes a pass's place: made now, made before if the answer was lost, or itself.

    Raises:
        WalletRefused: Suspended, revoked by somebody, or of somebody who left.
    """
    held, at = _held(pass_id), now()
    if not is_outdated(held, at):
        return _counting(held, at)  # nothing is made, nothing is written
    with transaction.atomic():
        raise_census()  # until it ends nobody leaves, and it is made anew once
        knowledge_changed()  # and nobody suspends it
        held, at = _held(pass_id), now()
        return _made_anew(held, at) if is_outdated(held, at) else _counting(held, at)


def _held(pass_id: PassId) -> HeldPass:
    held = held_pass(pass_id)
    if held is None:
        raise WalletRefused(UNKNOWN_PASS)
    return held


def _counting(held: HeldPass, at: datetime) -> HeldPass:
    after = successor(held, at)
    if after is not None:
        return after
    status = status_of(held, at)
    if status is not PhoneStatus.VALID:
        raise WalletRefused(PHONES_OFF if status is PhoneStatus.OFF else NOT_COUNTING)
    return held


def _made_anew(held: HeldPass, at: datetime) -> HeldPass:
    assert held.person is not None  # noqa: S101 -- or it would not be outdated
    wanted = Wanted(Use.PHONE, kind=ActKind.PHONE_RENEWED, phone_key=held.key)
    (issued,) = make(None, [held.person], wanted, at)
    end_phones([held.issued], issued, at)
    return made(issued)
