"""A folder that gets a server: its truth moves once, whole, and the command line follows it."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portique.core.errors import ConfigError, EnvironmentProblem
from portique.core.revocation import Status
from portique.core.rights import Rights
from portique.core.values import HolderId, Kind
from portique.school.checks import CHECKS, shares_of
from portique.school.folder import REGISTER, SchoolFolder, is_served
from portique.school.issuing import Request, issue, reopened
from portique.school.register import EnrolledGate
from portique.school.rules import calendar_of, site_of
from portique.server.passes.register import DatabaseRegister
from portique.server.school import adoption
from portique.server.school.house import served_school

AT = datetime(2026, 11, 16, 7, 30, tzinfo=UTC)
GATE = EnrolledGate("entry-1", "entry-1", b"x" * 32, b"y" * 32)
RIGHTS = Rights(groups=("2A",), label="2A").to_data()


@pytest.fixture
def folder(folder_made_once, settings, tmp_path, db):
    """A school's folder with a pass, rights, a gate, and knowledge exported three times."""
    path = tmp_path / "school"
    shutil.copytree(folder_made_once, path)
    settings.PORTIQUE_SCHOOL = path
    school = SchoolFolder.open(path)
    issued = issue(school, Request(Kind.PUPIL, "Zoé Lagarde"), at=AT, entropy=os.urandom)
    school.register.set_rights(issued.holder, RIGHTS)
    school.register.add_gate(GATE)
    for _ in range(3):
        school.register.next_number("knowledge")
    school.close()
    return path


def test_everything_moves(folder):
    """Passes, rights, gates, rules; the count of knowledge goes on above what gates have seen."""
    before = SchoolFolder.open(folder)
    passes, calendar, site = before.register.all(), calendar_of(before), site_of(before)
    before.close()

    assert adoption.adopt(folder)
    school = served_school()
    assert school.register.all() == passes
    assert school.register.rights() == {passes[0].holder: RIGHTS}
    assert school.register.gates() == [GATE]
    assert (calendar_of(school), site_of(school)) == (calendar, site)
    assert school.register.next_number("knowledge") > 3


def test_shares_that_gates_would_refuse_do_not_move(folder):
    """Nothing does, with what to do about it; once mended, all does."""
    (folder / CHECKS).write_text('{"Entrée 1": []}', encoding="utf-8")

    with pytest.raises(ConfigError, match=r"'Entrée 1' is no lane's name; write .* zones.json"):
        adoption.adopt(folder)
    assert not is_served(folder)

    (folder / CHECKS).write_text('{"entry-1": []}', encoding="utf-8")
    assert adoption.adopt(folder)
    assert shares_of(served_school()) == {"entry-1": ()}


def test_a_second_start_moves_nothing(folder):
    """What changed since in the database stays."""
    adoption.adopt(folder)
    number = served_school().register.all()[0].pass_id
    served_school().register.set_status(number, Status.REVOKED)

    assert not adoption.adopt(folder)
    assert served_school().register.get(number).status is Status.REVOKED


def test_a_move_stopped_before_its_end_is_completed(folder, monkeypatch):
    """The copy was committed, the file not yet set aside: nothing is there twice."""

    def stopped(*_: object) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as power:
        power.setattr(Path, "rename", stopped)
        with pytest.raises(KeyboardInterrupt):
            adoption.adopt(folder)

    assert not is_served(folder)
    assert adoption.adopt(folder)
    assert len(DatabaseRegister().all()) == 1


def test_a_folder_without_its_register_is_not_taken_for_a_new_school(folder):
    """An empty register would revoke everybody."""
    (folder / REGISTER).unlink()

    with pytest.raises(EnvironmentProblem, match="register"):
        adoption.adopt(folder)


def test_a_served_folder_can_no_longer_be_opened_as_files(folder):
    """Two registers that both believe themselves true would part."""
    adoption.adopt(folder)

    with pytest.raises(EnvironmentProblem, match="server"):
        SchoolFolder.open(folder)


def test_rules_written_come_back(served):
    """As plain data, by name."""
    served.write_data("regimes.json", [{"code": "vert"}])

    assert served.read_data("regimes.json") == [{"code": "vert"}]
    assert served.read_data("other.json") is None


def test_a_pass_issued_by_the_server_opens_with_the_schools_keys(served):
    """The same work on a school, whatever keeps its register."""
    issued = issue(served, Request(Kind.STAFF, "Ali Benani"), at=AT, entropy=os.urandom)
    identity = reopened(served, issued).identity

    assert identity is not None
    assert (identity.name, identity.holder) == ("Ali Benani", HolderId(issued.holder))
