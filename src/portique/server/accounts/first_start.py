"""The first start: no account by default, one code for the head, printed where the server runs."""

from __future__ import annotations

import hmac

from django.db import transaction

from portique.server import clock
from portique.server.accounts import audit
from portique.server.accounts.codes import LONG_GROUPS, code_hash, new_code
from portique.server.accounts.errors import NO_START, WRONG_START, AccountRefused
from portique.server.accounts.models import Deed, FirstStart, User
from portique.server.accounts.queries import has_accounts
from portique.server.accounts.roles import Role

PURPOSE = "first-start"


@transaction.atomic
def make_code() -> str | None:
    """Make the one-time code of a school without accounts; the one before is void.

    Returns:
        The code, to be shown once where the server was started; None when there are accounts.
    """
    FirstStart.objects.all().delete()
    if has_accounts():
        return None
    code = new_code(LONG_GROUPS)
    FirstStart.objects.create(code_hash=code_hash(PURPOSE, code), made_at=clock.now())
    return code


@transaction.atomic
def make_head(code: str, *, name: str, login: str, password: str) -> User:
    """Make the head's account with the printed code, which is used up.

    Raises:
        AccountRefused: The code is wrong, or there is an account already.
    """
    if has_accounts():
        raise AccountRefused(NO_START)
    given = code_hash(PURPOSE, code)
    held = FirstStart.objects.select_for_update().first()
    if not hmac.compare_digest(held.code_hash if held else "", given) or held is None:
        raise AccountRefused(WRONG_START)
    if FirstStart.objects.filter(pk=held.pk).delete()[0] != 1:
        raise AccountRefused(NO_START)  # two browsers at once: one of them was first
    user = User.objects.create_user(login, name=name, role=Role.HEAD, password=password)
    audit.record(user, Deed.ACCOUNT_MADE, about=user.pk)
    return user
