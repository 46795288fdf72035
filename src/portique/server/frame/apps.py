"""The app `frame`."""

from __future__ import annotations

from django.apps import AppConfig


class FrameConfig(AppConfig):
    """Its name, for Django."""

    name = "portique.server.frame"
    label = "frame"
    default_auto_field = "django.db.models.BigAutoField"
