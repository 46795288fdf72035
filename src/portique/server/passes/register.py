"""The register of issued passes, in the server's database."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Max

from portique.core import canonical
from portique.core.daylists import Listed
from portique.core.errors import RegisterError
from portique.core.plain import TEXT_CHARS_MAX
from portique.core.revocation import Status
from portique.core.values import HolderId, Kind, PassId, to_ms
from portique.school.register import EnrolledGate, Issued, Register
from portique.server.clock import now
from portique.server.config.rows import read
from portique.server.gates.models import Gate
from portique.server.passes.models import Badge, HolderRights, IssuedPass, Use
from portique.server.passes.phones import phones_on
from portique.server.people.index import card_holders
from portique.server.school.models import Counter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from portique.server.people.index import Named

DATA_ITEMS_MAX = 4096
KNOWLEDGE, EPOCHS, SENT_NOTES = "knowledge", "knowledge-epoch", "notes"  # counters
LIST_LENGTH = "status-list-length"
COUNTING = (Status.VALID.value, Status.VALID_WITHOUT_TEMPLATE.value)


class DatabaseRegister(Register):
    """See `Register`; each method is one statement, or a few in one transaction."""

    def close(self) -> None:
        """Leave the connection to Django."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Apply everything inside, or nothing; inside another one, together with it."""
        with transaction.atomic():
            yield

    # --- passes ---

    def add(self, issued: Issued) -> None:
        """Write a new pass."""
        with transaction.atomic():
            IssuedPass.objects.create(
                pass_id=issued.pass_id, holder=issued.holder, kind=issued.kind.value,
                status_index=issued.status_index, status=issued.status.value,
                issued_ms=issued.issued_ms, expires_ms=issued.expires_ms,
                replaced_by=issued.replaced_by or "", text=issued.text,
                line=self.next_number("passes"),
            )  # fmt: skip

    def get(self, pass_id: PassId) -> Issued:
        """Find one pass.

        Raises:
            RegisterError: The school never issued it.
        """
        row = IssuedPass.objects.filter(pass_id=pass_id).first()
        if row is None:
            raise RegisterError(f"the school issued no pass {pass_id}; check the 16 digits")
        return issued_from(row)

    def beginning(self, digits: str) -> list[Issued]:
        """Return the passes whose number begins so, by number."""
        rows = _somebodys().filter(pass_id__startswith=digits).order_by("pass_id")
        return [issued_from(row) for row in rows]

    def all(self) -> list[Issued]:
        """Return every pass, oldest first; those of one table in its order."""
        return [issued_from(row) for row in _somebodys().order_by("issued_ms", "line")]

    def latest(self) -> Issued | None:
        """Return the pass issued last of those not revoked, None when there is none."""
        rows = _somebodys().exclude(status=Status.REVOKED.value)
        row = rows.order_by("-issued_ms").first()
        return None if row is None else issued_from(row)

    def _write_status(self, pass_id: PassId, status: Status) -> bool:
        rows = IssuedPass.objects.filter(pass_id=pass_id).exclude(status=Status.REVOKED.value)
        return rows.update(status=status.value) == 1

    def link(self, pass_id: PassId, successor: PassId) -> None:
        """Remember which pass took the place of another."""
        IssuedPass.objects.filter(pass_id=pass_id).update(replaced_by=successor)

    def statuses(self) -> dict[int, Status]:
        """Return what the status list says, by index; phones' passes while phones are off, too."""
        rows = IssuedPass.objects.values_list("status_index", "status")
        told = {index: Status(status) for index, status in rows}
        if not phones_on():
            phones = IssuedPass.objects.filter(use=Use.PHONE, status__in=COUNTING)
            told |= dict.fromkeys(phones.values_list("status_index", flat=True), Status.SUSPENDED)
        return told

    def count(self) -> int:
        """Return how many passes were issued."""
        return IssuedPass.objects.count()

    @property
    def list_length(self) -> int:
        """How many indexes the list has; never fewer than it had, whatever was erased.

        A card of former years whose index it lacked would alarm gates: never issued, a stolen key.
        """
        last = IssuedPass.objects.aggregate(last=Max("status_index"))["last"] or 0
        had = Counter.objects.filter(name=LIST_LENGTH).values_list("value", flat=True).first()
        length = max(super().list_length, had or 0)
        while length <= last:
            length *= 2
        return length

    def keep_list_length(self) -> None:
        """Write down how long the status list is; call it before passes are erased."""
        Counter.objects.update_or_create(name=LIST_LENGTH, defaults={"value": self.list_length})

    def has_index(self, index: int) -> bool:
        """Say whether an index is somebody's."""
        return IssuedPass.objects.filter(status_index=index).exists()

    def badges(self) -> dict[bytes, str]:
        """Return the texts of the passes that badges stand for, by digest."""
        rows = Badge.objects.values_list("digest", "issued__text")
        return {bytes.fromhex(digest): text for digest, text in rows}

    def listed_on(self, at: datetime) -> list[Listed]:
        """Return who may have forgotten their card that day, by class and name.

        Of each the newest card that runs, a valid one before a suspended one; nobody without one.
        """
        cards = {row.holder: row for row in _cards_running(at)}
        return [_listed(one, cards[one.holder]) for one in card_holders() if one.holder in cards]

    # --- rights, gates, counters ---

    def set_rights(self, holder: HolderId, data: object) -> None:
        """Store a holder's rights (plain data)."""
        HolderRights.objects.update_or_create(
            holder=holder, defaults={"data": canonical.encode(data)}
        )

    def rights(self) -> dict[HolderId, Any]:
        """Return all rights as plain data, by holder."""
        rows = HolderRights.objects.order_by("holder").values_list("holder", "data")
        return {
            HolderId(holder): canonical.decode(
                bytes(data), bytes_max=65536, depth_max=10, items_max=DATA_ITEMS_MAX
            )
            for holder, data in rows
        }

    def add_gate(self, gate: EnrolledGate) -> None:
        """Remember a gate's public key, so that knowledge can be wrapped to it."""
        with transaction.atomic():
            Gate.objects.update_or_create(
                gate_id=gate.gate_id,
                defaults={"lane": gate.lane, "x": gate.x, "y": gate.y, "removed_at": None},
            )
            self.next_number(KNOWLEDGE)

    def gates(self) -> list[EnrolledGate]:
        """Return the enrolled gates."""
        return [
            EnrolledGate(row.gate_id, row.lane, bytes(row.x), bytes(row.y))
            for row in Gate.objects.filter(removed_at=None).order_by("gate_id")
        ]

    def remove_gate(self, gate_id: str) -> None:
        """Stop wrapping keys for a gate: it learns nothing new. What it filed stays.

        Raises:
            RegisterError: No such gate.
        """
        with transaction.atomic():
            enrolled = Gate.objects.filter(gate_id=gate_id, removed_at=None)
            if not enrolled.update(removed_at=now()):
                raise RegisterError(f"there is no gate {gate_id}")
            self.next_number(KNOWLEDGE)

    def knowledge_epoch(self) -> int:
        """Return the epoch that knowledge is of: a restored server opens the next one."""
        value = Counter.objects.filter(name=EPOCHS).values_list("value", flat=True).first()
        return value or super().knowledge_epoch()

    def next_number(self, name: str, count: int = 1) -> int:
        """Count up and return the new value, durably."""
        with transaction.atomic(savepoint=False):
            counted = Counter.objects.filter(name=name)
            if not counted.update(value=F("value") + count):
                Counter.objects.get_or_create(name=name, defaults={"value": 0})
                counted.update(value=F("value") + count)
            [(value,)] = read(Counter, ("value",), "name = %s", name)
            return int(value)


def _somebodys() -> QuerySet[IssuedPass]:
    """Leave out the day slips that ended: they are nobody's any more."""
    return IssuedPass.objects.exclude(text="")


def _cards_running(at: datetime) -> QuerySet[IssuedPass]:
    """Return the cards that count or are suspended, of each holder the one that matters last."""
    running = IssuedPass.objects.filter(use=Use.CARD, expires_ms__gt=to_ms(at))
    running = running.exclude(status=Status.REVOKED.value).order_by("-status", "line")
    return running.defer("text")


def _listed(named: Named, card: IssuedPass) -> Listed:
    return Listed(
        PassId(card.pass_id), HolderId(card.holder), named.kind, named.name[:TEXT_CHARS_MAX],
        named.label[:TEXT_CHARS_MAX], card.status_index, card.issued_ms // 1000,
        card.expires_ms // 1000,
    )  # fmt: skip


def issued_from(row: IssuedPass) -> Issued:
    """Return a row as a line of the register."""
    return Issued(
        PassId(row.pass_id),
        HolderId(row.holder),
        Kind(row.kind),
        row.status_index,
        Status(row.status),
        row.issued_ms,
        row.expires_ms,
        PassId(row.replaced_by) if row.replaced_by else None,
        row.text,
    )
