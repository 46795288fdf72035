"""Making a person's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from portique.server import clock
from portique.server.accounts import actions as accounts
from portique.server.accounts.errors import AccountRefused
from portique.server.accounts.roles import Role
from portique.server.holders.errors import HAS_ACCOUNT
from portique.server.holders.logins import new_login
from portique.server.holders.models import HolderAccount

if TYPE_CHECKING:
    from portique.server.accounts.models import User
    from portique.server.people.models import Person


def make_account(person: Person, *, by: User) -> User:
    """Make a person's own account, which nobody can sign in to until its paper code is used.

    It bears a drawn login in place of a name: a usual first name that changes is not left behind.

    Raises:
        AccountRefused: The person has one.
    """
    login = new_login()
    try:
        with transaction.atomic():
            colleague = accounts.Colleague(login, Role.HOLDER, login)
            user = accounts.make_account(colleague, by=by)
            HolderAccount.objects.create(user=user, person=person, made_at=clock.now())
    except IntegrityError:
        raise AccountRefused(HAS_ACCOUNT) from None
    return user
