"""The whole database as rows, table by table, the same on SQLite and PostgreSQL.

Columns travel as they are stored: what is sealed stays sealed, and opens with the school's identity
key alone, which no copy holds.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management.color import no_style
from django.db import connection, transaction

from portique.server.vault.fields import SealedTextField, as_sealed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import Field, Model

BATCH = 500
# Sessions end with a restore: whoever was signed in signs in again. A message to a guardian that
# waits in a copy may have been sent since, and so may an event for a program: none comes back.
LEFT_OUT = frozenset(
    {
        *(Session._meta.label, ContentType._meta.label, "auth.Permission"),  # noqa: SLF001
        *("daily.GuardianMessage", "outgoing.Delivery", "outgoing.Watch"),
    }
)


def tables() -> list[type[Model]]:
    """Return the models whose rows are copied, in an order that suits foreign keys."""
    every = apps.get_models(include_auto_created=True)
    kept = [model for model in every if model._meta.label not in LEFT_OUT]  # noqa: SLF001
    return sorted(kept, key=lambda model: (_depth(model), model._meta.label))  # noqa: SLF001


def _depth(model: type[Model], seen: frozenset[type[Model]] = frozenset()) -> int:
    """Return how many tables a row of this one may lean on, one behind the other."""
    leans_on = {
        field.related_model
        for field in model._meta.concrete_fields  # noqa: SLF001
        if field.is_relation and isinstance(field.related_model, type)
    }
    others = leans_on - seen - {model}
    return 1 + max((_depth(other, seen | {model}) for other in others), default=0)


@contextmanager
def snapshot() -> Iterator[None]:
    """Read the database as it is at one instant, while others go on writing.

    Django's own transactions would take SQLite's write lock.
    """
    if connection.in_atomic_block:
        yield
        return
    repeatable = " ISOLATION LEVEL REPEATABLE READ READ ONLY"
    with connection.cursor() as cursor:
        cursor.execute("BEGIN" + (repeatable if connection.vendor == "postgresql" else ""))
        try:
            yield
        finally:
            cursor.execute("COMMIT")


def read(model: type[Model]) -> Iterator[list[Any]]:
    """Go through the rows of a table, each in the order of `columns`."""
    rows = model._base_manager.order_by("pk").values_list(*columns(model))  # noqa: SLF001
    for row in rows.iterator(chunk_size=BATCH):
        yield [bytes(value) if isinstance(value, memoryview) else value for value in row]


def columns(model: type[Model]) -> list[str]:
    """Name the columns of a table."""
    return [field.attname for field in _fields(model)]


def _fields(model: type[Model]) -> list[Field[Any, Any]]:
    return list(model._meta.concrete_fields)  # noqa: SLF001


def write(model: type[Model], rows: Iterable[list[Any]]) -> int:
    """Put rows into an empty table as they were; return how many."""
    fields, quote = _fields(model), connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608, SLF001 -- names of our own models
    count = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for row in rows:
            cursor.execute(statement, [_stored(f, v) for f, v in zip(fields, row, strict=True)])
            count += 1
    return count


def _stored(field: Field[Any, Any], value: Any) -> Any:
    if isinstance(field, SealedTextField):
        value = as_sealed(value)
    return field.get_db_prep_save(value, connection)


def go_on_counting(models: Iterable[type[Model]]) -> None:
    """Have PostgreSQL number new rows after those that were put back."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)
