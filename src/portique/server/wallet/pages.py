"""The menu's page of phones."""

from __future__ import annotations

from portique.core.plain import Words
from portique.server.accounts.roles import Role
from portique.server.frame.pages import Page, Part

PAGES = (
    Page(
        "wallet:phones",
        Words("Téléphones", "Phones"),
        Words(
            "Permettre ou couper les téléphones, imprimer des codes",
            "Allow phones or switch them off, print codes",
        ),
        frozenset({Role.HEAD, Role.SCHOOL_LIFE}),
        Part.PEOPLE,
    ),
)
