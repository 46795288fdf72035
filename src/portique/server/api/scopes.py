"""What a token lets a program do. One scope includes no other."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from portique.core.plain import Words

if TYPE_CHECKING:
    from collections.abc import Mapping


class Scope(StrEnum):
    """One thing that a program may do. Stored: never reuse a value."""

    PEOPLE_READ = "people:read"
    PASSES_READ = "passes:read"
    PASSES_WRITE = "passes:write"
    GATES_READ = "gates:read"
    COUNTS_READ = "counts:read"
    RULES_READ = "rules:read"
    RULES_WRITE = "rules:write"


SCOPE_WORDS: Mapping[Scope, Words] = {
    Scope.PEOPLE_READ: Words(
        "Lire les noms et les classes, classe par classe", "Read names and classes, class by class"
    ),
    Scope.PASSES_READ: Words(
        "Lire l’état des laissez-passer, sans leur code",
        "Read how passes stand, without their code",
    ),
    Scope.PASSES_WRITE: Words(
        "Délivrer, remplacer, suspendre et annuler des laissez-passer",
        "Issue, replace, suspend and revoke passes",
    ),
    Scope.GATES_READ: Words("Lire l’état des portiques", "Read how the gates are"),
    Scope.COUNTS_READ: Words(
        "Lire les comptages du jour, par quart d’heure, sans personne",
        "Read today’s counts by quarter-hour, of nobody in particular",
    ),
    Scope.RULES_READ: Words(
        "Lire les ouvertures et les changements du jour", "Read openings and today’s changes"
    ),
    Scope.RULES_WRITE: Words(
        "Annoncer un professeur absent, un cours annulé ou ajouté",
        "Announce an absent teacher, a cancelled or an added lesson",
    ),
}
