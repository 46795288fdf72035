"""The menu's pages of the day."""

from __future__ import annotations

from portique.core.plain import Words
from portique.server.accounts.roles import Role
from portique.server.frame.pages import Page

OFFICE = (Role.HEAD, Role.SCHOOL_LIFE)
WITH_SLIPS = (*OFFICE, Role.RECEPTION)
PAGES = (
    Page(
        "daily:unseen",
        Words("Pas vus au portique", "Not seen at the gate"),
        Words(
            "Les élèves attendus que l’on n’a pas vus\u202f; prévenir les responsables",
            "Expected pupils who were not seen; tell their guardians",
        ),
        frozenset(OFFICE),
    ),
    Page(
        "daily:late",
        Words("Billets de retard", "Late slips"),
        Words("Imprimer un billet pour entrer en classe", "Print a slip to enter the lesson"),
        frozenset(WITH_SLIPS),
    ),
)
