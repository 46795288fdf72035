"""Copies: the same rows after the way there and back, and nothing but a whole copy goes back."""

import os
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core.errors import BackupError, EnvironmentProblem
from portique.core.values import Kind, Uai
from portique.school.issuing import Request, issue
from portique.server.accounts.models import User
from portique.server.accounts.roles import Role
from portique.server.backup import copies, rows
from portique.server.backup.sealing import identity, new_key, opened_from, recipient, sealed_into

AT = datetime(2026, 11, 16, 7, 30, tzinfo=UTC)
PUBLIC, SECRET = new_key()


def everything() -> dict[str, list[list[object]]]:
    """Return all rows of all tables that are copied."""
    return {model._meta.label: list(rows.read(model)) for model in rows.tables()}


def emptied() -> None:
    """Empty every table that is copied."""
    for model in reversed(rows.tables()):
        model._base_manager.all().delete()


@pytest.fixture
def filled(served, account):
    """A school with an account and passes."""
    account(Role.HEAD)
    for name in ("Zoé Lagarde", "Ali Benani"):
        issue(served, Request(Kind.PUPIL, name), at=AT, entropy=os.urandom)
    return served


@pytest.fixture
def copy(filled, tmp_path):
    """A copy of it."""
    path = tmp_path / "copy.age"
    copies.save(path, PUBLIC, uai=filled.settings.uai, at=AT)
    return path


def test_the_same_rows_come_back(filled, copy):
    """Every column of every table, sealed ones as they were sealed."""
    before = everything()
    emptied()
    copied = copies.restore(copy, SECRET, uai=filled.settings.uai)

    assert everything() == before
    assert copied.rows == sum(map(len, before.values()))
    assert User.objects.get().name == "Camille Head"


def test_the_database_goes_on_counting_after_the_rows_that_came_back(filled, copy):
    """A new row gets a number that no old one has."""
    emptied()
    copies.restore(copy, SECRET, uai=filled.settings.uai)
    issue(filled, Request(Kind.PUPIL, "Léa Moreau"), at=AT, entropy=os.urandom)

    assert filled.register.count() == 3


def test_a_copy_names_nobody(filled, copy):
    """Without the key it is noise."""
    assert b"Lagarde" not in copy.read_bytes()
    assert copy.stat().st_mode & 0o077 == 0


def test_a_copy_never_takes_anothers_place(filled, copy):
    """Yesterday's may be the only good one."""
    with pytest.raises(EnvironmentProblem, match="exists already"):
        copies.save(copy, PUBLIC, uai=filled.settings.uai, at=AT)


def test_a_copy_goes_into_an_empty_database_only(filled, copy):
    """What is there is never mixed with what was."""
    with pytest.raises(BackupError, match="not empty"):
        copies.restore(copy, SECRET, uai=filled.settings.uai)


def test_another_key_opens_nothing(filled, copy):
    """And changes nothing."""
    emptied()
    with pytest.raises(BackupError, match="does not open"):
        copies.restore(copy, new_key()[1], uai=filled.settings.uai)
    assert not User.objects.exists()


def test_another_schools_copy_is_refused(filled, copy):
    """It names whose it is."""
    with pytest.raises(BackupError, match="school 0990001S"):
        copies.restore(copy, SECRET, uai=Uai("0990002T"))


def test_a_copy_of_another_version_is_refused(filled, copy, monkeypatch):
    """Its tables may be others."""
    monkeypatch.setattr(copies, "migrations", lambda: ["passes.0099_later"])
    with pytest.raises(BackupError, match="another version"):
        copies.restore(copy, SECRET, uai=filled.settings.uai)


@pytest.mark.parametrize("part", [0.0, 0.3, 0.7, 0.99])
def test_a_copy_cut_short_changes_nothing(filled, copy, part):
    """Wherever it ends."""
    data = copy.read_bytes()
    copy.write_bytes(data[: int(len(data) * part)])
    emptied()
    with pytest.raises(BackupError):
        copies.restore(copy, SECRET, uai=filled.settings.uai)

    assert not User.objects.exists()


@pytest.mark.parametrize("key", ["", "age1", "AGE-SECRET-KEY-1X"])
def test_a_text_that_is_no_key_is_told(filled, copy, tmp_path, key):
    """Before anything is written or read."""
    with pytest.raises(BackupError, match="age1"):
        copies.save(tmp_path / "x.age", key, uai=filled.settings.uai, at=AT)
    with pytest.raises(BackupError, match="AGE-SECRET"):
        copies.restore(copy, key, uai=filled.settings.uai)


@given(data=st.binary(max_size=200_000))
def test_whatever_is_sealed_opens_as_it_was(tmp_path_factory, data):
    """Through a pipe, in pieces of any size."""
    path = tmp_path_factory.mktemp("sealed") / "x"
    with path.open("wb") as file, sealed_into(file, recipient(PUBLIC)) as plain:
        plain.write(data)
    with path.open("rb") as file, opened_from(file, identity(SECRET)) as plain:
        assert plain.read() == data
