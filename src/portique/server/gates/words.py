"""What gates' pages say: each alarm and each trouble in plain words, with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.plain import Words
from portique.server.gates.models import AlarmKind

if TYPE_CHECKING:
    from collections.abc import Mapping

ALARM_WORDS: Mapping[str, tuple[Words, Words]] = {
    AlarmKind.CONFLICT: (
        Words(
            "Le portique a envoyé un autre journal que celui que le serveur connaît",
            "The gate sent another journal than the one the server knows",
        ),
        Words(
            "Il a peut-être été remis en service depuis une copie ancienne. Vérifiez que personne"
            " n’a remplacé son disque\u202f; il a commencé un nouveau journal.",
            "It may have been started again from an old copy. Check that nobody replaced its disk;"
            " it began a new journal.",
        ),
    ),
    AlarmKind.CHAIN: (
        Words("Des lignes du journal ont été changées", "Lines of the journal were changed"),
        Words(
            "Rien de faux n’a été enregistré. Gardez le portique sous vos yeux et faites vérifier"
            " son journal\xa0: portique journal verify.",
            "Nothing false was stored. Keep the gate in sight and have its journal checked:"
            " portique journal verify.",
        ),
    ),
    AlarmKind.HEAD: (
        Words(
            "Le journal ne correspond pas à ce que le portique avait signé",
            "The journal is not what the gate had signed for",
        ),
        Words(
            "Quelqu’un a pu récrire le journal. Retirez le portique, gardez son disque, ajoutez-le"
            " de nouveau.",
            "Somebody may have rewritten the journal. Remove the gate, keep its disk, add it anew.",
        ),
    ),
    AlarmKind.OLDER_COPY: (
        Words("Le journal du portique est revenu en arrière", "The gate’s journal went back"),
        Words(
            "Une copie ancienne a été remise en place. Le portique commence un autre journal\u202f;"
            " demandez qui a restauré cette machine.",
            "An older copy was put back. The gate begins a new journal; ask who restored this"
            " machine.",
        ),
    ),
    AlarmKind.NEW_EPOCH: (
        Words(
            "Le portique a trouvé son journal abîmé, absent ou trop ancien",
            "The gate found its journal damaged, missing or too old",
        ),
        Words(
            "Il continue avec un nouveau. Si cela recommence, changez sa carte mémoire ou son"
            " disque.",
            "It goes on with a new one. If it happens again, change its memory card or disk.",
        ),
    ),
    AlarmKind.UNKNOWN_PASS: (
        Words(
            "Un laissez-passer authentique que l’établissement n’a jamais délivré",
            "A genuine pass that the school never issued",
        ),
        Words(
            "La clé qui signe les laissez-passer est peut-être volée. Prévenez la direction tout"
            " de suite\xa0: il faut changer de clés et réimprimer.",
            "The key that signs passes may be stolen. Tell the head at once: keys must be changed"
            " and passes printed again.",
        ),
    ),
    AlarmKind.ISSUED_AFTER_COPY: (
        Words(
            "Des cartes délivrées après la copie remise en service sont inconnues du serveur",
            "Cards issued after the copy that was put back are unknown to the server",
        ),
        Words(
            "Elles ont été présentées avant la restauration. Délivrez-les de nouveau. S’il y en a"
            " plus que l’établissement n’en a délivré depuis la copie, la clé qui les signe est"
            " peut-être volée\xa0: prévenez la direction.",
            "They were shown before the restore. Issue them anew. If there are more than the school"
            " issued since the copy, the key that signs them may be stolen: tell the head.",
        ),
    ),
    AlarmKind.UNKNOWN_RESTORED: (
        Words(
            "Des laissez-passer authentiques que le serveur restauré ne connaît pas",
            "Genuine passes that the restored server does not know",
        ),
        Words(
            "Sans doute des cartes délivrées après la copie\xa0: délivrez-les de nouveau. S’ils ne"
            " viennent pas de l’établissement, la clé qui signe est volée\xa0: prévenez la"
            " direction tout de suite.",
            "Probably cards issued after the copy: issue them anew. If they are not the school’s,"
            " the key that signs is stolen: tell the head at once.",
        ),
    ),
    AlarmKind.TWO_LANES: (
        Words(
            "La même personne est passée à deux voies dans la même minute",
            "The same holder went through two lanes within a minute",
        ),
        Words(
            "Les deux portiques ne se voyaient pas. Son laissez-passer a peut-être été copié\xa0:"
            " demandez à la vie scolaire de le remplacer.",
            "The two gates could not see each other. The pass may have been copied: ask the school"
            " life office to replace it.",
        ),
    ),
    AlarmKind.NEWER_KNOWLEDGE: (
        Words(
            "Le portique connaît des règles plus récentes que celles du serveur",
            "The gate knows newer rules than the server has",
        ),
        Words(
            "Le serveur a sans doute été remis à une copie ancienne, ou un autre serveur signe à sa"
            " place. Sans clé de secours il redonne ses règles à tous les portiques\u202f; avec une"
            " clé, lancez «\u202fportique server new-epoch\u202f». Vérifiez ce qui a changé depuis"
            " la copie.",
            "The server was probably put back to an older copy, or another server signs in its"
            " place. Without a recovery key it gives its rules to all gates again; with one, run"
            " “portique server new-epoch”. Check what changed since the copy.",
        ),
    ),
    AlarmKind.RECEIVER: (
        Words(
            "Le serveur n’a pas su exploiter une ligne du journal",
            "The server could not make use of a line of the journal",
        ),
        Words(
            "Elle est gardée. Mettez le serveur à jour et prévenez la personne chargée de la"
            " technique.",
            "It is kept. Update the server and tell the technician.",
        ),
    ),
}

MODES: Mapping[str, Words] = {
    "control": Words("vérification", "checking"),
    "counting": Words("comptage seul", "counting only"),
    "free": Words("passage libre", "free passage"),
}
NEVER = Words("jamais", "never")
NOW = Words("à l’instant", "just now")


def ago(seconds: float) -> Words:
    """Say how long ago something was."""
    if seconds < 20:
        return NOW
    for size, unit in ((86_400, "j"), (3600, "h"), (60, "min"), (1, "s")):
        if seconds >= size:
            count = int(seconds // size)
            return Words(f"il y a {count} {unit}", f"{count} {_english(unit)} ago")
    return NOW


def _english(unit: str) -> str:
    return "d" if unit == "j" else unit
