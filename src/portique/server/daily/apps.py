"""The app `daily`."""

from __future__ import annotations

from django.apps import AppConfig


class DailyConfig(AppConfig):
    """Its name, for Django."""

    name = "portique.server.daily"
    label = "daily"
    default_auto_field = "django.db.models.BigAutoField"
