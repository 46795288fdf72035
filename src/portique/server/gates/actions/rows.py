"""Rows that change together, each to its own values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import Model


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
