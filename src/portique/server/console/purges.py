"""What ends the time of the console's rows: see `vault.purging`."""

from __future__ import annotations

from portique.core.charter_retention import NEXT_SCHOOL_DAY
from portique.server.console.actions import forget
from portique.server.console.erasing import forget_entries, forget_people
from portique.server.console.models import Event, Referral
from portique.server.vault.purging import by

PURGES = (by(forget, (Event, NEXT_SCHOOL_DAY), (Referral, NEXT_SCHOOL_DAY)),)
ENTRIES_ERASED = (forget_entries,)
PEOPLE_ERASED = (forget_people,)
