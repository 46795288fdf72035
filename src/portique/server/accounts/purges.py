"""What ends the time of accounts' rows: see `vault.purging`."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session

from portique.core.charter_retention import SIX_MONTHS, WHILE_ACCOUNT, WHILE_SESSION
from portique.server.accounts.actions import (
    ACCOUNT,
    close_again,
    close_unused,
    drop_old_codes,
)
from portique.server.accounts.models import ATTEMPTS_KEPT, Attempts, AuditEntry, PaperCode, User
from portique.server.vault.purging import after, at_once, by

PURGES = (
    after(Session, "expire_date", WHILE_SESSION),
    after(Attempts, "last_at", ATTEMPTS_KEPT),
    # Before their record: an account is closed once nothing says any more when it was disabled.
    after(AuditEntry, "at", SIX_MONTHS),
    by(close_unused, (User, WHILE_ACCOUNT)),
    by(drop_old_codes),
    at_once((PaperCode, WHILE_ACCOUNT), (Authenticator, WHILE_ACCOUNT)),  # with their account
)
ERASED_AGAIN = {ACCOUNT: close_again}
