"""What is asked of accounts."""

from __future__ import annotations

from portique.server.accounts.models import User


def has_accounts() -> bool:
    """Say whether anybody can sign in yet."""
    return User.objects.exists()
