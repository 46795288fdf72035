"""Where the menu leads in `console`."""

from __future__ import annotations

from portique.core.plain import Words
from portique.server.console.roles import CONSOLE
from portique.server.frame.pages import Page

PAGES = (
    Page(
        "console:live",
        Words("En direct", "Live"),
        Words(
            "Voir tous les portiques, répondre aux personnes à voir",
            "See all gates, answer those who were referred",
        ),
        frozenset(CONSOLE),
    ),
)
