"""The app `accounts`."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Its name, for Django."""

    name = "portique.server.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
