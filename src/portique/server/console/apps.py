"""The app `console`."""

from __future__ import annotations

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Its name, for Django."""

    name = "portique.server.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"
