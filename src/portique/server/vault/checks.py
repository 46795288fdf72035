"""The charter's check over every model: a field without its declaration stops the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.checks import Error

from portique.core.charter import Charter, check
from portique.server.vault.fields import SealedTextField
from portique.server.vault.others import OTHERS, UNREADABLE
from portique.server.words import spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.apps import AppConfig
    from django.core.checks import CheckMessage
    from django.db import models

    from portique.core.charter import FieldInfo

OURS = "portique.server."


def declared_fields() -> list[FieldInfo]:
    """List every column of the database and what is said of it."""
    return [info for model in _models() for info in _infos(model)]


def _models() -> Iterable[type[models.Model]]:
    return apps.get_models(include_auto_created=True)


def charter_check(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Return a fault for each field of which nothing is said, or nothing that can be."""
    _ = app_configs, kwargs
    return [
        Error(f"{fault.model}.{fault.field}: {spoken(fault.words())}", id="portique.E001")
        for fault in check(declared_fields())
    ]


def _infos(model: type[models.Model]) -> Iterable[FieldInfo]:
    name = model._meta.label  # noqa: SLF001 -- Django's own way to name a model
    said = getattr(model, "charter", None) or OTHERS.get(name, Charter())
    columns = {
        field.name: isinstance(field, SealedTextField) or f"{name}.{field.name}" in UNREADABLE
        for field in model._meta.concrete_fields  # noqa: SLF001
    }
    return said.infos(name, columns)
