"""The app `holders`."""

from __future__ import annotations

from django.apps import AppConfig


class HoldersConfig(AppConfig):
    """Its name, for Django."""

    name = "portique.server.holders"
    label = "holders"
    default_auto_field = "django.db.models.BigAutoField"
