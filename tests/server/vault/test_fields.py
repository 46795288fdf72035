"""Identities at rest: sealed, bound to their place, opened by the school's key alone."""

import pytest
from django.db import connection

from portique.core.errors import EnvironmentProblem
from portique.server.accounts.models import User
from portique.server.accounts.roles import Role


@pytest.fixture
def user(account) -> User:
    """An account as it comes back from the database."""
    return User.objects.get(pk=account(Role.HEAD).pk)


def column(user: User) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM accounts_user WHERE login_key = %s", [user.login_key])
        return bytes(cursor.fetchone()[0])


def test_a_name_comes_back_as_it_was_given(user):
    """Sealed in the column, plain on the row."""
    assert user.name == "Camille Head"


def test_the_column_does_not_hold_the_name(user):
    """Nor any word of it."""
    assert b"Camille" not in column(user)


def test_the_same_name_is_never_sealed_twice_alike(user):
    """A nonce of its own each time, so that equal names can't be told."""
    before = column(user)
    user.save()

    assert column(user) != before


def test_a_sealed_name_opens_in_no_other_row(user, account):
    """Whoever swaps two rows' columns gets an error, not another's name."""
    other = account(Role.AGENT)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET name = %s WHERE login_key = %s",
            [column(user), other.login_key],
        )

    with pytest.raises(EnvironmentProblem, match="does not open"):
        _ = User.objects.get(pk=other.pk).name


def test_a_sealed_column_can_be_neither_searched_nor_updated(user):
    """The plain text would be in the statement, or in the table."""
    with pytest.raises(TypeError, match="sealed"):
        User.objects.filter(name="Camille Head").exists()
    with pytest.raises(TypeError, match="sealed"):
        User.objects.update(name="Camille Head")


def test_an_empty_text_stays_empty(account):
    """Nothing to hide, nothing to open."""
    user = account(Role.HEAD)
    user.name = ""
    user.save()

    assert column(user) == b""
    assert User.objects.get(pk=user.pk).name == ""
