"""What pages say of destinations and events."""

from __future__ import annotations

from portique.core.plain import Words
from portique.server.outgoing.models import EventType, Reach

EVENT_WORDS = {
    EventType.COUNTS: Words(
        "Combien de personnes par voie, chaque quart d’heure écoulé (cinq au moins)",
        "How many people by lane, each quarter-hour that is over (five at least)",
    ),
    EventType.HEALTH: Words(
        "L’état d’un portique, quand il change", "How a gate is, when that changes"
    ),
    EventType.GATE_ALARM: Words(
        "Une alerte d’un portique\u00a0: journal, clé, copie",
        "An alarm of a gate: journal, key, copy",
    ),
    EventType.SCHOOL_ALARM: Words(
        "Une alarme de l’établissement, réelle ou exercice", "An alarm of the school, real or drill"
    ),
    EventType.IMPORTED: Words(
        "Une importation appliquée, en nombres", "An import that was applied, in numbers"
    ),
    EventType.KNOWLEDGE: Words(
        "Une nouvelle version des règles pour les portiques", "A new version of the gates’ rules"
    ),
}
REACH_WORDS = {
    Reach.INTERNET: Words("Sur internet", "On the internet"),
    Reach.NETWORK: Words(
        "Sur le réseau de l’établissement (adresse privée)",
        "On the school’s network (a private address)",
    ),
    Reach.MACHINE: Words("Sur la machine du serveur elle-même", "On the server’s own machine"),
}
