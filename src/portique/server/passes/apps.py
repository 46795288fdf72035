"""The app `passes`."""

from __future__ import annotations

from django.apps import AppConfig


class PassesConfig(AppConfig):
    """Its name, for Django."""

    name = "portique.server.passes"
    label = "passes"
    default_auto_field = "django.db.models.BigAutoField"
