"""A pass after its issue: suspended, resumed, replaced, revoked, printed again."""

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portique.core.seal import Purpose, private_key
from portique.core.values import Kind, PassId
from portique.school.folder import SchoolFolder
from portique.school.issuing import Request, issue

NEVER = "0000000000000000"
SEPTEMBER = datetime(2026, 9, 1, 6, tzinfo=UTC)


def change(school, verb: str, pass_id: str, *options: object):
    """Change a pass's status."""
    return school.run("pass", verb, pass_id, "--school", school.folder, "--json", *options)


def test_a_suspension_is_taken_back(school):
    """Suspended is refused, resumed is granted."""
    issued = school.issue()
    outcomes = [
        (change(school, verb, issued["pass_id"]).code, school.show(issued["text"]).json["reasons"])
        for verb in ("suspend", "suspend", "resume", "resume")
    ]

    assert outcomes == [(0, ["suspended"]), (0, ["suspended"]), (0, []), (0, [])]


def test_revoking_is_final(school):
    """Nothing brings a revoked pass back, and the gate refuses it."""
    issued = school.issue()
    codes = [
        change(school, verb, issued["pass_id"]).code
        for verb in ("suspend", "resume", "revoke", "revoke", "resume", "suspend", "replace")
    ]

    assert codes == [0, 0, 0, 1, 1, 1, 1]
    assert school.show(issued["text"]).json["reasons"] == ["revoked"]


@pytest.mark.parametrize("verb", ["revoke", "suspend", "resume", "replace"])
def test_a_pass_never_issued_is_said(school, verb: str):
    """A wrong digit is no crash."""
    answer = change(school, verb, NEVER)

    assert answer.code == 1
    assert NEVER in answer.stderr


@pytest.mark.parametrize("verb", ["revoke", "suspend", "resume", "replace"])
@pytest.mark.parametrize(
    "typed", ["Zoé Martin", "", "1f0e9d8", "../../keys", "0" * 17, "g" * 16, "1f0e9d8*", "٣" * 16]
)
def test_what_is_no_number_is_not_repeated(school, verb: str, typed: str):
    """It may be somebody's name."""
    answer = change(school, verb, typed)

    assert answer.code == 2
    assert "16 hexadecimal digits" in answer.stderr
    assert "Martin" not in answer.stderr


def test_a_number_is_read_in_either_case(school):
    """Somebody copies it from a card."""
    issued = school.issue()

    assert change(school, "revoke", issued["pass_id"].upper()).json["pass_id"] == issued["pass_id"]


@pytest.mark.parametrize("verb", ["revoke", "suspend", "resume", "replace"])
def test_the_number_on_the_card_is_enough(school, verb: str):
    """Eight digits are printed; the answer gives all sixteen."""
    issued = school.issue()
    answer = change(school, verb, issued["pass_id"][:8]).json

    assert answer.get("replaces", answer["pass_id"]) == issued["pass_id"]


def test_the_number_on_the_card_prints_it_again(school, tmp_path):
    """And no other."""
    issued = school.issue()
    school.issue()
    printed = reprint(school, tmp_path / "a.txt", issued["pass_id"][:8])

    assert printed.json["passes"] == 1
    assert (tmp_path / "a.txt").read_text() == issued["text"] + "\n"


def test_a_successor_takes_over(school):
    """Same holder, same end, same name; the old one is refused."""
    issued = school.issue("--label", "2DE 04", "--until", "2027-01-31")
    successor = change(school, "replace", issued["pass_id"]).json

    assert successor["replaces"] == issued["pass_id"]
    assert (successor["holder"], successor["until"]) == (issued["holder"], issued["until"])
    assert school.show(issued["text"]).json["reasons"] == ["revoked"]
    assert school.show(successor["text"], "--unseal").json["name"] == "Zoé Martin"


def test_a_successor_that_cannot_be_written_changes_nothing(school, tmp_path):
    """The old card goes on working."""
    issued = school.issue()
    answer = change(school, "replace", issued["pass_id"], "--out", tmp_path / "no" / "new.pdf")

    assert answer.code == 5
    assert school.show(issued["text"]).code == 0


def test_an_expired_pass_is_not_replaced(school):
    """A new one is issued instead."""
    issued = school.issue("--until", "2026-09-02")

    assert change(school, "replace", issued["pass_id"]).code == 1


def test_a_phones_pass_stays_a_phones(school, tmp_path):
    """Neither replaced nor printed: its successor would be no card, and no pass of that phone."""
    card = school.issue()
    phones = phones_pass(school.folder)
    replaced = change(school, "replace", phones)

    assert (replaced.code, "new code" in replaced.stderr) == (1, True)
    assert change(school, "suspend", phones).code == 0  # it was not revoked
    assert change(school, "resume", phones).code == 0
    assert reprint(school, tmp_path / "one.txt", phones).code == 1
    assert reprint(school, tmp_path / "all.txt").json["passes"] == 1
    assert (tmp_path / "all.txt").read_text() == card["text"] + "\n"


def phones_pass(folder: Path) -> PassId:
    """Issue a pass that is bound to a phone, as the server does."""
    key = private_key(Purpose.PHONE, os.urandom(40)).public
    request = Request(Kind.PUPIL, "Zoé Martin", phone_key=key)
    with contextlib.closing(SchoolFolder.open(folder)) as school:
        return issue(school, request, at=SEPTEMBER, entropy=os.urandom).pass_id


def reprint(school, out, *options: object):
    """Print passes already issued."""
    return school.run("pass", "print", "--school", school.folder, "--out", out, "--json", *options)


def test_all_that_count_are_printed(school, tmp_path):
    """Without a number, every pass of the list; with a label, one class."""
    for label in ("2DE 04", "2DE 04", "2DE 05"):
        school.issue("--label", label)

    assert reprint(school, tmp_path / "all.pdf").json["passes"] == 3
    assert reprint(school, tmp_path / "class.pdf", "--label", "2DE 04").json["passes"] == 2
    assert reprint(school, tmp_path / "class.txt", "--label", "2DE 05").json["passes"] == 1


def test_a_revoked_pass_is_not_printed(school, tmp_path):
    """Its card would be refused at the gate."""
    issued = school.issue()
    change(school, "revoke", issued["pass_id"])

    assert reprint(school, tmp_path / "a.pdf", issued["pass_id"]).code == 1


@pytest.mark.parametrize(
    ("out", "options", "code"),
    [
        ("a.docx", (), 2),
        ("a.png", (), 2),
        ("a.pdf", ("--layout", "napkin"), 2),
        ("a.pdf", ("--first", "0"), 2),
        ("a.pdf", ("--label", "nobody"), 2),
        ("a.pdf", ("--label", "nobody", NEVER), 2),
        ("a.pdf", ("--layout", "70x37", "--first", "99"), 1),
        ("no/a.pdf", (), 5),
        ("a.pdf", (NEVER,), 1),
    ],
)
def test_what_cannot_be_printed_is_said(school, tmp_path, out: str, options, code: int):
    """One exit code for each sort of mistake, and no file."""
    school.issue()
    school.issue()

    assert reprint(school, tmp_path / out, *options).code == code
    assert not (tmp_path / out).exists()


def test_resuming_a_pass_that_counts_is_said(school):
    """It may be a mistake about its number; nothing changes."""
    number = school.issue()["pass_id"]

    answer = school.run("pass", "resume", number, "--school", school.folder)

    assert (answer.code, "was not suspended" in answer.stderr) == (0, True)


def test_a_revocation_says_how_gates_learn_it(school):
    """The command to type next is there."""
    number = school.issue()["pass_id"]

    answer = school.run("pass", "revoke", number, "--school", school.folder)

    assert f"portique knowledge export --school {school.folder} --out " in answer.stdout
