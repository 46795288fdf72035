"""Which entries of a file concern people, and where bodies are left, as ranges of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.entries import EntryKind
from portique.core.entries_fields import RANGES_MAX
from portique.gate import journal_schema as schema
from portique.gate.journal_file import NEVER_ERASED_SQL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portique.gate.journal_values import Connection

# Whoever passed, and the aliases of the agents who answered, opened a lane or ended an alarm.
PERSONAL = frozenset(
    {
        EntryKind.DECISION,
        EntryKind.RULING,
        EntryKind.PASSAGE,
        EntryKind.MANUAL_ADMISSION,
        EntryKind.MODE,
        EntryKind.ALARM,
    }
)
_PERSONAL_SQL = ", ".join(f"x'{kind:02x}'" for kind in sorted(PERSONAL))

Ranges = tuple[tuple[int, int], ...]


def personal_before(connection: Connection, before_ms: int) -> Ranges:
    """Return what concerns people, is older than `before_ms` and has its body.

    Raises:
        sqlite3.Error: The file can't be read to its end.
    """
    found = connection.execute(
        "SELECT number FROM entry WHERE time_ms < ? AND body IS NOT NULL "  # noqa: S608 - constants
        f"AND {schema.KIND_SQL} IN ({_PERSONAL_SQL}) ORDER BY number",
        (before_ms,),
    )
    return as_ranges(number for (number,) in found)


def bodies_left(connection: Connection, named: Iterable[tuple[int, int]]) -> Ranges:
    """Return which of the named entries have their bodies, save those never erased.

    Raises:
        sqlite3.Error: The file can't be read to its end.
    """
    left: list[int] = []
    for pair in named:
        found = connection.execute(
            "SELECT number FROM entry WHERE number BETWEEN ? AND ? "  # noqa: S608 - constants
            f"AND body IS NOT NULL AND {schema.KIND_SQL} NOT IN ({NEVER_ERASED_SQL})",
            pair,
        )
        left += [number for (number,) in found]
    return as_ranges(left)


def as_ranges(numbers: Iterable[int]) -> Ranges:
    """Fold numbers into ranges that rise and never touch."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if ranges and ranges[-1][1] + 1 == number:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return tuple(ranges)


def parts(ranges: Ranges) -> list[Ranges]:
    """Cut ranges into as many as one order may name."""
    return [ranges[at : at + RANGES_MAX] for at in range(0, len(ranges), RANGES_MAX)]
