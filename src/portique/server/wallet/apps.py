"""The app `wallet`."""

from __future__ import annotations

from django.apps import AppConfig


class WalletConfig(AppConfig):
    """Its name, for Django."""

    name = "portique.server.wallet"
    label = "wallet"
    default_auto_field = "django.db.models.BigAutoField"
