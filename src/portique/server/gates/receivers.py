"""Who is told of newly filed entries, alarms and failures, in the transaction that keeps them.

An app registers in its `AppConfig.ready`: `receivers.register(record)`. So gates know nothing of
who reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portique.core.entries import Body
    from portique.server.gates.models import Alarm, Epoch, Gate


class Filed(NamedTuple):
    """An entry that was just stored: number, time (UTC ms), body, and the key of its row."""

    number: int
    time_ms: int
    body: Body
    key: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """What was new of one gate's filing and could be read, in the order of its numbers."""

    gate: Gate
    epoch: Epoch
    filed: Sequence[Filed]


class Receiver(Protocol):
    """Takes up what gates filed at the same time, each entry once."""

    def __call__(self, parcels: Sequence[Parcel]) -> None:
        """Take them up, or raise and be given each parcel alone, then each entry."""
        ...


class AlarmReceiver(Protocol):
    """Is told of an alarm that was raised, and again once somebody saw to it (`seen_at`)."""

    def __call__(self, alarm: Alarm) -> None:
        """Take it up, within the transaction that writes it."""
        ...


class FailureReceiver(Protocol):
    """Is told that something at a gate's lane no longer works, or works again: a code of each."""

    def __call__(self, gate: Gate, failing: Sequence[str], working: Sequence[str]) -> None:
        """Take it up, within the transaction that writes it."""
        ...


RECEIVERS: list[Receiver] = []
ALARM_RECEIVERS: list[AlarmReceiver] = []
FAILURE_RECEIVERS: list[FailureReceiver] = []


def register(receiver: Receiver) -> None:
    """Tell a receiver of everything that is filed from now on. May be repeated."""
    if receiver not in RECEIVERS:
        RECEIVERS.append(receiver)


def register_for_alarms(receiver: AlarmReceiver) -> None:
    """Tell a receiver of every alarm from now on. May be repeated."""
    if receiver not in ALARM_RECEIVERS:
        ALARM_RECEIVERS.append(receiver)


def register_for_failures(receiver: FailureReceiver) -> None:
    """Tell a receiver of every failure at a lane from now on, and of its end. May be repeated."""
    if receiver not in FAILURE_RECEIVERS:
        FAILURE_RECEIVERS.append(receiver)
