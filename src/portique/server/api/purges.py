"""What ends the time of the interface's rows: see `vault.purging`."""

from __future__ import annotations

from portique.core.charter_retention import WHILE_ACCOUNT
from portique.server.api.models import ANSWERS_KEPT, Answer, Token
from portique.server.vault.purging import after, at_once

PURGES = (
    after(Answer, "at", ANSWERS_KEPT),
    at_once((Token, WHILE_ACCOUNT)),  # with the account that made it
)
