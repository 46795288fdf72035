"""Statements of the busiest calls, written out: Django takes ten times as long to build one.

Columns are named as fields are. Values go to the database as they are: texts, whole numbers,
bytes.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import Model

    Rows = TypeVar("Rows", bound=Model)


def read(
    model: type[Model], names: Sequence[str], condition: str, *values: object
) -> list[tuple[Any, ...]]:
    """Return columns of the rows that fulfil a condition.

    Args:
        model: Whose rows.
        names: Its columns.
        condition: What stands behind WHERE, with `%s` for each value.
        values: The values; a tuple stands for its items, one at least: `name IN %s`.
    """
    sql, flat = _written(model, ", ".join(names), condition, values)
    with connection.cursor() as cursor:
        cursor.execute(sql, flat)
        return list(cursor.fetchall())


def load(model: type[Rows], condition: str, *values: object) -> list[Rows]:
    """Return the rows that fulfil a condition, see `read`."""
    return list(model._default_manager.raw(*_written(model, "*", condition, values)))  # noqa: SLF001


def _written(
    model: type[Model], columns: str, condition: str, values: Sequence[object]
) -> tuple[str, list[Any]]:
    several = [value if isinstance(value, tuple) else None for value in values]
    marks = ["%s" if each is None else f"({', '.join(['%s'] * len(each))})" for each in several]
    flat: list[Any] = [
        one for value in values for one in (value if isinstance(value, tuple) else (value,))
    ]
    table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - public by its docs
    return f"SELECT {columns} FROM {table} WHERE {condition % tuple(marks)}", flat  # noqa: S608


def insert(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[object]]) -> list[Any]:
    """Write rows that are new; return their keys, in the same order.

    Args:
        model: Whose rows; the database draws their keys.
        names: Its columns.
        rows: Their values; some thousands at most, for SQLite takes 32,766 values at once.
    """
    if not rows:
        return []
    meta, quote = model._meta, connection.ops.quote_name  # noqa: SLF001 - public by its docs
    known = {each.column: each for each in meta.concrete_fields}
    values: list[Any]
    if connection.vendor == "postgresql":  # one list for each column: a text that never changes
        lists = ", ".join(f"%s::{known[name].db_type(connection)}[]" for name in names)
        taken = f"SELECT * FROM UNNEST({lists})"  # noqa: S608 - our own names
        values = [list(each) for each in zip(*rows, strict=True)]
    else:
        marks = f"({', '.join(['%s'] * len(names))})"
        taken, values = f"VALUES {', '.join([marks] * len(rows))}", list(chain.from_iterable(rows))
    columns, key = ", ".join(map(quote, names)), quote(str(meta.pk.column))
    sql = f"INSERT INTO {quote(meta.db_table)} ({columns}) {taken} RETURNING {key}"
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [key for (key,) in cursor.fetchall()]


def update_each(rows: Sequence[Model], names: Sequence[str], *, newest_by: str = "") -> None:
    """Write fields of rows that are there, by one prepared statement.

    Django's `bulk_update` makes one long condition of it, which costs more than the rows.

    Args:
        rows: All of one model.
        names: The fields.
        newest_by: A field: a row that has a greater one already was written later, and stays.
    """
    if not rows:
        return
    meta, quote = type(rows[0])._meta, connection.ops.quote_name  # noqa: SLF001 - public by its docs
    known = {each.name: each for each in meta.concrete_fields}
    fields = [known[name] for name in names]
    keys = [each for each in meta.concrete_fields if each.primary_key]
    ordered = [known[newest_by]] if newest_by else []
    columns = ", ".join(f"{quote(str(each.column))} = %s" for each in fields)
    key = quote(str(keys[0].column))
    later = "".join(f" AND {quote(str(each.column))} <= %s" for each in ordered)
    table = quote(meta.db_table)
    sql = f"UPDATE {table} SET {columns} WHERE {key} = %s{later}"  # noqa: S608 - our own names
    values = [
        [
            each.get_db_prep_save(getattr(row, each.attname), connection)
            for each in (*fields, *keys, *ordered)
        ]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)
