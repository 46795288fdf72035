"""The shares of random checks a school decides, lane by lane; they count from the next day on.

Whoever could change a share for the very next showing could have somebody checked, or spared, as
they come. So a share always has a first day, and none that is decided today begins today.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from portique.core.checks import ALL
from portique.core.errors import ConfigError, KnowledgeError
from portique.core.plain import CODE, Fields
from portique.core.zones import LANES_MAX

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from portique.school.house import School

CHECKS = "checks.json"
STEPS_MAX = 2  # the share that counts, and the one to come


@dataclass(frozen=True, slots=True)
class Step:
    """A lane's share, in thousandths, from a day on."""

    first: date
    share: int

    def to_data(self) -> dict[str, Any]:
        """Write as plain data."""
        return {"first": self.first.isoformat(), "share": self.share}

    @classmethod
    def from_data(cls, data: object) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "checks") as fields:
            return cls(fields.day("first"), fields.whole("share", 0, ALL))


Shares = dict[str, tuple[Step, ...]]


def shares_of(school: School) -> Shares:
    """Read what was decided, by lane; a lane that is missing was never decided on.

    Raises:
        ConfigError: The file is no table of shares; names the key.
    """
    data = school.read_data(CHECKS)
    try:
        return {} if data is None else read_shares(data)
    except KnowledgeError as error:
        raise ConfigError(f"{school.path / CHECKS}: {error}") from error


def read_shares(data: object) -> Shares:
    """Read a table of shares; see `Fields` for what it raises."""
    if not isinstance(data, dict):
        raise KnowledgeError("checks: a map of lanes was expected")
    if len(data) > LANES_MAX:
        told = f"checks: {len(data)} lanes, more than {LANES_MAX}; remove those not in zones.json"
        raise KnowledgeError(told)
    with Fields(data, "checks") as fields:
        return {
            _lane(lane): tuple(Step.from_data(row) for row in fields.rows(lane, STEPS_MAX))
            for lane in data
        }


def _lane(name: str) -> str:
    """Return a lane's name if it is one: with another, gates would refuse all they are told."""
    if not CODE.fullmatch(name):
        told = f"checks: {name[:40]!r} is no lane's name; write the lane as zones.json names it"
        raise KnowledgeError(told)
    return name


def write_shares(school: School, shares: Shares) -> None:
    """Write `checks.json`."""
    written = {lane: [step.to_data() for step in steps] for lane, steps in shares.items()}
    school.write_data(CHECKS, written)


def share_on(steps: tuple[Step, ...], day: date) -> int | None:
    """Return the share that counts on a day; None: none was decided by then."""
    begun = [step for step in steps if step.first <= day]
    return max(begun, key=lambda step: step.first).share if begun else None


def shares_on(shares: Shares, day: date) -> dict[str, int]:
    """Return what gates are told on a day: the lanes whose share counts by then."""
    told = {lane: share_on(steps, day) for lane, steps in shares.items()}
    return {lane: share for lane, share in told.items() if share is not None}


def decided(shares: Shares, chosen: Mapping[str, int], today: date) -> Shares:
    """Return the shares once some were chosen today: those count from tomorrow on."""
    tomorrow = today + timedelta(days=1)
    return shares | {
        lane: _then(shares.get(lane, ()), Step(tomorrow, share), today)
        for lane, share in chosen.items()
    }


def _then(steps: tuple[Step, ...], step: Step, today: date) -> tuple[Step, ...]:
    now = share_on(steps, today)
    counting = () if now is None else (Step(today, now),)
    return (*counting, step) if step.share != now else counting
