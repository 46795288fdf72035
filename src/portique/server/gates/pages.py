"""The menu's pages of gates."""

from __future__ import annotations

from portique.core.plain import Words
from portique.server.accounts.roles import Role
from portique.server.frame.pages import Page

SEERS = (Role.HEAD, Role.SCHOOL_LIFE, Role.TECHNICIAN)
KEEPERS = (Role.HEAD, Role.TECHNICIAN)
PAGES = (
    Page(
        "gates:gates",
        Words("Portiques", "Gates"),
        Words(
            "Voir s’ils vont bien, en ajouter, en retirer",
            "See whether they are well, add and remove them",
        ),
        frozenset(SEERS),
    ),
)
