"""What one holder may do, as the school knows it today.

Rights change without reprinting a pass and win over what was sealed in it.
They hold no name: a gate finds them by the holder's number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from portique.core.errors import KnowledgeError
from portique.core.plain import Fields, Plain, clock_text
from portique.core.values import Direction, HolderId, parse_hex_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portique.core.dayplans import DayPlan

GROUPS_MAX = 16
PERMISSIONS_MAX = 60
VISIT_ZONES_MAX = 20


@dataclass(frozen=True, slots=True)
class Permission:
    """A dated exception: somebody may enter or leave, whatever the hours and regime say.

    From `from_ms` until `until_ms` (excluded; None: for good), on `weekdays`
    (empty: every day), between the local minutes `opens` and `closes` (None:
    all day). `by` is a role, never a civil name. `reason` may be empty: a
    matter of health is nobody's business at the gate.
    """

    direction: Direction
    from_ms: int
    until_ms: int | None
    by: str
    reason: str = ""
    weekdays: tuple[int, ...] = ()
    opens: int | None = None
    closes: int | None = None

    def covers(self, direction: Direction, at_ms: int, plan: DayPlan) -> bool:
        """Say whether it allows this passage; `plan` is the day of `at_ms`."""
        return (
            self.direction is direction
            and self.from_ms <= at_ms
            and (self.until_ms is None or at_ms < self.until_ms)
            and (not self.weekdays or plan.day.isoweekday() in self.weekdays)
            and (self.opens is None or plan.local_ms(self.opens) <= at_ms)
            and (self.closes is None or at_ms < plan.local_ms(self.closes))
        )

    def begins_on(self, plan: DayPlan) -> int:
        """Return the first instant of the day from which it could allow anything."""
        opens_ms = plan.begins_ms if self.opens is None else plan.local_ms(self.opens)
        return max(self.from_ms, opens_ms)

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {
            "direction": str(self.direction),
            "from_ms": self.from_ms,
            "until_ms": self.until_ms,
            "by": self.by,
            "reason": self.reason,
            "weekdays": list(self.weekdays),
            "opens": None if self.opens is None else clock_text(self.opens),
            "closes": None if self.closes is None else clock_text(self.closes),
        }

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "permission") as fields:
            return cls(
                fields.choice("direction", Direction),
                fields.whole("from_ms", 0),
                fields.maybe("until_ms", fields.whole),
                fields.text("by"),
                fields.text("reason"),
                fields.weekdays("weekdays"),
                fields.maybe("opens", fields.clock),
                fields.maybe("closes", fields.clock),
            )


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a visitor is expected and when: `from_ms <= instant < until_ms`."""

    zones: tuple[str, ...]
    from_ms: int
    until_ms: int

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {"zones": list(self.zones), "from_ms": self.from_ms, "until_ms": self.until_ms}

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "visit") as fields:
            return cls(
                fields.texts("zones", VISIT_ZONES_MAX),
                fields.whole("from_ms", 0),
                fields.whole("until_ms", 0),
            )


@dataclass(frozen=True, slots=True)
class Rights:
    """What the school knows of one holder.

    `label` and `regime` may be empty: then the sealed ones serve. `meal_days`
    are the ISO weekdays on which a half-boarder eats at school; `boarder`
    makes the week the period of supervision.

    Raises:
        KnowledgeError: More than 16 groups.
    """

    groups: tuple[str, ...] = ()
    label: str = ""
    regime: str = ""
    meal_days: tuple[int, ...] = ()
    boarder: bool = False
    permissions: tuple[Permission, ...] = ()
    visit: Visit | None = None

    def __post_init__(self) -> None:
        """Keep the list of groups within its limit."""
        if len(self.groups) > GROUPS_MAX:
            raise KnowledgeError(f"a holder has {len(self.groups)} groups, more than {GROUPS_MAX}")

    def permission(self, direction: Direction, at_ms: int, plan: DayPlan) -> Permission | None:
        """Return the first permission that allows this passage."""
        covering = (p for p in self.permissions if p.covers(direction, at_ms, plan))
        return next(covering, None)

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {
            "groups": list(self.groups),
            "label": self.label,
            "regime": self.regime,
            "meal_days": list(self.meal_days),
            "boarder": self.boarder,
            "permissions": [permission.to_data() for permission in self.permissions],
            "visit": self.visit.to_data() if self.visit else None,
        }

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "rights") as fields:
            permissions = fields.rows("permissions", PERMISSIONS_MAX)
            visit = fields.maybe("visit", fields.map)
            return cls(
                fields.texts("groups"),
                fields.text("label"),
                fields.text("regime"),
                fields.weekdays("meal_days"),
                fields.truth("boarder"),
                tuple(Permission.from_data(row) for row in permissions),
                None if visit is None else Visit.from_data(visit),
            )


UNKNOWN = Rights()
"""Of a holder the school said nothing about: no groups, no regime, no exception."""


def write_rights(book: Mapping[HolderId, Rights]) -> Plain:
    """Write everybody's rights as plain data: the knowledge's part `rights`."""
    return {str(holder): rights.to_data() for holder, rights in sorted(book.items())}


def read_rights(data: Plain) -> dict[HolderId, Rights]:
    """Read everybody's rights back.

    Raises:
        KnowledgeError: See `Fields`; or a holder's number that isn't one.
    """
    if not isinstance(data, dict):
        raise KnowledgeError("rights: a map was expected")
    return {_holder(holder): Rights.from_data(rights) for holder, rights in data.items()}


def _holder(text: Plain) -> HolderId:
    try:
        parse_hex_id(text)
    except (TypeError, ValueError) as error:
        raise KnowledgeError("rights: a holder's number that isn't one") from error
    return HolderId(text)
