"""The app `api`."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Its name, for Django."""

    name = "portique.server.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
