"""What ends the time of people's rows: see `vault.purging`."""

from __future__ import annotations

from portique.core.charter_retention import ONE_YEAR, SIX_MONTHS, WHILE_KNOWN
from portique.server.people.closing import close_old_imports
from portique.server.people.erasing import PERSON, erase_again, erase_those_who_left
from portique.server.people.models import (
    UNDO_KEPT,
    UPLOADS_KEPT,
    Access,
    Import,
    Person,
    Tie,
    Upload,
)
from portique.server.people.uploads import drop_old
from portique.server.vault.purging import after, by

PURGES = (
    by(drop_old, (Upload, UPLOADS_KEPT), (Upload, ONE_YEAR)),
    by(close_old_imports, (Import, UNDO_KEPT)),
    after(Import, "at", ONE_YEAR),
    after(Access, "at", SIX_MONTHS),
    by(erase_those_who_left, (Person, WHILE_KNOWN), (Tie, WHILE_KNOWN)),
)
ERASED_AGAIN = {PERSON: erase_again}
