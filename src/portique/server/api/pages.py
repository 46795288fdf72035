"""The menu's pages of the interface for programs."""

from __future__ import annotations

from portique.core.plain import Words
from portique.server.accounts.roles import Role
from portique.server.frame.pages import Page

PAGES = (
    Page(
        "api:tokens",
        Words("Programmes", "Programs"),
        Words(
            "Donner ou retirer l’accès à un autre logiciel de l’établissement",
            "Give another program of the school access, or take it away",
        ),
        frozenset({Role.HEAD}),
    ),
)
