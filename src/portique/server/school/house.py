"""The school as the server holds it: keys and settings in its folder, the rest in the database."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from portique.core.errors import EnvironmentProblem
from portique.school import keys
from portique.school.folder import KEYS, SETTINGS, read_settings
from portique.server.passes.register import DatabaseRegister
from portique.server.school.models import Rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from portique.school.folder import Settings
    from portique.school.keys import KeyStore


class ServedSchool:
    """A school whose register and rules are in the server's database."""

    def __init__(self, path: Path, settings: Settings, store: KeyStore) -> None:
        self.path = path
        self.settings = settings
        self.keys = store
        self.register = DatabaseRegister()

    def read_data(self, name: str) -> Any:
        """Return rules as plain data, None when there are none of that name."""
        rows = Rules.objects.filter(name=name).values_list("data", flat=True)
        return next(iter(rows), None)  # `first` would sort: half as long again, in every filing

    def write_data(self, name: str, data: object) -> None:
        """Replace rules, whole or not at all."""
        Rules.objects.update_or_create(name=name, defaults={"data": data})

    def roll_keys(self, *, year: int, entropy: Callable[[int], bytes]) -> None:
        """Start a school year: new issuing and name keys; older ones keep verifying."""
        keys.roll(self.path / KEYS, year=year, entropy=entropy)
        self.keys = keys.load(self.path / KEYS)

    def close(self) -> None:
        """Leave the connection to Django."""


def served_school() -> ServedSchool:
    """Return the school that this process serves.

    Raises:
        EnvironmentProblem: None is, or its keys or settings can't be read.
    """
    path: Path | None = settings.PORTIQUE_SCHOOL
    if path is None:
        raise EnvironmentProblem("no school is served: set PORTIQUE_SCHOOL to its folder")
    return _opened(path, _changed_ns(path / KEYS), _changed_ns(path / SETTINGS))


def _changed_ns(path: Path) -> int:
    """Return when a file or folder was changed, 0 for one that is missing: reading it says so."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=4)
def _opened(path: Path, *changed_ns: int) -> ServedSchool:
    """Read a school once for each state of its keys and settings, whoever changed them."""
    _ = changed_ns
    return ServedSchool(path, read_settings(path), keys.load(path / KEYS))


def forget() -> None:
    """Read keys and settings anew when they are next asked for: they were just changed."""
    _opened.cache_clear()
