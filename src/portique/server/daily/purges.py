"""What ends the time of the day's rows: see `vault.purging`."""

from __future__ import annotations

from portique.core.charter_retention import NEXT_SCHOOL_DAY
from portique.server.daily.models import WHILE_AWAY, Away, GuardianMessage
from portique.server.vault.purging import after

PURGES = (
    after(Away, "ends_at", WHILE_AWAY),
    after(GuardianMessage, "day", NEXT_SCHOOL_DAY),
)
