"""The menu's pages of the rules."""

from __future__ import annotations

from portique.core.plain import Words
from portique.server.accounts.roles import Role
from portique.server.frame.pages import Page, Part

OFFICE = frozenset({Role.HEAD, Role.SCHOOL_LIFE})
PAGES = (
    Page(
        "school:changes",
        Words("Changements du jour", "Today’s changes"),
        Words(
            "Professeur absent, cours déplacé ou ajouté", "Teacher absent, lesson moved or added"
        ),
        OFFICE,
        Part.DAY,
    ),
    Page(
        "school:timetable",
        Words("Emploi du temps", "Timetable"),
        Words("Importer les cours de chaque groupe", "Import each group’s lessons"),
        OFFICE,
    ),
    Page(
        "school:calendar",
        Words("Calendrier et ouvertures", "Calendar and openings"),
        Words(
            "Vacances, jours sans classe, qui peut entrer quand",
            "Holidays, days off, who may enter when",
        ),
        OFFICE,
    ),
    Page(
        "school:regimes",
        Words("Régimes de sortie", "Exit regimes"),
        Words("Quand un élève peut sortir seul", "When a pupil may leave alone"),
        OFFICE,
    ),
    Page(
        "school:checks",
        Words("Contrôles au hasard", "Random checks"),
        Words(
            "Combien de présentations un agent vérifie, voie par voie",
            "How many showings an agent checks, lane by lane",
        ),
        OFFICE,
    ),
    Page(
        "school:simulator",
        Words("Peut-il sortir\u202f?", "May they leave?"),
        Words("Essayer les règles avant le portique", "Try the rules before the gate does"),
        OFFICE,
    ),
)
