"""Who is told of newly filed entries and of alarms, in the transaction that keeps them.

An app registers in its `AppConfig.ready`: `receivers.register(record)`. So gates know nothing of
who reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portique.core.entries import Body
    from portique.server.gates.models import Alarm

    Filed = tuple[int, int, Body]  # an entry's number, time (UTC ms) and body


class Receiver(Protocol):
    """Takes up entries of one epoch of a gate, each once."""

    def __call__(self, gate_id: str, epoch: int, filed: Sequence[Filed]) -> None:
        """Take them up, or raise and be given them one by one."""
        ...


class AlarmReceiver(Protocol):
    """Is told of an alarm that was raised, and again once somebody saw to it (`seen_at`)."""

    def __call__(self, alarm: Alarm) -> None:
        """Take it up, within the transaction that writes it."""
        ...


RECEIVERS: list[Receiver] = []
ALARM_RECEIVERS: list[AlarmReceiver] = []


def register(receiver: Receiver) -> None:
    """Tell a receiver of everything that is filed from now on. May be repeated."""
    if receiver not in RECEIVERS:
        RECEIVERS.append(receiver)


def register_for_alarms(receiver: AlarmReceiver) -> None:
    """Tell a receiver of every alarm from now on. May be repeated."""
    if receiver not in ALARM_RECEIVERS:
        ALARM_RECEIVERS.append(receiver)
