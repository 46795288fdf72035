"""The menu's pages of outgoing events."""

from __future__ import annotations

from portique.core.plain import Words
from portique.server.accounts.roles import Role
from portique.server.frame.pages import Page

PAGES = (
    Page(
        "outgoing:destinations",
        Words("Événements", "Events"),
        Words(
            "Prévenir d’autres logiciels\u00a0: comptages, portiques, alarmes\u202f;"
            " rien sur personne",
            "Tell other programs: counts, gates, alarms; nothing about anybody",
        ),
        frozenset({Role.HEAD, Role.TECHNICIAN}),
    ),
)
