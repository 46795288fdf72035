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
            "Imprimer des codes\u202f; la direction permet ou coupe les téléphones",
            "Print codes; the head allows phones or switches them off",
        ),
        frozenset({Role.HEAD, Role.SCHOOL_LIFE}),
        Part.PEOPLE,
    ),
)
