"""`portique pass issue`: what a pass holds, and what odd input comes to."""

import os

import pytest
from tests.cli.conftest import MONDAY_0800

from portique.core.values import Kind

ODD_NAMES = {
    "quotes": ('Zoé "d’Arc" O\'Neil', 'Zoé "d’Arc" O\'Neil'),
    "emoji": ("Zoé 👩‍🚀", "Zoé 👩‍🚀"),
    "right to left": ("محمد بن علي", "محمد بن علي"),
    "200 letters": ("é" * 200, "é" * 16),
    "cut before a character": ("a" + "é" * 40, "a" + "é" * 15),
    "line ends": ("Zoé\nMartin\r\n\u2028x", "Zoé Martin x"),
    "controls": ("Zoé\x1b[31m\x00\x07", "Zoé [31m"),
    "a JSON line's end": ('x"}\n{"ok": true', 'x"} {"ok": true'),
    "a formula": ("=cmd|'/c calc'!A1", "=cmd|'/c calc'!A1"),
}


@pytest.mark.parametrize(("given", "carried"), ODD_NAMES.values(), ids=ODD_NAMES)
def test_an_odd_name_is_carried_on_one_line(school, given: str, carried: str):
    """A pass carries 32 bytes of any name, cut at a character, without controls."""
    issued = school.issue(name=given)

    assert school.show(issued["text"], "--unseal").json["name"] == carried


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_gets_a_pass_that_reads_well(school, kind: str):
    """The text fits a QR code of version 11, and says nothing in clear."""
    issued = school.issue("--label", "SERVICE", kind=kind, name="Camille Dubreuil-Lafontaine")

    assert issued["text"].startswith("PQ1:")
    assert issued["qr_version"] <= 11
    assert (issued["kind"], issued["status"]) == (kind, "valid")


def test_no_answer_holds_the_name(school, run):
    """Names come out only when asked for with --unseal."""
    issued = school.issue("--label", "2DE 04", name="Anatole Verdurin")
    said = [school.show(issued["text"]), run("pass", "list", "--school", school.folder, "--json")]

    assert "Verdurin" not in str(issued) + "".join(one.stdout + one.stderr for one in said)


def test_a_pass_is_good_until_the_end_of_august(school):
    """The last instant is local midnight between 31 August and 1 September."""
    assert school.issue()["until"].endswith("-08-31T22:00:00Z")


def test_a_visitor_s_pass_ends_at_closing_time(school):
    """A visit lasts a day: until 19:00, local."""
    issued = school.issue("--from", "2026-11-23T09:00", kind="visitor")

    assert issued["until"] == "2026-11-23T18:00:00Z"


def test_a_visitor_after_closing_time_stays_until_midnight(school):
    """A pass issued at 20:00 isn't over before it begins."""
    issued = school.issue("--from", "2026-11-23T20:00", kind="visitor")

    assert issued["until"] == "2026-11-23T23:00:00Z"


@pytest.mark.parametrize(
    ("given", "instant"),
    [
        ("2026-12-01T08:00", "2026-12-01T07:00:00Z"),
        ("2026-12-01T08:00+05:30", "2026-12-01T02:30:00Z"),
        ("2026-12-01T08:00Z", "2026-12-01T08:00:00Z"),
        ("2026-12-01", "2026-12-01T23:00:00Z"),  # the whole of that day
        ("2027-03-28", "2027-03-28T22:00:00Z"),  # of 23 hours
        ("2027-10-31T02:30", "2027-10-31T00:30:00Z"),  # comes twice: the first
    ],
)
def test_dates_are_local_unless_they_say_otherwise(school, given: str, instant: str):
    """An offset wins; without one the school's clocks are meant."""
    assert school.issue("--until", given)["until"] == instant


@pytest.mark.parametrize(
    "options",
    [
        ("--from", "2027-03-28T02:30"),  # the clocks go forward over it
        ("--from", "yesterday"),
        ("--from", "0001-01-01T00:00"),
        ("--until", "9999-12-31T23:59:59-12:00"),
        ("--from", "2026-12-02", "--until", "2026-12-01"),
        ("--from", "2026-12-01T00:00", "--until", "2026-12-01T00:00"),
        ("--out", "zoe.docx"),
        ("--out", "zoe.pdf", "--layout", "napkin"),
        ("--name", "   "),
        ("--name", "\udcff\udcfe"),
        ("--regime", "é" * 7),
    ],
)
def test_wrong_use_exits_2_and_issues_nothing(school, run, options):
    """A date or file nobody can mean is refused before anything is written."""
    asked = ("pass", "issue", "--school", school.folder, "--kind", "pupil", "--name", "Zoé Martin")
    answer = run(*asked, *options, "--json")

    assert (answer.code, answer.stdout) == (2, "")
    assert "Martin" not in answer.stderr
    assert run("pass", "list", "--school", school.folder, "--json").lines == []


def test_a_table_that_is_no_file_is_the_environment_s_fault(school, run, tmp_path):
    """Missing, a folder or a pipe: exit code 5, at once."""
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("nosuch.csv", ".", "pipe.csv"):
        for command in (("pass", "issue"), ("school", "rights")):
            answer = run(*command, "--school", school.folder, "--csv", tmp_path / name)

            assert (answer.code, answer.stdout) == (5, "")
            assert answer.stderr.count("\n") == 1


def test_a_last_day_is_included_in_a_table_too(school, run, tmp_path):
    """As at the command line."""
    table = tmp_path / "class.csv"
    table.write_text("kind,name,until\npupil,Zoé,2026-12-31\n", encoding="utf-8")
    answer = run("pass", "issue", "--school", school.folder, "--csv", table, "--json")

    assert answer.json["until"] == "2026-12-31T23:00:00Z"


def test_a_file_that_cannot_be_written_takes_the_pass_back(school, run, tmp_path):
    """Nobody holds a pass whose paper was never made."""
    out = tmp_path / "nowhere" / "zoe.pdf"
    asked = ("pass", "issue", "--school", school.folder, "--kind", "pupil", "--name", "Zoé")
    answer = run(*asked, "--out", out)

    assert answer.code == 5
    assert run("pass", "list", "--school", school.folder, "--json").lines == []


def test_an_unknown_regime_is_carried_with_a_warning(school, run):
    """The school may write that regime later; meanwhile exits are referred."""
    asked = ("pass", "issue", "--school", school.folder, "--kind", "pupil", "--name", "Zoé")
    answer = run(*asked, "--regime", "vert", "--json")

    assert answer.code == 0
    assert "green, amber, red" in answer.stderr


@pytest.mark.parametrize("form", ["txt", "png", "svg", "pdf"])
def test_a_pass_is_written_in_every_form(school, tmp_path, form: str):
    """The ending chooses, and the answer says where it is."""
    out = tmp_path / f"zoe.{form}"
    issued = school.issue("--out", out)

    assert issued["out"] == str(out)
    assert out.read_bytes()[:4] in {b"PQ1:", b"\x89PNG", b"<?xm", b"<svg", b"%PDF"}


def test_a_printed_code_is_read_back(school, tmp_path):
    """The picture of a pass is granted as its text is."""
    out = tmp_path / "zoe.png"
    issued = school.issue("--out", out)

    assert school.show(out).json == school.show(issued["text"], at=MONDAY_0800).json


def test_a_forgotten_card_gives_a_slip_of_one_day(school, tmp_path):
    """The same holder, so the same rights; it ends with the day, and the card goes on."""
    card = school.issue("--label", "2DE 04", "--regime", "green")
    asked = ("--holder", card["pass_id"][:8], "--from", "2026-11-23T08:00", "--until", "today")
    out = ("--layout", "slip", "--out", tmp_path / "slip.pdf", "--json")

    answer = school.run("pass", "issue", "--school", school.folder, *asked, *out)

    slip = answer.json
    assert (slip["holder"], slip["kind"]) == (card["holder"], "pupil")
    assert slip["until"] == "2026-11-23T23:00:00Z"
    assert answer.stderr == ""
    shown = school.show(slip["text"], "--unseal").json
    assert (shown["name"], shown["label"]) == ("Zoé Martin", "2DE 04")
    assert (tmp_path / "slip.pdf").read_bytes().startswith(b"%PDF")


def test_a_holder_is_not_described_twice(school):
    """Who it is for comes from their pass alone."""
    asked = ("--holder", "1f0e9d8c", "--name", "Zoé")

    answer = school.run("pass", "issue", "--school", school.folder, *asked)

    assert (answer.code, "--holder says who" in answer.stderr) == (2, True)
