"""How a gate is, from what it reported: in order, or what troubles it and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from portique.core.plain import Words
from portique.core.values import Organ

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
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
        return _in_its_words(gate, [NEVER_CALLED])
    found = list(_reported(gate))
    # A phone in a pocket is silent, and well if it had sent everything.
    if at - gate.contact_at > SILENT_AFTER and (gate.unsent or not gate.is_phone):
        found.insert(0, SILENT)
    return sorted(_in_its_words(gate, found), key=lambda trouble: not trouble.grave)


def lane_troubles(gate: Gate, lanes: Collection[str]) -> list[Trouble]:
    """Return what is wrong with a gate whose lane is not one of the school's any more.

    Of no lane at all nothing is known: the school's rules can't be read.
    """
    return [] if not lanes or gate.lane in lanes else _in_its_words(gate, [LANE_GONE])


def _reported(gate: Gate) -> Iterator[Trouble]:
    if gate.reported_at is None:
        return
    if not gate.clock_trusted or abs(gate.drift_ms or 0) > DRIFT_MS_MAX:
        yield CLOCK
    if gate.disk_free is not None and gate.disk_free < DISK_FREE_MIN and not gate.is_phone:
        yield DISK
    if gate.unsent > UNSENT_MAX:
        yield BACKLOG
    if gate.set_aside:
        yield ASIDE
    if gate.knowledge_number is None:
        yield UNTAUGHT
    yield from _failing(gate)


def failing(gate: Gate) -> list[Trouble]:
    """Return what its report said does not work at its lane; each thing once."""
    return _in_its_words(gate, _failing(gate))


def _failing(gate: Gate) -> list[Trouble]:
    return list(dict.fromkeys(FAILING.get(code, FAILING_OTHER) for code in gate.failing.split()))


def _in_its_words(gate: Gate, found: list[Trouble]) -> list[Trouble]:
    """Say of a phone what is done about phones: it has neither cable nor battery to change."""
    return [FOR_PHONES.get(each, each) for each in found] if gate.is_phone else found


NEVER_CALLED = Trouble(
    Words("N’a encore jamais appelé", "Has never called yet"),
    Words(
        "Mettez-le en marche et branchez-le au réseau de l’établissement.",
        "Start it and plug it into the school’s network.",
    ),
)
LANE_GONE = Trouble(
    Words("Sa voie n’existe plus", "Its lane is gone"),
    Words(
        "Il n’apprend plus rien, mais envoie ce qu’il tient. Quand plus rien n’y attend,"
        " retirez-le, puis invitez-le pour une autre voie.",
        "It learns nothing any more, but sends what it holds. Once nothing waits there, remove it,"
        " then invite it for another lane.",
    ),
    grave=True,
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
FAILING: Mapping[str, Trouble] = {
    Organ.CAMERA: Trouble(
        Words("Sa caméra ne donne plus d’image", "Its camera gives no picture"),
        Words(
            "Aucun code n’est lu devant elle\u202f; l’agent continue avec le lecteur à main ou à la"
            " main. Vérifiez son câble et son alimentation.",
            "No code is read before it; the agent goes on with the hand reader or by hand. Check"
            " its cable and power.",
        ),
    ),
    Organ.DECODER: Trouble(
        Words("La lecture des codes s’arrête sans cesse", "Code reading keeps breaking off"),
        Words(
            "Des personnes ne sont pas vues\u202f; l’agent continue avec le lecteur à main ou à la"
            " main. Redémarrez le portique\u202f; si cela dure, lancez-y «\u202fportique"
            " doctor\u202f».",
            "People go unseen; the agent goes on with the hand reader or by hand. Restart the gate;"
            " if this lasts, run “portique doctor” there.",
        ),
    ),
    Organ.READER: Trouble(
        Words("Un lecteur à main ne répond plus", "A hand reader does not answer"),
        Words(
            "L’agent continue avec la caméra ou à la main. Vérifiez le câble du lecteur\u202f: le"
            " portique le reprend dès qu’il revient.",
            "The agent goes on with the camera or by hand. Check the reader’s cable: the gate takes"
            " it back when it returns.",
        ),
    ),
    Organ.DOOR: Trouble(
        Words("Sa porte n’obéit plus", "Its door no longer obeys"),
        Words(
            "L’agent ouvre lui-même à chaque personne admise. Vérifiez le courant et le câble de la"
            " porte.",
            "The agent opens for each person let through. Check the door’s power and cable.",
        ),
    ),
    Organ.JOURNAL: Trouble(
        Words("N’arrive plus à écrire son journal", "Can no longer write its journal"),
        Words(
            "À l’entrée, l’agent note sur papier chaque personne admise. Vérifiez son disque et la"
            " place qui reste.",
            "At an entry the agent writes down each person let through. Check its disk and the"
            " space left.",
        ),
        grave=True,
    ),
}
FAILING_OTHER = Trouble(
    Words(
        "Signale une panne que ce serveur ne connaît pas",
        "Reports a failure this server does not know",
    ),
    Words(
        "L’écran de l’agent dit laquelle. Mettez le serveur à jour.",
        "The agent’s screen says which. Update the server.",
    ),
)
FOR_PHONES: Mapping[Trouble, Trouble] = {
    NEVER_CALLED: Trouble(
        NEVER_CALLED.what,
        Words(
            "Ouvrez l’application sur le téléphone, là où il a du réseau.",
            "Open the app on the phone, where it has network.",
        ),
    ),
    SILENT: Trouble(
        Words("Ce téléphone tient encore des lignes", "This phone still holds lines"),
        Words(
            "Ouvrez-y l’application là où il a du réseau\xa0: elle les envoie seule.",
            "Open the app on it where it has network: it sends them by itself.",
        ),
    ),
    CLOCK: Trouble(
        CLOCK.what,
        Words(
            "Réglez l’heure du téléphone sur automatique.",
            "Set the phone’s time to automatic.",
        ),
    ),
    FAILING[Organ.CAMERA]: Trouble(
        FAILING[Organ.CAMERA].what,
        Words(
            "L’application dit quoi faire\u202f; l’agent continue avec un lecteur ou à la main.",
            "The app says what to do; the agent goes on with a reader or by hand.",
        ),
    ),
    FAILING[Organ.JOURNAL]: Trouble(
        FAILING[Organ.JOURNAL].what,
        Words(
            "À l’entrée, l’agent note sur papier chaque personne admise. Libérez de la place sur le"
            " téléphone.",
            "At an entry the agent writes down each person let through. Free some space on the"
            " phone.",
        ),
        grave=True,
    ),
}
"""What an agent's phone is said to be troubled by, in place of a gate's words."""
