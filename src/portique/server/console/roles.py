"""Who sees the console, with names; others have no page and no stream of it."""

from __future__ import annotations

from portique.server.accounts.roles import Role

CONSOLE = (Role.AGENT, Role.RECEPTION, Role.SCHOOL_LIFE, Role.HEAD)
