"""What the journal tells the agent and the technician, in French and English.

The codes are stable: they are journalled, counted and translated.
"""

from __future__ import annotations

from portique.core.values import Language
from portique.gate.journal_values import Notice

_SENTENCES = {
    "journal-damaged": (
        (
            "Le journal était endommagé ({what}). Il est mis de côté dans {file}, intact ; "
            "un nouveau journal a commencé. Prévenez le technicien."
        ),
        (
            "The journal was damaged ({what}). It is set aside as {file}, unchanged; "
            "a new one has begun. Tell the technician."
        ),
    ),
    "journal-older-copy": (
        (
            "Le journal trouvé est plus ancien que ce que ce portique a écrit : une copie a été "
            "remise à sa place. Elle est mise de côté dans {file} ; un nouveau journal a commencé. "
            "Prévenez le technicien."
        ),
        (
            "The journal found is older than what this gate wrote: a copy was put in its place. "
            "It is set aside as {file}; a new one has begun. Tell the technician."
        ),
    ),
    "journal-missing": (
        (
            "Le journal de ce portique a disparu ({what}). Un nouveau a commencé. "
            "Prévenez le technicien."
        ),
        "This gate's journal has vanished ({what}). A new one has begun. Tell the technician.",
    ),
    "journal-stranger": (
        (
            "Ce qui était à la place de {what} n’est pas un fichier (dossier, lien…) ; il est mis "
            "de côté dans {file}, sans avoir été ouvert. Prévenez le technicien."
        ),
        (
            "What stood in the place of {what} is no file (a folder, a link…); it is set aside "
            "as {file}, unopened. Tell the technician."
        ),
    ),
    "journal-new-key": (
        (
            "La clé ou le nom de ce portique a changé : l’ancien journal est gardé dans {file}, "
            "un nouveau a commencé."
        ),
        (
            "This gate's key or name changed: the former journal is kept as {file}, "
            "a new one has begun."
        ),
    ),
    "journal-rotated": (
        "Le journal était plein : il est gardé dans {file}, un nouveau a commencé.",
        "The journal was full: it is kept as {file}, a new one has begun.",
    ),
    "journal-nearly-full": (
        (
            "{count} écritures attendent le serveur, sur {limit} : rétablissez la liaison "
            "ou exportez le journal."
        ),
        "{count} entries of {limit} wait for the server: restore the link or export the journal.",
    ),
    "disk-full": (
        (
            "Le disque est plein : la réserve est ouverte, il reste de la place pour environ "
            "30 000 écritures. Libérez de l’espace."
        ),
        (
            "The disk is full: the reserve is open, there is room for about 30,000 entries. "
            "Free some space."
        ),
    ),
    "head-unreadable": (
        (
            "Le repère {file} est illisible : une copie ancienne du journal ne pourrait pas être "
            "reconnue avant le prochain contact avec le serveur."
        ),
        (
            "The mark {file} can't be read: an older copy of the journal could not be noticed "
            "before the next contact with the server."
        ),
    ),
    "former-damaged": (
        (
            "Un ancien journal de ce portique est endommagé ({what}). Il est mis de côté dans "
            "{file} ; le journal présent continue. Prévenez le technicien."
        ),
        (
            "A former journal of this gate is damaged ({what}). It is set aside as {file}; "
            "the present one goes on. Tell the technician."
        ),
    ),
    "file-destroyed": (
        (
            "Le journal endommagé {file} a été détruit : sa durée de conservation est passée "
            "et rien ne pouvait plus y être effacé."
        ),
        (
            "The damaged journal {file} was destroyed: its retention is over "
            "and nothing could be erased in it any more."
        ),
    ),
    "erasure-replayed": (
        "Des écritures déjà effacées étaient revenues ; elles sont de nouveau effacées.",
        "Entries erased before had come back; they are erased again.",
    ),
    "erasure-not-reached": (
        "Un effacement n’a pas pu atteindre {file} : détruisez ce fichier.",
        "An erasure could not reach {file}: destroy that file.",
    ),
    "outbox-restarted": (
        (
            "La liste des accusés de réception est illisible : tout sera renvoyé au serveur, "
            "qui écarte les doublons."
        ),
        (
            "The list of receipts can't be read: all will be sent to the server again, "
            "which discards doubles."
        ),
    ),
}
CODES = frozenset(_SENTENCES)


def notice(code: str, **slots: object) -> Notice:
    """Make a notice in every language."""
    french, english = _SENTENCES[code]
    french = french.replace(" ;", "\u202f;").replace(" :", "\u00a0:").replace("30 0", "30\u202f0")
    return Notice(code, {Language.FR: french.format(**slots), Language.EN: english.format(**slots)})
