"""Everything that changes phones: codes, enrolment, renewal, and whether there are any."""

from __future__ import annotations

from portique.server.wallet.actions.codes import Lasts, NewCode, codes_for, drop_codes, new_phone
from portique.server.wallet.actions.enrolling import enrol
from portique.server.wallet.actions.renewing import renew
from portique.server.wallet.actions.switching import switch

__all__ = [
    "Lasts",
    "NewCode",
    "codes_for",
    "drop_codes",
    "enrol",
    "new_phone",
    "renew",
    "switch",
]
