"""The app `gates`."""

from __future__ import annotations

from django.apps import AppConfig


class GatesConfig(AppConfig):
    """Its name, for Django."""

    name = "portique.server.gates"
    label = "gates"
    default_auto_field = "django.db.models.BigAutoField"
