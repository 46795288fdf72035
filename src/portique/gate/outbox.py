"""What the server has acknowledged, epoch by epoch, and what it could not take.

Kept beside the journal and not in it: losing this file costs a second sending,
which the server discards; it never costs an entry. Nothing is removed from the
journal because of it before its retention ends.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from portique.core.errors import JournalError
from portique.gate.journal_values import SetAside
from portique.gate.private_files import write_durably

if TYPE_CHECKING:
    from pathlib import Path

WHY_CHARACTERS_MAX = 200


class Outbox:
    """Receipts and set-aside entries, replaced on disk as a whole at each change."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._acknowledged: dict[int, int] = {}
        self._set_aside: dict[tuple[int, int], SetAside] = {}
        self.unreadable = not self._load()

    def acknowledged(self, epoch: int) -> int:
        """Return up to which number the server has everything of an epoch; 0 for nothing."""
        return self._acknowledged.get(epoch, 0)

    def acknowledge(self, epoch: int, number: int, *, last: int) -> None:
        """Note a receipt for all entries up to `number`; an older receipt changes nothing.

        Raises:
            JournalError: The receipt is for an entry that was never made, or the disk refused.
        """
        if not 0 < number <= last:
            raise JournalError(
                f"a receipt for entry {number} of epoch {epoch}, which has {last}: "
                "the server speaks of another journal; nothing was removed"
            )
        if number > self.acknowledged(epoch):
            self._acknowledged[epoch] = number
            self._save()

    def rewind(self, epoch: int, number: int) -> None:
        """Take back what was acknowledged or set aside above `number`: the server lost it.

        Raises:
            JournalError: The disk refused.
        """
        self._acknowledged[epoch] = number
        for key in [key for key in self._set_aside if key[0] == epoch and key[1] > number]:
            del self._set_aside[key]
        self._save()

    def set_aside(self, entry: SetAside) -> None:
        """Keep out of the next sendings an entry that the server can't take.

        Raises:
            JournalError: The disk refused.
        """
        short = "".join(c for c in entry.why if c.isprintable())[:WHY_CHARACTERS_MAX]
        kept = SetAside(entry.epoch, entry.number, short, entry.at_ms)
        self._set_aside[(entry.epoch, entry.number)] = kept
        self._save()

    def is_set_aside(self, epoch: int, number: int) -> bool:
        """Say whether an entry was set aside."""
        return (epoch, number) in self._set_aside

    def entries_set_aside(self) -> tuple[SetAside, ...]:
        """List what was set aside, by epoch and number."""
        return tuple(self._set_aside[key] for key in sorted(self._set_aside))

    def epochs(self) -> set[int]:
        """List the epochs this file speaks of."""
        return self._acknowledged.keys() | {epoch for epoch, _ in self._set_aside}

    def forget(self, epoch: int) -> None:
        """Drop the state of an epoch whose file is gone."""
        self._acknowledged.pop(epoch, None)
        for key in [key for key in self._set_aside if key[0] == epoch]:
            del self._set_aside[key]
        self._save()

    def _load(self) -> bool:
        if not self._path.exists():
            return True
        try:
            self._read(json.loads(self._path.read_text("utf-8")))
        except (OSError, ValueError, TypeError, KeyError):
            self._acknowledged, self._set_aside = {}, {}
            return False
        return True

    def _read(self, state: Any) -> None:
        self._acknowledged = {int(e): int(n) for e, n in state["acknowledged"].items()}
        entries = [SetAside(int(e), int(n), str(w), int(t)) for e, n, w, t in state["set_aside"]]
        self._set_aside = {(each.epoch, each.number): each for each in entries}

    def _save(self) -> None:
        aside = [[s.epoch, s.number, s.why, s.at_ms] for s in self.entries_set_aside()]
        state = {"acknowledged": self._acknowledged, "set_aside": aside}
        try:
            write_durably(self._path, json.dumps(state, ensure_ascii=False).encode())
        except OSError as error:
            raise JournalError(
                f"the receipts can't be kept: {error.strerror}; they will be asked for again"
            ) from error
