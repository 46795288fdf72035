"""What is asked about passes: classes, one person's, a card that was found, badges."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from portique.core import canonical
from portique.core.errors import RegisterError
from portique.core.finding import NAMES_MAX, Asked, plain
from portique.core.localtime import local_day
from portique.core.revocation import Status
from portique.core.rights import UNKNOWN, Permission, Rights
from portique.core.values import HolderId, Kind, to_ms
from portique.school.finding import Standing, standing_of
from portique.school.permissions import permissions_of
from portique.server.passes.models import (
    Act,
    HolderRights,
    IssuedPass,
    PermissionNote,
    QuotaAlert,
    Use,
)
from portique.server.passes.phones import phones_on
from portique.server.passes.register import DATA_ITEMS_MAX, issued_from
from portique.server.people import index
from portique.server.people.index import WITHOUT_CARDS
from portique.server.people.models import Person
from portique.server.people.queries import name_order
from portique.server.school.house import served_school
from portique.server.school.models import Counter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from portique.school.register import Issued
    from portique.server.people.index import Named

ALERTS_MAX = 20
ACTS_MAX = 50


# --- rights, and the day's count ---


def rights_among(holders: Iterable[str]) -> defaultdict[HolderId, Rights]:
    """Return the rights of these holders; of whom nothing is known, none."""
    rows = HolderRights.objects.filter(holder__in=list(holders)).values_list("holder", "data")
    book: defaultdict[HolderId, Rights] = defaultdict(lambda: UNKNOWN)
    for holder, data in rows:
        read = canonical.decode(
            bytes(data), bytes_max=65536, depth_max=10, items_max=DATA_ITEMS_MAX
        )
        book[HolderId(holder)] = Rights.from_data(read)
    return book


def forgotten_counter(at: datetime) -> str:
    """Name the counter of the day's forgotten cards: of how many, never of whose."""
    return f"forgotten {local_day(to_ms(at), served_school().settings.time_zone)}"


def forgotten_today(at: datetime) -> int:
    """Return how many cards were forgotten today."""
    row = Counter.objects.filter(name=forgotten_counter(at)).first()
    return row.value if row else 0


# --- classes ---


@dataclass(frozen=True, slots=True)
class ClassRow:
    """How a class stands: people who have a valid card, none, or one with an old name."""

    kind: Kind
    label: str
    people: int
    valid: int
    renew: int

    @property
    def missing(self) -> int:
        """How many have no valid card."""
        return self.people - self.valid


def classes(at: datetime) -> list[ClassRow]:
    """Return every class and service, pupils first."""
    held = counting_cards(at).values("holder")
    groups = (
        Person.objects.filter(left_on=None)
        .exclude(kind__in=WITHOUT_CARDS)
        .values("kind", "label")
        .annotate(
            people=Count("pk"),
            valid=Count("pk", filter=Q(holder__in=held)),
            renew=Count("pk", filter=Q(holder__in=held, needs_card=True)),
        )
    )
    rows = [
        ClassRow(Kind(one["kind"]), one["label"], one["people"], one["valid"], one["renew"])
        for one in groups
    ]
    order = list(Kind)
    return sorted(rows, key=lambda row: (order.index(row.kind), _natural(row.label)))


def counting_cards(at: datetime) -> QuerySet[IssuedPass]:
    """Return the cards that count."""
    return _counting(at).filter(use=Use.CARD, status=Status.VALID.value)


def _natural(label: str) -> list[tuple[int, str]]:
    """Order 2de 2 before 2de 10."""
    parts = "".join(c if c.isdigit() else f" {c} " for c in plain(label)).split()
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of a class and their newest card, if they ever had one that still runs."""

    person: Person
    card: Issued | None
    standing: Standing | None

    @property
    def missing(self) -> bool:
        """Whether they have no valid card."""
        return self.standing is not Standing.VALID


def people_of(kind: str, label: str, at: datetime) -> list[PersonRow]:
    """Return the people of a class by name; opens their names."""
    people = Person.objects.filter(kind=kind, label=label, left_on=None)
    named = sorted(people, key=name_order)
    cards = _cards([person.holder for person in named], at)
    return [_row(person, cards.get(person.holder), at) for person in named]


def _row(person: Person, card: Issued | None, at: datetime) -> PersonRow:
    return PersonRow(person, card, standing_of(card, at) if card else None)


def _cards(holders: Sequence[str | None], at: datetime) -> dict[str | None, Issued]:
    """Return of each holder the newest card that runs, a valid one before a suspended one."""
    rows = _counting(at).filter(use=Use.CARD, holder__in=[one for one in holders if one])
    found: dict[str | None, Issued] = {}
    for row in rows.exclude(status=Status.REVOKED.value).order_by("-status", "line"):
        found[row.holder] = issued_from(row)
    return found


def _counting(at: datetime) -> QuerySet[IssuedPass]:
    return IssuedPass.objects.filter(expires_ms__gt=to_ms(at))


# --- one person ---


@dataclass(frozen=True, slots=True)
class PassRow:
    """One pass of a person, as a page tells of it."""

    issued: Issued
    use: Use
    standing: Standing
    off: bool = False  # a phone's, where the school uses none

    @property
    def running(self) -> bool:
        """Whether it still can be changed."""
        return self.standing in {Standing.VALID, Standing.SUSPENDED}


def passes_of(person: Person, at: datetime) -> list[PassRow]:
    """Return a person's passes of this school year, the newest first."""
    rows = IssuedPass.objects.filter(holder=person.holder or None).order_by("-line")
    return [_pass_row(row, at) for row in rows]


def _pass_row(row: IssuedPass, at: datetime) -> PassRow:
    issued, use = issued_from(row), Use(row.use)
    standing = standing_of(issued, at)
    if use is Use.PHONE and standing is Standing.VALID and not phones_on():
        return PassRow(issued, use, Standing.SUSPENDED, off=True)  # as gates are told
    return PassRow(issued, use, standing)


def cards_of(holder: str | None, at: datetime) -> list[Issued]:
    """Return the valid cards of a holder."""
    rows = _counting(at).filter(holder=holder or None, use=Use.CARD, status=Status.VALID.value)
    return [issued_from(row) for row in rows]


def find_card(digits: str, at: datetime) -> tuple[PassRow, Person | None] | None:
    """Find the pass whose number begins with what stands on a found card, and whose it is."""
    try:
        issued = served_school().register.find(digits)
    except RegisterError:
        return None
    row = IssuedPass.objects.get(pk=issued.pass_id)
    return _pass_row(row, at), Person.objects.filter(holder=row.holder).first()


def slip(pass_id: str, at: datetime) -> Issued | None:
    """Return a slip of today, None when there is none of that number."""
    row = _counting(at).filter(pk=pass_id, use=Use.SLIP).first()
    return None if row is None else issued_from(row)


def find_people(letters: str, label: str, kinds: Collection[Kind] = frozenset(Kind)) -> list[Named]:
    """Return up to eight people by the first letters of a name and of their class.

    Letters begin any word of the name, without regard to accents; the class may be empty.
    """
    asked = Asked.typed(letters, label)
    if asked is None:
        return []
    among = (one for one in index.card_holders() if one.kind in kinds)
    fitting = (one for one in among if asked.fits(one.words, one.label))
    return [one for one, _ in zip(fitting, range(NAMES_MAX), strict=False)]


# --- permissions ---


@dataclass(frozen=True, slots=True)
class PermissionRow:
    """A permission, and what only this database knows of it."""

    permission: Permission
    mark: str
    note: PermissionNote | None


def mark_of(permission: Permission) -> str:
    """Return what finds a permission among its holder's."""
    return hashlib.sha256(canonical.encode(permission.to_data())).hexdigest()


def permissions_now(person: Person, at: datetime) -> list[PermissionRow]:
    """Return the permissions that have not ended, with who gave them and why."""
    if not person.holder:
        return []
    notes = PermissionNote.objects.filter(holder=person.holder).select_related("account")
    by_mark = {note.mark: note for note in notes}
    held = permissions_of(served_school(), HolderId(person.holder))
    running = [one for one in held if one.until_ms is None or one.until_ms > to_ms(at)]
    return [PermissionRow(one, mark_of(one), by_mark.get(mark_of(one))) for one in running]


# --- what the head sees ---


def alerts() -> list[QuotaAlert]:
    """Return the refusals nobody has seen yet, the newest first."""
    rows = QuotaAlert.objects.filter(seen_at=None).select_related("account")
    return list(rows.order_by("-at")[:ALERTS_MAX])


def acts_for(person: Person) -> list[Act]:
    """Return what was done with a person's passes and rights, the newest first."""
    rows = Act.objects.filter(holder=person.holder or None).select_related("account")
    return list(rows.order_by("-at", "-pk")[:ACTS_MAX])


def valid_cards(rows: Iterable[PersonRow]) -> list[Issued]:
    """Return the valid cards among rows."""
    return [row.card for row in rows if row.card and row.standing is Standing.VALID]


def labels() -> list[str]:
    """Return the classes and services people are in, as one would look for them."""
    known = Person.objects.filter(left_on=None).exclude(kind__in=WITHOUT_CARDS).exclude(label="")
    return sorted(known.order_by().values_list("label", flat=True).distinct(), key=_natural)
