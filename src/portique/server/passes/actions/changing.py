"""What becomes of a pass: replaced, suspended and found again, revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from portique.core.errors import RegisterError
from portique.core.revocation import Status
from portique.core.values import Window, from_ms, to_ms
from portique.school.issuing import replace_pass, to_second
from portique.server.clock import now
from portique.server.entropy import entropy
from portique.server.gates.actions import knowledge_changed
from portique.server.passes.actions.issuing import Wanted, make
from portique.server.passes.actions.many import a_few_at_once
from portique.server.passes.actions.recording import record, record_change
from portique.server.passes.models import ActKind, IssuedPass, Use
from portique.server.people.census import raise_census
from portique.server.people.models import Person
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from portique.core.values import PassId
    from portique.school.register import Issued
    from portique.server.passes.quotas import By


def replace(by: By, pass_id: PassId) -> Issued:
    """Make a card in the place of another, void at once, with the same end.

    It has the name, class and regime of today. Permissions hang on the holder and stay.

    Raises:
        QuotaExceededError: More than usual.
        RegisterError: Never issued, revoked already, or ended, or a phone's, or its holder left.
    """
    return replace_many(by, [pass_id])[0]


def replace_many(by: By, pass_ids: Iterable[PassId]) -> list[Issued]:
    """Make a card in the place of each, see `replace` and `a_few_at_once`.

    Raises:
        QuotaExceededError: More than usual; nothing was replaced.
        RegisterError: One of the first can't be replaced; nothing was.
    """
    register = served_school().register

    def part(few: Sequence[Issued], at: datetime) -> list[Issued]:
        return [_replaced(by, old, at) for old in few]

    return a_few_at_once(by, list(map(register.get, pass_ids)), lambda old: old.holder, part)


def _replaced(by: By, old: Issued, at: datetime) -> Issued:
    person = _still_here(old)
    if IssuedPass.objects.filter(pk=old.pass_id, use=Use.PHONE).exists():
        raise RegisterError(f"pass {old.pass_id} is a phone's; give the phone a new code")
    if person is not None:
        return _renewed(by, person, old, at)
    issued = replace_pass(served_school(), old.pass_id, at=at, entropy=entropy)
    record_change(by, ActKind.REPLACED, [issued], at)
    return issued


def _still_here(issued: Issued) -> Person | None:
    """Return whose pass it is, None if nobody's; until the transaction ends they can't leave."""
    raise_census()
    person = Person.objects.filter(holder=issued.holder).first()
    if person is not None and person.left_on is not None:
        raise RegisterError(
            f"the holder of pass {issued.pass_id} left; note first that they are back"
        )
    return person


def _renewed(by: By, person: Person, old: Issued, at: datetime) -> Issued:
    if old.expires_ms <= to_ms(at):
        raise RegisterError(f"pass {old.pass_id} has expired; issue a new one")
    register = served_school().register
    register.set_status(old.pass_id, Status.REVOKED)
    window = Window(to_second(at), from_ms(old.expires_ms))
    (issued,) = make(by, [person], Wanted(window=window, kind=ActKind.REPLACED), at)
    register.link(old.pass_id, issued.pass_id)
    return issued


def suspend(by: By, pass_id: PassId) -> None:
    """Let a pass count for nothing while it is looked for.

    Raises:
        RegisterError: Never issued, or revoked.
    """
    _change(by, pass_id, Status.SUSPENDED, ActKind.SUSPENDED)


def resume(by: By, pass_id: PassId) -> None:
    """Let a pass that was found again count.

    Raises:
        RegisterError: Never issued, or revoked, or its holder left.
    """
    with transaction.atomic():
        _still_here(served_school().register.get(pass_id))
        _change(by, pass_id, Status.VALID, ActKind.RESUMED)


def revoke(by: By, pass_id: PassId) -> None:
    """End a pass for good.

    Raises:
        RegisterError: Never issued, or revoked already.
    """
    _change(by, pass_id, Status.REVOKED, ActKind.REVOKED)


def _change(by: By, pass_id: PassId, status: Status, kind: ActKind) -> None:
    register = served_school().register
    with transaction.atomic():
        knowledge_changed()  # first: a phone's pass is not made anew meanwhile
        register.set_status(pass_id, status)
        record(by, kind, [register.get(pass_id)], now())
