"""The register: what was issued, and what still counts, come what may."""

import sqlite3
from dataclasses import replace
from itertools import count

import pytest
from django.db import IntegrityError

from portique.core.errors import EnvironmentProblem, RegisterError
from portique.core.revocation import Status
from portique.core.values import HolderId, Kind, PassId
from portique.school.register import FIRST_LENGTH, EnrolledGate, Issued, Register
from portique.school.register_file import RegisterFile
from portique.server.passes.register import DatabaseRegister

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["file", "database"])
def register(request, tmp_path):
    """Give an empty register: a folder's, then a server's."""
    if request.param == "database":
        opened: Register = DatabaseRegister()
    else:
        opened = RegisterFile.create(tmp_path / "register.db")
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path):
    """Give the empty register of a folder."""
    opened = RegisterFile.create(tmp_path / "register.db")
    yield opened
    opened.close()


def line(number: int, status: Status = Status.VALID) -> Issued:
    """Make a line of the register."""
    pass_id = PassId(f"{number:016x}")
    return Issued(
        pass_id, HolderId("aa" * 8), Kind.PUPIL, number, status, number, 10**13, None, "PQ1:"
    )


def test_what_is_added_is_found(register):
    """Every field, in the order of issue."""
    for number in (2, 1, 3):
        register.add(line(number))

    assert register.all() == [line(1), line(2), line(3)]
    assert register.get(PassId(f"{2:016x}")) == line(2)


def numbered(register, *numbers: str) -> None:
    """Add passes with these numbers."""
    for index, number in enumerate(numbers):
        register.add(replace(line(index), pass_id=PassId(number)))


def test_a_number_s_first_digits_find_its_pass(register):
    """Eight, as on a card, or all sixteen."""
    numbered(register, "1f0e9d8c7b6a5948", "2f0e9d8c7b6a5948")

    for typed in ("1f0e9d8c", "1f0e9d8c7b6a", "1f0e9d8c7b6a5948"):
        assert register.find(typed).pass_id == "1f0e9d8c7b6a5948"


def test_digits_that_two_passes_share_are_told_with_both(register):
    """Whoever asks can compare with the cards."""
    numbered(register, "1f0e9d8c7b6a5948", "1f0e9d8c00000000")

    with pytest.raises(RegisterError, match="1f0e9d8c00000000, 1f0e9d8c7b6a5948"):
        register.find("1f0e9d8c")


def test_digits_that_no_pass_has_are_told(register):
    """A wrong digit finds nobody else."""
    numbered(register, "1f0e9d8c7b6a5948")

    with pytest.raises(RegisterError, match="1f0e9d8d"):
        register.find("1f0e9d8d")


def test_a_number_is_given_once(register):
    """Neither a pass's number nor its place in the list can be another's."""
    register.add(line(1))

    with pytest.raises((sqlite3.IntegrityError, IntegrityError)):
        register.add(line(1))


def test_revoked_is_final(register):
    """Whatever is asked afterwards."""
    register.add(line(1))
    register.set_status(PassId(f"{1:016x}"), Status.REVOKED)

    for status in Status:
        with pytest.raises(RegisterError, match="final"):
            register.set_status(PassId(f"{1:016x}"), status)


def test_a_revocation_that_came_meanwhile_is_final(register, monkeypatch):
    """Another process revoked it after this one looked."""
    number = PassId("0" * 15 + "1")
    register.add(line(1))
    looked = register.get(number)
    register.set_status(number, Status.REVOKED)
    with monkeypatch.context() as patched:
        patched.setattr(register, "get", lambda _: looked)

        with pytest.raises(RegisterError, match="final"):
            register.set_status(number, Status.VALID)

    assert register.get(number).status is Status.REVOKED


def test_all_of_a_transaction_or_nothing(register):
    """An error inside takes everything back, inner transactions too."""

    def fail() -> None:
        with register.transaction():
            register.add(line(1))
            with register.transaction():
                register.add(line(2))
            raise RegisterError("a line is wrong")

    with pytest.raises(RegisterError):
        fail()
    assert register.all() == []


def test_an_inner_transaction_ends_with_the_outer(register):
    """What is inside counts once everything does."""
    with register.transaction():
        with register.transaction():
            register.add(line(1))
        register.add(line(2))

    assert len(register.all()) == 2


def test_the_list_is_at_most_half_full(register):
    """It doubles before places become scarce, and is always a power of two."""
    with register.transaction():
        for number in range(FIRST_LENGTH // 2):
            register.add(line(number))

    assert register.list_length == 2 * FIRST_LENGTH


def test_a_free_place_is_nobody_s(register):
    """Taken places are drawn again."""
    register.add(line(7))
    draws = (number.to_bytes(4, "big") for number in (7, 7 + FIRST_LENGTH, 9))

    assert register.free_index(draws) == 9


def test_numbers_go_up_for_ever(file, tmp_path):
    """A counter outlives the process."""
    assert [file.next_number("knowledge") for _ in range(2)] == [1, 2]
    file.close()
    again = RegisterFile(tmp_path / "register.db")

    assert (again.next_number("knowledge"), again.next_number("other")) == (3, 1)
    again.close()


def test_gates_are_known_until_removed(register):
    """A stolen gate gets no key any more."""
    gate = EnrolledGate("entry-1", "entry-1", b"x" * 32, b"y" * 32)
    register.add_gate(gate)
    register.add_gate(gate)

    assert register.gates() == [gate]
    register.remove_gate("entry-1")
    assert register.gates() == []
    with pytest.raises(RegisterError, match="no gate"):
        register.remove_gate("entry-1")


def test_a_missing_folder_is_said(tmp_path):
    """What, why, and what to do."""
    with pytest.raises(EnvironmentProblem, match="check the disk"):
        RegisterFile.create(tmp_path / "nowhere" / "register.db")


def test_a_register_is_never_made_over_another(file, tmp_path):
    """Its passes would all read revoked."""
    file.add(line(1))
    with pytest.raises(EnvironmentProblem, match="can't be made"):
        RegisterFile.create(tmp_path / "register.db")

    assert file.all() == [line(1)]


def test_a_second_command_waits_for_the_first(file, tmp_path, monkeypatch):
    """And gives up with an error that is no damage."""
    monkeypatch.setattr("portique.school.register_file.WAIT_S", 0.05)
    other = RegisterFile(tmp_path / "register.db")
    with file.transaction():
        file.add(line(1))
        with pytest.raises(sqlite3.OperationalError, match="locked"), other.transaction():
            pass
    other.close()


def test_what_was_committed_survives_without_closing(file, tmp_path):
    """A power cut after the answer loses nothing of it."""
    with file.transaction():
        for number in count(1):
            file.add(line(number))
            if number == 3:
                break
    again = RegisterFile(tmp_path / "register.db")

    assert len(again.all()) == 3
    again.close()
