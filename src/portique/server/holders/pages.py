"""The menu's pages of holders."""

from __future__ import annotations

from portique.core.plain import Words
from portique.server.accounts.roles import Role
from portique.server.frame.pages import Page, Part

_OWN = frozenset({Role.HOLDER})

PAGES = (
    Page(
        "holders:own",
        Words("Mes données", "My data"),
        Words(
            "Ce que l’établissement sait de moi, mes laissez-passer, mes autorisations",
            "What the school knows about me, my passes, my permissions",
        ),
        _OWN,
        Part.PEOPLE,
    ),
    Page(
        "holders:seen",
        Words("Qui les a vues", "Who saw it"),
        Words(
            "Qui a consulté ma fiche ou changé mes laissez-passer, quand et pourquoi",
            "Who looked me up or changed my passes, when and why",
        ),
        _OWN,
        Part.PEOPLE,
    ),
    Page(
        "holders:kept",
        Words("Pourquoi, jusqu’à quand", "Why, and until when"),
        Words(
            "À quoi sert chaque donnée, qui la reçoit, quand elle s’efface",
            "What each piece of data is for, who receives it, when it is erased",
        ),
        _OWN,
        Part.PEOPLE,
    ),
    Page(
        "holders:rights",
        Words("Mes droits", "My rights"),
        Words(
            "Demander une copie, faire corriger, s’opposer, se plaindre",
            "Ask for a copy, have it corrected, object, complain",
        ),
        _OWN,
        Part.PEOPLE,
    ),
)
