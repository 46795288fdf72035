"""The app `school`."""

from __future__ import annotations

from django.apps import AppConfig


class SchoolConfig(AppConfig):
    """Its name, for Django."""

    name = "portique.server.school"
    label = "school"
    default_auto_field = "django.db.models.BigAutoField"
