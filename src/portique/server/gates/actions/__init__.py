"""Everything that changes what the server knows of gates."""

from __future__ import annotations

from portique.server.gates.actions.alarms import raise_alarm, see_alarm
from portique.server.gates.actions.enrolling import admit, invite, remove, withdraw
from portique.server.gates.actions.erasing import erase_before, order_erasure
from portique.server.gates.actions.filing import file
from portique.server.gates.actions.knowledge import (
    begin_knowledge_epoch,
    knowledge_changed,
    newest_bundle,
    newest_version,
)
from portique.server.gates.actions.notes import send_note, send_notes
from portique.server.gates.actions.reports import take_report
from portique.server.gates.actions.unknown import note_restore

__all__ = [
    "admit",
    "begin_knowledge_epoch",
    "erase_before",
    "file",
    "invite",
    "knowledge_changed",
    "newest_bundle",
    "newest_version",
    "note_restore",
    "order_erasure",
    "raise_alarm",
    "remove",
    "see_alarm",
    "send_note",
    "send_notes",
    "take_report",
    "withdraw",
]
