"""Makes a row of any model, from its fields alone: new models need nothing of their own here."""

import uuid
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

from django.db import models

from portique.core.localtime import local_day
from portique.core.values import to_ms
from portique.server.clock import now
from portique.server.vault.fields import SealedTextField

_numbers = count(1)
VALUES: dict[Any, Callable[[], Any]] = {  # a date's after an instant's, which is a date too
    SealedTextField: lambda: "x",  # before the plain bytes, which it is too
    models.BinaryField: lambda: b"x",
    models.BooleanField: bool,
    models.JSONField: dict,
    models.UUIDField: uuid.uuid4,
    models.DateTimeField: now,
    models.DateField: lambda: now().date(),
    models.IntegerField: lambda: next(_numbers),
}


def row_of(model: type[models.Model], **given: Any) -> models.Model:
    """Make a row, and those it leans on; what isn't given is whatever the field allows."""
    made = model(**{field.name: _value(field) for field in _needed(model, given)}, **given)
    made.save(force_insert=True)
    return made


def at_of(model: type[models.Model], field: str, at: datetime) -> Any:
    """Write an instant as a field holds it."""
    column = model._meta.get_field(field)
    if isinstance(column, models.DateTimeField):
        return at
    return local_day(to_ms(at), "Europe/Paris") if _is_date(column) else to_ms(at)


def _is_date(field: Any) -> bool:
    return isinstance(field, models.DateField)


def _needed(model: type[models.Model], given: dict[str, Any]) -> list[Any]:
    return [
        field
        for field in model._meta.concrete_fields
        if field.name not in given and not (field.null or field.has_default() or _drawn(field))
    ]


def _drawn(field: Any) -> bool:
    return isinstance(field, models.AutoField | models.BigAutoField) or getattr(
        field, "auto_now_add", False
    )


def _value(field: Any) -> Any:
    if isinstance(field, models.ForeignKey):  # a one-to-one is one
        return row_of(field.related_model)
    made = next((make for kind, make in VALUES.items() if isinstance(field, kind)), None)
    return made() if made else f"{next(_numbers):016x}"[-(field.max_length or 16) :]
