"""The app `outgoing`."""

from __future__ import annotations

from django.apps import AppConfig


class OutgoingConfig(AppConfig):
    """Its name, for Django."""

    name = "portique.server.outgoing"
    label = "outgoing"
    default_auto_field = "django.db.models.BigAutoField"
