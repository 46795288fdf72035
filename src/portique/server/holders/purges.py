"""What ends the time of holders' accounts: see `vault.purging`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.charter_retention import WHILE_ACCOUNT
from portique.server.accounts.actions import close
from portique.server.accounts.models import User
from portique.server.holders.models import HolderAccount
from portique.server.vault.purging import at_once

if TYPE_CHECKING:
    from portique.server.vault.purging import Gone


def close_accounts(gone: Gone) -> None:
    """Close the accounts of persons who are erased."""
    close(User.objects.filter(tie__person__in=list(gone.persons)))


PURGES = (at_once((HolderAccount, WHILE_ACCOUNT)),)  # with its account
PEOPLE_ERASED = (close_accounts,)
