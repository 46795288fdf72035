"""How a gate is, from what it reported: in order, or what troubles it and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from portique.core.plain import Words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from portique.server.gates.models import Gate

SILENT_AFTER = timedelta(minutes=2)
DRIFT_MS_MAX = 5_000  # a phone's code is accepted from 5 s ahead
DISK_FREE_MIN = 500 * 10**6
UNSENT_MAX = 200  # more than a busy lane makes between two filings


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong, and what to do about it. `grave`: the lane may stop for it."""

    what: Words
    do: Words
    grave: bool = False


def troubles(gate: Gate, at: datetime) -> list[Trouble]:
    """Return what troubles a gate, the worst first; nothing: it is well."""
    if gate.contact_at is None:
        return [NEVER_CALLED]
    found = list(_reported(gate))
    if at - gate.contact_at > SILENT_AFTER:
        found.insert(0, SILENT)
    return sorted(found, key=lambda trouble: not trouble.grave)


def _reported(gate: Gate) -> Iterator[Trouble]:
    if gate.reported_at is None:
        return
    if not gate.clock_trusted or abs(gate.drift_ms or 0) > DRIFT_MS_MAX:
        yield CLOCK
    if gate.disk_free is not None and gate.disk_free < DISK_FREE_MIN:
        yield DISK
    if gate.unsent > UNSENT_MAX:
        yield BACKLOG
    if gate.set_aside:
        yield ASIDE
    if gate.knowledge_number is None:
        yield UNTAUGHT


NEVER_CALLED = Trouble(
    Words("N’a encore jamais appelé", "Has never called yet"),
    Words(
        "Mettez-le en marche et branchez-le au réseau de l’établissement.",
        "Start it and plug it into the school’s network.",
    ),
)
SILENT = Trouble(
    Words("Ne répond plus", "Does not answer"),
    Words(
        "Il continue seul et enverra tout à son retour. Vérifiez son courant et son câble réseau.",
        "It goes on alone and will send everything when it is back. Check its power and network"
        " cable.",
    ),
    grave=True,
)
CLOCK = Trouble(
    Words("Son horloge n’est pas à l’heure", "Its clock is wrong"),
    Words(
        "Elle se règle d’elle-même au contact du serveur. Si cela dure, changez sa pile.",
        "It is put right by the server. If this lasts, change its battery.",
    ),
)
DISK = Trouble(
    Words("Son disque est presque plein", "Its disk is almost full"),
    Words(
        "Sans place, l’entrée demande l’agent à chaque passage. Libérez de la place ou changez le"
        " disque.",
        "Without room, every entry is referred to the agent. Free some space or change the disk.",
    ),
    grave=True,
)
BACKLOG = Trouble(
    Words("Beaucoup de lignes attendent d’être envoyées", "Many lines wait to be sent"),
    Words(
        "Elles arrivent dès que le réseau le permet\u202f; rien n’est perdu.",
        "They come as soon as the network allows; nothing is lost.",
    ),
)
ASIDE = Trouble(
    Words("Des lignes ont été mises de côté", "Lines were set aside"),
    Words(
        "Elles sont gardées. Mettez à jour le serveur ou le portique, le plus ancien des deux.",
        "They are kept. Update the server or the gate, whichever is older.",
    ),
)
UNTAUGHT = Trouble(
    Words("Ne connaît pas encore les règles de l’établissement", "Does not know the rules yet"),
    Words(
        "Il les prend au prochain contact. Si cela dure, retirez-le et ajoutez-le de nouveau.",
        "It fetches them at the next contact. If this lasts, remove it and add it again.",
    ),
    grave=True,
)
