"""The register of issued passes: which ids and indexes exist, and whether they still count.

Names are not in it: the text of a pass holds them sealed. What a register is, whatever keeps it:
a file of the school's folder (`register_file`) or the server's database.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portique.core.errors import RegisterError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from portique.core.daylists import Listed
    from portique.core.revocation import Status
    from portique.core.values import HolderId, Kind, PassId

FIRST_LENGTH = 4096
FIRST_EPOCH = 1


@dataclass(frozen=True, slots=True)
class Issued:
    """One line of the register."""

    pass_id: PassId
    holder: HolderId
    kind: Kind
    status_index: int
    status: Status
    issued_ms: int
    expires_ms: int
    replaced_by: PassId | None
    text: str


@dataclass(frozen=True, slots=True)
class EnrolledGate:
    """A gate the school prepared: its lane and public key."""

    gate_id: str
    lane: str
    x: bytes
    y: bytes


class Register(ABC):
    """The school's own list of what it issued, to whom it gives which rights, and its gates.

    A confirmed change survives a power cut.
    """

    @abstractmethod
    def close(self) -> None:
        """Let go of what keeps it."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Apply everything inside, or nothing; inside another one, together with it."""

    # --- passes ---

    @abstractmethod
    def add(self, issued: Issued) -> None:
        """Write a new pass."""

    @abstractmethod
    def get(self, pass_id: PassId) -> Issued:
        """Find one pass.

        Raises:
            RegisterError: The school never issued it.
        """

    @abstractmethod
    def beginning(self, digits: str) -> list[Issued]:
        """Return the passes whose number begins so, by number."""

    def find(self, digits: str) -> Issued:
        """Find the one pass whose number begins with `digits`, hexadecimal, as a card shows them.

        Raises:
            RegisterError: The school issued none, or several.
        """
        found = self.beginning(digits)
        if not found:
            raise RegisterError(f"the school issued no pass {digits}; check the digits")
        if len(found) > 1:
            numbers = ", ".join(issued.pass_id for issued in found)
            raise RegisterError(f"{len(found)} passes begin so, give all digits of one: {numbers}")
        return found[0]

    @abstractmethod
    def all(self) -> list[Issued]:
        """Return every pass, oldest first; those of one table in its order."""

    @abstractmethod
    def latest(self) -> Issued | None:
        """Return the pass issued last of those not revoked, None when there is none."""

    def set_status(self, pass_id: PassId, status: Status) -> None:
        """Change what the status list will say of a pass.

        Raises:
            RegisterError: Never issued, or revoked already: that is final.
        """
        self.get(pass_id)
        if not self._write_status(pass_id, status):
            raise RegisterError(f"pass {pass_id} is revoked, which is final; issue a new one")
        self._write_status(pass_id, status)

    @abstractmethod
    def _write_status(self, pass_id: PassId, status: Status) -> bool:
        """Write it in one statement, unless the pass is revoked; return whether it was written.

        Looking first and writing afterwards would undo a revocation that came between.
        """

    @abstractmethod
    def link(self, pass_id: PassId, successor: PassId) -> None:
        """Remember which pass took the place of another."""

    @abstractmethod
    def statuses(self) -> dict[int, Status]:
        """Return what the status list says, by index."""

    def badges(self) -> dict[bytes, str]:
        """Return the texts of the passes that badges stand for, by digest; files keep none."""
        return {}

    def listed_on(self, at: datetime) -> list[Listed]:
        """Return who may have forgotten their card that day, as an agent looks for them.

        By class and name; a folder of files knows people by their passes only, and lists nobody.
        """
        _ = at
        return []

    # --- the status list's indexes ---

    @abstractmethod
    def count(self) -> int:
        """Return how many passes were issued."""

    @abstractmethod
    def has_index(self, index: int) -> bool:
        """Say whether an index is somebody's."""

    @property
    def list_length(self) -> int:
        """How many indexes the list has; a power of two, at most half in use."""
        used, length = self.count(), FIRST_LENGTH
        while length < 2 * used + 2:
            length *= 2
        return length

    def free_index(self, entropy: Iterable[bytes]) -> int:
        """Draw an index nobody has; `entropy` yields 4 random bytes at a time."""
        length = self.list_length
        for random in entropy:
            index = int.from_bytes(random, "big") % length
            if not self.has_index(index):
                return index
        raise AssertionError("entropy ended before a free index was found")

    # --- rights, gates, counters ---

    @abstractmethod
    def set_rights(self, holder: HolderId, data: object) -> None:
        """Store a holder's rights (plain data)."""

    @abstractmethod
    def rights(self) -> dict[HolderId, Any]:
        """Return all rights as plain data, by holder."""

    @abstractmethod
    def add_gate(self, gate: EnrolledGate) -> None:
        """Remember a gate's public key, so that knowledge can be wrapped to it."""

    @abstractmethod
    def gates(self) -> list[EnrolledGate]:
        """Return the enrolled gates."""

    @abstractmethod
    def remove_gate(self, gate_id: str) -> None:
        """Stop wrapping keys for a gate: it learns nothing new.

        Raises:
            RegisterError: No such gate.
        """

    def knowledge_epoch(self) -> int:
        """Return the epoch that knowledge is of: the first, but for a restored server's."""
        return FIRST_EPOCH

    @abstractmethod
    def next_number(self, name: str) -> int:
        """Count one up and return the new value, durably."""
