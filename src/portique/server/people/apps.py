"""The app `people`."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Its name, for Django."""

    name = "portique.server.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
