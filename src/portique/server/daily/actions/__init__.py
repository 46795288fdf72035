"""What changes the day: who is away, what guardians are told."""

from __future__ import annotations

from portique.server.daily.actions.away import note_away, withdraw
from portique.server.daily.actions.messages import NoLongerUnseenError, validate
from portique.server.daily.actions.sending import send_due

__all__ = ["NoLongerUnseenError", "note_away", "send_due", "validate", "withdraw"]
