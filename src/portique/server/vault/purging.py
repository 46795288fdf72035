"""What ends what: for each retention that a model declares, the code that erases its rows.

An app says so in its module `purges.py`, in a tuple `PURGES` made by three functions: `after` for
rows whose time runs from one of their own fields, `by` for everything else that is looked for each
hour, `at_once` for what is erased with an event and needs no looking for. A test goes through all
models and fails on a retention that nothing here ends.

The same module may hold `ENTRIES_ERASED` and `PEOPLE_ERASED`, functions that are told of erasures
in other apps, and `ERASED_AGAIN`, which say how a line of the list of erasures is done once more
on a database that was put back (`vault.erasures`).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, models
from django.utils.module_loading import module_has_submodule

from portique.core.localtime import local_day
from portique.core.values import from_ms, to_ms
from portique.school.rules import calendar_of
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from types import ModuleType
    from uuid import UUID

    from portique.core.charter import Retention

OURS = "portique.server."
PURGES, AGAIN = "purges", "ERASED_AGAIN"
Ended = tuple[type[models.Model], "Retention"]


@dataclass(frozen=True, slots=True)
class Purge:
    """What erases rows of some models, each with the retention that it ends.

    `run` does it for what is over at an instant; None: nothing is to be looked for, since it is
    erased when the event happens. `field` is the moment that the time of `after` runs from.
    """

    name: str
    ends: tuple[Ended, ...]
    run: Callable[[datetime], object] | None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """Persons who are being erased, the holder's numbers they had, and their passes' numbers."""

    persons: frozenset[UUID]
    holders: frozenset[str]
    passes: frozenset[str]


def after(model: type[models.Model], field: str, retention: Retention) -> Purge:
    """Erase rows once a retention that runs from one of their fields is over.

    Args:
        model: Whose rows.
        field: An instant, a date, or milliseconds since 1970; rows without one are kept.
        retention: As the model declares it.
    """

    def run(at: datetime) -> object:
        return model._base_manager.filter(over(model, field, retention, at)).delete()  # noqa: SLF001

    return Purge(f"{model._meta.label} {field}", ((model, retention),), run, field)  # noqa: SLF001


def by(run: Callable[[datetime], object], *ends: Ended) -> Purge:
    """Have a function look each hour for what is over."""
    return Purge(f"{run.__module__}.{run.__qualname__}", ends, run)


def at_once(*ends: Ended) -> Purge:
    """Say that rows are erased when the event happens: replaced, or deleted with another row."""
    return Purge("", ends, None)


def over(model: type[models.Model], field: str, retention: Retention, at: datetime) -> models.Q:
    """Return the condition on rows whose retention, from one of their fields on, is over."""
    since_ms = kept_since(retention, at)
    column = model._meta.get_field(field)  # noqa: SLF001
    limit: Any = since_ms
    if isinstance(column, models.DateTimeField):
        limit = from_ms(since_ms)
    elif isinstance(column, models.DateField):
        limit = local_day(since_ms, served_school().settings.time_zone)
    return models.Q(**{f"{field}__lt": limit})


def kept_since(retention: Retention, at: datetime) -> int:
    """Return the first instant, UTC ms, of which data is still kept.

    Raises:
        ConfigError: The school's calendar can't be read: then nothing says until when.
    """
    return retention.kept_since(to_ms(at), calendar_of(served_school()))


def fold() -> None:
    """Cut SQLite's write-ahead log to nothing: it still holds what was deleted."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def registered() -> tuple[Purge, ...]:
    """Return every purge of every app of the server."""
    return tuple(purge for app in _apps() for purge in getattr(app, "PURGES", ()))


def entries_erased(gate_id: str, epoch: int, ranges: Sequence[tuple[int, int]]) -> None:
    """Tell every app that bodies of a gate's entries are erased, within that transaction."""
    for told in _told("ENTRIES_ERASED"):
        told(gate_id, epoch, ranges)


def people_erased(gone: Gone) -> None:
    """Tell every app that persons are about to be erased, within that transaction."""
    for told in _told("PEOPLE_ERASED"):
        told(gone)


def again() -> dict[str, Callable[[Iterable[str]], object]]:
    """Return how lines of the list of erasures are done once more, by their first word."""
    return {word: act for app in _apps() for word, act in getattr(app, AGAIN, {}).items()}


def _told(name: str) -> Iterator[Callable[..., object]]:
    return (function for app in _apps() for function in getattr(app, name, ()))


def _apps() -> Iterator[ModuleType]:
    for app in apps.get_app_configs():
        if app.name.startswith(OURS) and module_has_submodule(app.module, PURGES):
            yield import_module(f"{app.name}.{PURGES}")
