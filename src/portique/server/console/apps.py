"""The app `console`."""

from __future__ import annotations

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Its name, for Django; it is told of whatever gates file."""

    name = "portique.server.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Ask to be told."""
        from portique.server.console.actions import (  # noqa: PLC0415 -- needs the models
            alarmed,
            failed,
            record,
        )
        from portique.server.gates import receivers  # noqa: PLC0415

        receivers.register(record)
        receivers.register_for_alarms(alarmed)
        receivers.register_for_failures(failed)
