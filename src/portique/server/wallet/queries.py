"""What is asked about phones: a person's, how its pass stands, who has one and who a code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q

from portique.core.passes import LABEL_BYTES_MAX, NAME_BYTES_MAX, shortened
from portique.core.revocation import Status
from portique.core.values import Kind, PassId, to_ms
from portique.school.finding import Standing, standing_of
from portique.school.issuing import checked, reopened
from portique.server.passes.actions.issuing import Wanted, requests_for
from portique.server.passes.models import IssuedPass, Use
from portique.server.passes.phones import phones_on
from portique.server.passes.queries import PassRow
from portique.server.passes.register import issued_from
from portique.server.people.models import Person
from portique.server.people.queries import name_order
from portique.server.school.house import served_school
from portique.server.wallet.models import PhoneCode

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from portique.core.passes import Pass
    from portique.core.seal import PublicKey
    from portique.school.issuing import Request
    from portique.school.register import Issued

FOLLOWED_MAX = 50  # a pass is made anew a few times a year


class PhoneStatus(StrEnum):
    """How a phone's pass stands, as its wallet is told."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    ENDED = "ended"
    OFF = "off"


_STATUSES = {
    Standing.VALID: PhoneStatus.VALID,
    Standing.SUSPENDED: PhoneStatus.SUSPENDED,
    Standing.REVOKED: PhoneStatus.REVOKED,
    Standing.EXPIRED: PhoneStatus.ENDED,
}


@dataclass(frozen=True, slots=True)
class HeldPass:
    """A phone's pass: the register's line, what is in it, and whose it is (None: nobody's)."""

    issued: Issued
    inside: Pass
    person: Person | None

    @property
    def key(self) -> PublicKey:
        """The phone's."""
        key = self.inside.phone_key
        assert key is not None  # noqa: S101 -- `held_pass` returns no other
        return key


# --- one pass, as its phone asks ---


def held_pass(pass_id: PassId) -> HeldPass | None:
    """Find a phone's pass; None: the school has no such pass, or not any more."""
    row = IssuedPass.objects.filter(pk=pass_id, use=Use.PHONE).exclude(text="").first()
    if row is None:
        return None
    issued = issued_from(row)
    inside = reopened(served_school(), issued)
    return None if inside.phone_key is None else HeldPass(issued, inside, _whose(row.holder))


def _whose(holder: str) -> Person | None:
    return Person.objects.filter(Q(holder=holder) | Q(former_holder=holder)).first()


def status_of(held: HeldPass, at: datetime) -> PhoneStatus:
    """Return how a phone's pass stands."""
    status = _STATUSES[standing_of(held.issued, at)]
    return PhoneStatus.OFF if status is PhoneStatus.VALID and not phones_on() else status


def is_outdated(held: HeldPass, at: datetime) -> bool:
    """Say whether the school would write a phone's pass differently today, and may.

    An ended one is made anew too: the phone of somebody who is here comes through the summer. One
    that was suspended is not, whatever its date: it may be in other hands.
    """
    person, identity = held.person, held.inside.identity
    if person is None or person.left_on is not None or identity is None or not phones_on():
        return False
    if held.issued.status is not Status.VALID or person.kind == Kind.VISITOR:
        return False
    (asked,) = requests_for([person], Wanted(Use.PHONE), at)
    ends = asked.window.closes if asked.window else at
    return ends > held.inside.window.closes or _written(checked(asked)) != (
        identity.holder, identity.kind, identity.name, identity.label, identity.regime
    )  # fmt: skip


def _written(asked: Request) -> tuple[object, ...]:
    name, label = shortened(asked.name, NAME_BYTES_MAX), shortened(asked.label, LABEL_BYTES_MAX)
    return asked.holder, asked.kind, name, label, asked.regime


def successor(held: HeldPass, at: datetime) -> HeldPass | None:
    """Return the pass that was made anew from this one for the same phone, if it counts."""
    found: HeldPass | None = held
    for _ in range(FOLLOWED_MAX):
        if found is None or found.issued.replaced_by is None:
            break
        found = held_pass(found.issued.replaced_by)
    if found is None or found is held or found.key.kid != held.key.kid:
        return None
    return found if standing_of(found.issued, at) is Standing.VALID else None


# --- one person, and everybody, as the office asks ---


def phones_of(person: Person, at: datetime) -> list[PassRow]:
    """Return a person's passes on phones that were not revoked, the newest first."""
    rows = unrevoked_phones(person).order_by("-line")
    issued = [issued_from(row) for row in rows]
    return [PassRow(one, Use.PHONE, standing_of(one, at)) for one in issued]


def unrevoked_phones(person: Person) -> QuerySet[IssuedPass]:
    """Return the phones' passes of a person that were not revoked; ended ones can be made anew."""
    rows = IssuedPass.objects.filter(use=Use.PHONE, holder__in=person.holders)
    return rows.exclude(status=Status.REVOKED.value)


def has_suspended_phone(person: Person) -> bool:
    """Say whether a phone of somebody's is suspended."""
    return unrevoked_phones(person).filter(status=Status.SUSPENDED.value).exists()


def open_code(person: Person, at: datetime) -> PhoneCode | None:
    """Return a person's code, if it was neither used nor has it ended."""
    return PhoneCode.objects.filter(person=person, pass_id="", expires_at__gt=at).first()


def code_state(person_id: UUID, at: datetime) -> str:
    """Say whether a person's code waits (`open`), was `used`, or is `over`."""
    code = PhoneCode.objects.filter(person_id=person_id, expires_at__gt=at).first()
    if code is None:
        return "over"
    return "used" if code.pass_id else "open"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many phones carry a pass, and how many codes wait for one."""

    phones: int
    codes: int


def counted(at: datetime) -> Counted:
    """Count phones and codes, of everybody together."""
    phones = IssuedPass.objects.filter(use=Use.PHONE, status=Status.VALID.value)
    codes = PhoneCode.objects.filter(pass_id="", expires_at__gt=at)
    return Counted(phones.filter(expires_ms__gt=to_ms(at)).count(), codes.count())


def without_phone(kind: str, label: str, at: datetime, most: int) -> list[Person]:
    """Return those of a class who have no phone that counts, by name; opens their names.

    Of more than `most` people those come first who have no code either: asked again, it goes on.
    """
    counting = IssuedPass.objects.filter(use=Use.PHONE, status=Status.VALID.value)
    held = set(counting.filter(expires_ms__gt=to_ms(at)).values_list("holder", flat=True))
    here = Person.objects.filter(kind=kind, label=label, left_on=None)
    found = sorted((one for one in here if not held & set(one.holders)), key=name_order)
    if len(found) > most:
        open_codes = PhoneCode.objects.filter(pass_id="", expires_at__gt=at)
        waiting = set(open_codes.values_list("person_id", flat=True))
        found.sort(key=lambda one: one.pk in waiting)
    return found[:most]
