"""What ends the time of what gates filed: see `vault.purging`."""

from __future__ import annotations

from portique.core.charter_retention import NEXT_SCHOOL_DAY, ONE_MONTH
from portique.server.gates.actions.enrolling import drop_old_invitations
from portique.server.gates.actions.erasing import ENTRIES, erase_old, forget_places, order_again
from portique.server.gates.actions.knowledge import forget_bundle
from portique.server.gates.actions.notes import drop_old_notes
from portique.server.gates.models import Crossing, Entry, Note, UnknownPass
from portique.server.vault.purging import after, by

PURGES = (
    by(erase_old, (Entry, NEXT_SCHOOL_DAY), (Crossing, NEXT_SCHOOL_DAY)),
    after(Note, "at", NEXT_SCHOOL_DAY),
    by(drop_old_notes),
    after(UnknownPass, "at", ONE_MONTH),
    by(forget_places),
    by(drop_old_invitations),
)
PEOPLE_ERASED = (forget_bundle,)
ERASED_AGAIN = {ENTRIES: order_again}
