"""What the whole school is doing: the posture that every lane follows.

Portique follows an alarm, it is no part of the fire safety system: doors are
released by hardware. A drill has the same posture as the real thing, so that
what is rehearsed is what would happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from portique.core.plain import Fields, Plain, Words

if TYPE_CHECKING:
    from collections.abc import Mapping


class Posture(StrEnum):
    """What the whole school is doing. Fire beats the others: see `strongest`."""

    NORMAL = "normal"
    SHELTER = "shelter"
    INTRUSION = "intrusion"
    EVACUATION = "evacuation"


TITLES: Mapping[Posture, Words] = {
    Posture.NORMAL: Words("situation normale", "normal"),
    Posture.SHELTER: Words("mise à l’abri", "shelter"),
    Posture.INTRUSION: Words("alerte intrusion", "intrusion alert"),
    Posture.EVACUATION: Words("évacuation", "evacuation"),
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """A posture, whether it is a drill, and when it began (UTC ms; 0 when normal)."""

    posture: Posture
    drill: bool
    since_ms: int

    def to_data(self) -> Plain:
        """Write as plain data: the knowledge's part `alarms`."""
        return {"posture": str(self.posture), "drill": self.drill, "since_ms": self.since_ms}

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "alarm") as fields:
            return cls(
                fields.choice("posture", Posture),
                fields.truth("drill"),
                fields.whole("since_ms", 0),
            )


CALM = Alarm(Posture.NORMAL, drill=False, since_ms=0)


def strongest(first: Alarm, second: Alarm) -> Alarm:
    """Return the alarm to follow when two sources differ.

    Fire > intrusion > shelter > normal, because an evacuation frees people;
    of one posture, the real thing before the drill.
    """
    order = list(Posture)
    return max(first, second, key=lambda alarm: (order.index(alarm.posture), not alarm.drill))
