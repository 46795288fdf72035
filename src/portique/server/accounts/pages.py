"""The menu's pages of accounts."""

from __future__ import annotations

from portique.core.plain import Words
from portique.server.accounts.roles import Role
from portique.server.frame.pages import Page

PAGES = (
    Page(
        "accounts:accounts",
        Words("Comptes", "Accounts"),
        Words(
            "Créer, désactiver, changer de rôle, imprimer un code",
            "Make, disable, change roles, print a code",
        ),
        frozenset({Role.HEAD}),
    ),
    Page(
        "accounts:devices",
        Words("Postes partagés", "Shared devices"),
        Words(
            "Tablettes et ordinateurs où les agents entrent leur code PIN",
            "Tablets and computers where agents enter their PIN",
        ),
        frozenset({Role.HEAD, Role.SCHOOL_LIFE}),
    ),
    Page(
        "accounts:audit",
        Words("Qui a fait quoi", "Who did what"),
        Words(
            "Les actes sur les comptes, les clés et les données",
            "Acts on accounts, keys and data",
        ),
        frozenset({Role.HEAD, Role.DPO, Role.AUDITOR}),
    ),
)
