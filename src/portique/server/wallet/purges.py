"""What ends the time of codes for phones: see `vault.purging`. Phones' keys go with their pass."""

from __future__ import annotations

from portique.server.vault.purging import after, by
from portique.server.wallet.actions import drop_codes
from portique.server.wallet.models import CODES_KEPT, PhoneCode

PURGES = (by(drop_codes), after(PhoneCode, "made_at", CODES_KEPT))
