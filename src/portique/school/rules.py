"""The school's rules as files a person can edit: zones, calendar, exit regimes."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from portique.core.calendars import Calendar, Days, Opening
from portique.core.errors import ConfigError, EnvironmentProblem, KnowledgeError
from portique.core.exits import BUILT_IN, read_regimes, write_regimes
from portique.core.timetables import Change, Lesson
from portique.core.zones import Site
from portique.school.folder import CALENDAR, ZONES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeVar

    from portique.core.exits import ExitRegime
    from portique.school.house import School

    Read = TypeVar("Read")

REGIMES = "regimes.json"
LISTS = (  # of calendar.json: where each is, and what reads one of its rows
    ("school_days", "terms", Days),
    ("school_days", "holidays", Days),
    ("", "openings", Opening),
    ("timetable", "lessons", Lesson),
    ("timetable", "changes", Change),
)


def write_calendar(school: School, calendar: Calendar) -> None:
    """Write `calendar.json`."""
    school.write_data(CALENDAR, calendar.to_data())


def write_regimes_file(school: School, regimes: Iterable[ExitRegime]) -> None:
    """Write `regimes.json`."""
    school.write_data(REGIMES, write_regimes(regimes))


def write_site(school: School, site: Site) -> None:
    """Write `zones.json`."""
    school.write_data(ZONES, site.to_data())


def calendar_of(school: School) -> Calendar:
    """Read the calendar.

    Raises:
        ConfigError: The file isn't a calendar, or opens a zone the school hasn't; names the row
            and the key.
        EnvironmentProblem: There is no file.
    """
    calendar = _there(school, CALENDAR, _read(school, CALENDAR, _calendar))
    zones = [zone.name for zone in site_of(school).zones]
    for number, opening in enumerate(calendar.openings, 1):
        if opening.zone not in zones:
            raise ConfigError(
                f"{school.path / CALENDAR}: opening {number} ({opening.title}) is for the zone "
                f"{opening.zone}, which {ZONES} hasn't: it has {', '.join(zones)}"
            )
    return calendar


def _calendar(data: Any) -> Calendar:
    """Read a calendar; of a row that is wrong, say which."""
    try:
        return Calendar.from_data(data)
    except KnowledgeError:
        _check_rows(data)
        raise


def _check_rows(data: Any) -> None:
    """Raise for the first row that is wrong by itself, naming it as a person finds it."""
    for part, name, kind in LISTS:
        held = data.get(part) if part and isinstance(data, dict) else data
        rows = held.get(name) if isinstance(held, dict) else None
        for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
            try:
                kind.from_data(row)
            except KnowledgeError as error:
                title = row.get("title") or row.get("group") if isinstance(row, dict) else None
                called = f" ({title:.40})" if isinstance(title, str) else ""
                raise KnowledgeError(f"{name}, number {number}{called}: {error}") from error


def regimes_of(school: School) -> dict[str, ExitRegime]:
    """Read the exit regimes, by code; the usual ones when there is no file.

    Raises:
        ConfigError: The file isn't a list of regimes; names the key.
    """
    regimes = _read(school, REGIMES, read_regimes)
    # A school that emptied the list wants none: every exit is then an agent's question.
    return {r.code: r for r in BUILT_IN} if regimes is None else regimes


def site_of(school: School) -> Site:
    """Read the zones and lanes.

    Raises:
        ConfigError: The file isn't a site; names the key.
        EnvironmentProblem: There is no file.
    """
    return _there(school, ZONES, _read(school, ZONES, lambda data: _site(json.dumps(data))))


@lru_cache(maxsize=4)
def _site(text: str) -> Site:
    """Read a site once: each filing of a gate asks for it, and it hardly ever changes."""
    return Site.from_data(json.loads(text))


def _there(school: School, name: str, read: Read | None) -> Read:
    """Return what a file holds that every school has: another's hours could open to anybody."""
    if read is None:
        raise EnvironmentProblem(f"{school.path / name} is missing; restore it from the backup")
    return read


def _read(school: School, name: str, read: Callable[[Any], Read]) -> Read | None:
    data = school.read_data(name)
    if data is None:
        return None
    try:
        return read(data)
    except KnowledgeError as error:
        raise ConfigError(f"{school.path / name}: {error}") from error
