"""The menu's pages of people."""

from __future__ import annotations

from portique.core.plain import Words
from portique.server.accounts.roles import Role
from portique.server.frame.pages import Page

_OFFICE = frozenset({Role.HEAD, Role.SCHOOL_LIFE})

PAGES = (
    Page(
        "people:people",
        Words("Personnes", "People"),
        Words(
            "Élèves et personnel par classe ou service, noms d’usage, groupes",
            "Pupils and staff by class or service, usual names, groups",
        ),
        _OFFICE,
    ),
    Page(
        "people:import",
        Words("Importer", "Import"),
        Words(
            "Un export de SIECLE, d’ONDE, ou un tableau\u202f; on voit avant de changer",
            "An export of SIECLE, ONDE, or a table; you see before anything changes",
        ),
        _OFFICE,
    ),
)
