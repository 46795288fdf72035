"""The vault as a Django app: it checks every model at start."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register


class VaultConfig(AppConfig):
    """Sealed fields, and the check that every field says what it is for."""

    name = "portique.server.vault"

    def ready(self) -> None:
        """Have the charter's check run with Django's own."""
        from portique.server.vault import checks  # noqa: PLC0415 -- models must be loaded first

        register(checks.charter_check)
