"""What the office prints is what gates grant: paper, camera's picture, knowledge, decision."""

import os
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.server.conftest import AT
from tests.server.passes.conftest import CLASS

from portique.cli.judging import Judgement, bench_of
from portique.core import passes, seal
from portique.core.decide import Outcome, Reason
from portique.core.rights import Permission
from portique.core.sentences import ForgottenReason
from portique.core.values import Direction
from portique.school import keys
from portique.school.folder import KEYS
from portique.server import clock
from portique.server.accounts.roles import Role
from portique.server.passes import actions
from portique.server.school.house import served_school
from portique.sight.codes import read_picture
from portique.sight.sources import load_picture

MONDAY = AT + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def _monday_morning(monkeypatch):
    """It is a Monday of term, whenever these tests run."""

    class Monday(datetime):
        @classmethod
        def now(cls, tz=None):
            return AT.astimezone(tz)

    monkeypatch.setattr(clock, "datetime", Monday)


def outcome(served, text: str, at: datetime, lane: str = "entry-1"):
    return Judgement(bench_of(served, lane, at)).judge(text, at).decision


def read_back(pdf: bytes, folder: Path) -> list[str]:
    """Read the codes of a print's first page, from a picture of it."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is missing: apt-get install poppler-utils")
    (folder / "class.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-png", "-r", "200", str(folder / "class.pdf"), str(folder / "page")]
    subprocess.run(command, check=True)
    (page,) = folder.glob("page*.png")
    return [code.text for code in read_picture(load_picture(page))]


@pytest.mark.slow
def test_every_card_of_a_printed_class_is_granted(served, signed_in, person, tmp_path):
    """Issued and printed on the pages, seen by a camera, decided with the server's knowledge."""
    people = [person(n + 1, regime="green") for n in range(6)]
    office = signed_in(Role.SCHOOL_LIFE)
    office.post("/passes/delivrer/", {"kind": "pupil", "label": CLASS})
    printed = office.post("/passes/imprimer/", {"kind": "pupil", "label": CLASS})

    texts = read_back(printed.content, tmp_path)

    assert len(texts) == len(people)
    assert {outcome(served, text, MONDAY).outcome for text in texts} == {Outcome.GRANT}


def test_a_revoked_card_is_refused_with_the_next_knowledge(served, by, person):
    """And the card in its place is granted."""
    old = actions.issue_for(by, person())
    new = actions.replace(by, old.pass_id)

    assert Reason.REVOKED in outcome(served, old.text, MONDAY).reasons
    assert outcome(served, new.text, MONDAY).outcome is Outcome.GRANT


def test_keys_made_within_the_year_issue_at_once_and_leave_no_card_behind(served, by, person):
    """As after a theft: another process makes them, and gates are told with the next card."""
    before = actions.issue_for(by, person(1, regime="green"))
    keys.roll(served.path / KEYS, year=MONDAY.year + 1, entropy=os.urandom)
    after = actions.issue_for(by, person(2, regime="green"))
    old, new = (passes.parse(one.text).sealed.header[seal.KID] for one in (before, after))

    assert old != new
    assert outcome(served_school(), after.text, MONDAY).outcome is Outcome.GRANT
    assert outcome(served_school(), before.text, MONDAY).outcome is Outcome.GRANT


def test_last_years_card_is_granted_until_its_date(served, by, person):
    """The turn of the year takes nobody's card away unless the head said so."""
    card = actions.issue_for(by, person(1, regime="green"))
    actions.roll(by, MONDAY.year + 1, revoke=False)

    assert outcome(served, card.text, MONDAY).outcome is Outcome.GRANT


def test_a_permission_lets_a_pupil_leave(served, by, person):
    """Whose regime alone would leave it to the agent."""
    zoe = person(1, regime="red")
    card = actions.issue_for(by, zoe)
    before = outcome(served, card.text, MONDAY, "exit-1").outcome

    actions.give_permission(by, zoe, Permission(Direction.EXIT, 0, None, "Vie scolaire"))

    assert before is not Outcome.GRANT
    assert outcome(served, card.text, MONDAY, "exit-1").outcome is Outcome.GRANT


def test_a_slip_counts_today_and_never_after(served, by, person):
    """The next morning it is no right any more, though its number is the school's."""
    slip = actions.admit_today(by, person(), ForgottenReason.AT_HOME)

    assert outcome(served, slip.text, MONDAY).outcome is Outcome.GRANT
    assert outcome(served, slip.text, MONDAY + timedelta(days=1)).outcome is not Outcome.GRANT
