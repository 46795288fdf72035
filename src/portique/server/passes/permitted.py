"""Permissions in words: when each holds, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.core.plain import clock_text
from portique.core.values import from_ms
from portique.server.passes.words import WAYS, WEEKDAYS
from portique.server.school.house import served_school
from portique.server.words import spoken

if TYPE_CHECKING:
    from datetime import date

    from portique.core.plain import Words
    from portique.server.passes.queries import PermissionRow


@dataclass(frozen=True, slots=True)
class Permitted:
    """A permission as pages say it; `last` None: until further notice."""

    way: Words
    first: date
    last: date | None
    days: str
    opens: str | None
    closes: str | None


def told(row: PermissionRow) -> Permitted:
    """Say when a permission holds."""
    held, zone = row.permission, served_school().settings.zone
    return Permitted(
        WAYS[held.direction],
        from_ms(held.from_ms).astimezone(zone).date(),
        None if held.until_ms is None else from_ms(held.until_ms - 1).astimezone(zone).date(),
        ", ".join(spoken(WEEKDAYS[day - 1]) for day in held.weekdays),
        None if held.opens is None else clock_text(held.opens),
        None if held.closes is None else clock_text(held.closes),
    )
