"""The menu's pages of passes."""

from __future__ import annotations

from portique.core.plain import Words
from portique.server.accounts.roles import Role
from portique.server.frame.pages import Page, Part

OFFICE = frozenset({Role.HEAD, Role.SCHOOL_LIFE})
AT_THE_GATE = frozenset({Role.AGENT, Role.RECEPTION, Role.SCHOOL_LIFE})
PAGES = (
    Page(
        "passes:classes",
        Words("Laissez-passer", "Passes"),
        Words(
            "Délivrer, imprimer, remplacer\u202f; badges et autorisations",
            "Issue, print, replace; badges and permissions",
        ),
        OFFICE,
    ),
    Page(
        "passes:forgotten",
        Words("Carte oubliée", "Forgotten card"),
        Words("Un billet pour aujourd’hui, en quelques secondes", "A slip for today, in seconds"),
        AT_THE_GATE,
        Part.DAY,
    ),
)
