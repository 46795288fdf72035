"""What agents read of an organ that fails: what fails, what it means for the lane, what to do now.

Each follows the organ's name and a colon. Sentences for the technician are others: they go to the
log, the console and `portique doctor`.
"""

from __future__ import annotations

import errno
import sqlite3
from typing import TYPE_CHECKING

from portique.core.plain import Words
from portique.core.values import Organ
from portique.gate.journal_schema import DamagedError, is_damage, primary_code
from portique.gate.logs import log

if TYPE_CHECKING:
    from portique.core.errors import JournalError
    from portique.gate.board import Board

NO_CAMERA = Words(
    "plus d’image, aucun code n’est lu devant elle. Utilisez le lecteur à main ou « Admettre à la "
    "main ». Vérifiez son câble, puis prévenez le technicien.",
    "no picture, no code is read before it. Use the hand reader or “Manual admission”. "
    "Check its cable, then tell the technician.",
)
NO_READING = Words(
    "elle s’arrête sans cesse, des personnes ne sont pas vues. Utilisez le lecteur à main ou "
    "« Admettre à la main », et prévenez le technicien.",
    "it keeps breaking off, people go unseen. Use the hand reader or “Manual admission”, "
    "and tell the technician.",
)
NO_READER = Words(
    "il ne répond plus, ce qu’on lui montre n’est pas lu. Continuez avec la caméra ou « Admettre à "
    "la main ». Vérifiez son câble, puis prévenez le technicien.",
    "it does not answer, what it is shown is not read. Go on with the camera or “Manual "
    "admission”. Check its cable, then tell the technician.",
)
NO_DOOR = Words(
    "elle n’obéit plus et reste comme prévu en cas de panne. Ouvrez-la vous-même à chaque personne "
    "admise, et prévenez le technicien.",
    "it no longer obeys and stands as planned for a breakdown. Open it yourself for each person "
    "let through, and tell the technician.",
)
TIME_DOUBTED = Words(
    "pas sûre, chaque passage est à confirmer. Comparez-la à votre montre, et prévenez le "
    "technicien.",
    "in doubt, confirm each passage. Compare it with your watch, and tell the technician.",
)
_BY_HAND = Words(
    "rien n’est noté. À l’entrée, écrivez sur papier chaque personne admise ; la sortie reste "
    "libre. Prévenez le technicien",
    "nothing is recorded. At an entry, write down each person let through; the exit stays free. "
    "Tell the technician",
)
JOURNAL_FULL = Words(
    f"le disque est plein, {_BY_HAND.fr} : il faut faire de la place.",
    f"the disk is full, {_BY_HAND.en}: space must be made.",
)
JOURNAL_CLOSED = Words(
    f"le disque refuse d’écrire, {_BY_HAND.fr}.", f"the disk takes no writing, {_BY_HAND.en}."
)
JOURNAL_DAMAGED = Words(f"il est abîmé, {_BY_HAND.fr}.", f"it is damaged, {_BY_HAND.en}.")
JOURNAL_FAILS = Words(f"il ne marche plus, {_BY_HAND.fr}.", f"it does not work, {_BY_HAND.en}.")
_BY_SQLITE = {
    sqlite3.SQLITE_FULL: JOURNAL_FULL,
    sqlite3.SQLITE_READONLY: JOURNAL_CLOSED,
    sqlite3.SQLITE_CANTOPEN: JOURNAL_CLOSED,
    sqlite3.SQLITE_PERM: JOURNAL_CLOSED,
}
_BY_SYSTEM = {
    errno.ENOSPC: JOURNAL_FULL,
    errno.EDQUOT: JOURNAL_FULL,
    errno.EROFS: JOURNAL_CLOSED,
    errno.EACCES: JOURNAL_CLOSED,
    errno.EPERM: JOURNAL_CLOSED,
}


def tell_of_journal(board: Board, error: JournalError | None) -> None:
    """Show agents a journal that refuses, and log why; None: it works again."""
    board.set_fault(Organ.JOURNAL, None if error is None else journal_fault(error))
    if error is not None:
        log().error("journal-refuses", organ="journal", error=error)


def journal_fault(error: JournalError) -> Words:
    """Choose what agents read of a journal's error, by what caused it."""
    match error.__cause__:
        case DamagedError():
            return JOURNAL_DAMAGED
        case sqlite3.Error() as cause if is_damage(cause):
            return JOURNAL_DAMAGED
        case sqlite3.Error() as cause:
            return _BY_SQLITE.get(primary_code(cause), JOURNAL_FAILS)
        case OSError(errno=int(number)):
            return _BY_SYSTEM.get(number, JOURNAL_FAILS)
    return JOURNAL_FAILS
