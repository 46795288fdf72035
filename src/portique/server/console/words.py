"""What the console says of gates, in French and English; reasons and labels are the core's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.plain import Words
from portique.core.values import Organ

if TYPE_CHECKING:
    from collections.abc import Mapping

MODES: Mapping[str, Words] = {
    "control": Words("vérification", "checking"),
    "counting": Words(
        "comptage : tout le monde passe et est compté", "counting: all pass, counted"
    ),
    "free": Words("passage libre", "free passage"),
}
NOTICES: Mapping[str, Words] = {
    "unknown-codes": Words(
        "Beaucoup de codes inconnus d’affilée. Voyez qui les présente.",
        "Many unknown codes in a row. See who is showing them.",
    ),
    "file-destroyed": Words(
        "Un ancien fichier du journal a été détruit à la fin de sa durée de conservation.",
        "A former file of the journal was destroyed at the end of its retention.",
    ),
    "file-retired": Words(
        "Le journal a été mis de côté et un nouveau a commencé.",
        "The journal was put away and a new one has begun.",
    ),
}
CLOCKS: Mapping[str, Words] = {
    "trusted": Words("L’heure du portique est sûre.", "The gate’s time can be trusted."),
    "untrusted": Words(
        "L’heure du portique n’est pas sûre : prévenez le technicien.",
        "The gate’s time can’t be trusted: tell the technician.",
    ),
    "rollback": Words(
        "L’heure du portique a reculé : prévenez le technicien.",
        "The gate’s time went back: tell the technician.",
    ),
    "boot-1970": Words(
        "Le portique a démarré sans connaître l’heure : prévenez le technicien.",
        "The gate started without knowing the time: tell the technician.",
    ),
}
EPOCHS: Mapping[str, Words] = {
    "first": Words("Le journal du portique commence.", "The gate’s journal begins."),
    "rotated": Words("Un nouveau journal a commencé.", "A new journal has begun."),
    "damaged": Words(
        "Le journal du portique était endommagé : il est mis de côté. Prévenez le technicien.",
        "The gate’s journal was damaged: it is set aside. Tell the technician.",
    ),
    "older-copy": Words(
        "Une copie ancienne du journal a été remise en place. Prévenez le technicien.",
        "An older copy of the journal was put back. Tell the technician.",
    ),
    "missing": Words(
        "Le journal du portique a disparu. Prévenez le technicien.",
        "The gate’s journal has vanished. Tell the technician.",
    ),
    "new-key": Words(
        "La clé du portique a changé : un nouveau journal a commencé.",
        "The gate’s key changed: a new journal has begun.",
    ),
}
WORKING: Mapping[str, Words] = {
    Organ.CAMERA: Words(
        "La caméra donne de nouveau des images.", "The camera gives pictures again."
    ),
    Organ.DECODER: Words("Les codes sont de nouveau lus.", "Codes are read again."),
    Organ.READER: Words("Le lecteur à main répond de nouveau.", "The hand reader answers again."),
    Organ.DOOR: Words("La porte obéit de nouveau.", "The door obeys again."),
    Organ.JOURNAL: Words("Le journal s’écrit de nouveau.", "The journal is written again."),
}
WORKING_OTHER = Words("La panne signalée est finie.", "The failure reported is over.")
OTHER = Words("Message du portique : {code}", "Message of the gate: {code}")


def said(words: Mapping[str, Words], code: str) -> Words:
    """Return the words of a code; of one a newer gate uses, the code itself."""
    return words.get(code) or Words(OTHER.fr.format(code=code), OTHER.en.format(code=code))
