"""`portique pass show`: one answer for whatever is shown, and no traceback."""

import json
import random

import cv2
import numpy as np
import pytest
from tests.cli.conftest import frame


def test_a_good_pass_is_granted(school):
    """Outcome, exit code and fields agree."""
    issued = school.issue()
    answer = school.show(issued["text"])

    assert answer.code == 0
    assert answer.json == {
        "ok": True,
        "pass_id": issued["pass_id"],
        "outcome": "grant",
        "reasons": [],
        "medium": "paper",
        "kind": "pupil",
        "not_before": "2026-09-01T06:00:00Z",
        "until": issued["until"],
    }


def test_outside_hours_a_pupil_is_referred(school):
    """A child is never refused for the hour."""
    answer = school.show(school.issue()["text"], at="2026-11-23T23:00")

    assert (answer.code, answer.json["outcome"]) == (3, "refer")
    assert answer.json["reasons"] == ["outside-opening"]


@pytest.mark.parametrize("at", ["2026-08-31T23:00", "2027-11-22T08:00"])
def test_a_pupil_out_of_dates_is_referred(school, at: str):
    """Nor for a pass not yet valid or expired."""
    assert school.show(school.issue()["text"], at=at).code == 3


@pytest.mark.parametrize("text", ["PQ", "PQ1:", "PQ1:AAAA", "PQ2:AAAA", "PQ1:" + "A" * 100_000])
def test_a_text_that_is_no_pass_is_refused(school, text: str):
    """Whatever begins like a pass is judged, not looked for on the disk."""
    answer = school.show(text)

    assert (answer.code, answer.json["ok"], answer.json["pass_id"]) == (4, False, None)


def test_a_changed_letter_is_refused(school):
    """One character of a genuine pass spoils it."""
    text = school.issue()["text"]
    changed = text[:60] + ("A" if text[60] != "A" else "B") + text[61:]

    assert school.show(changed).code == 4


def test_a_pass_of_another_school_is_refused(school, run, tmp_path):
    """Its keys are not ours."""
    other = tmp_path / "other"
    run("school", "init", other, "--uai", "0999002X", "--name", "Autre")
    asked = ("pass", "issue", "--school", other, "--kind", "pupil", "--name", "Zoé", "--json")

    assert school.show(run(*asked).json["text"]).json["reasons"] == ["other-school"]


def test_nothing_is_written(school):
    """Judging is without memory: twice the same, and no file changes."""
    text = school.issue()["text"]
    before = {path: path.read_bytes() for path in school.folder.rglob("*") if path.is_file()}
    answers = {school.show(text).stdout for _ in range(2)}

    assert len(answers) == 1
    assert before == {p: p.read_bytes() for p in school.folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "bmp"])
def test_a_picture_is_read(school, tmp_path, ending: str):
    """A camera's picture is judged as the text in it."""
    issued = school.issue()
    path = tmp_path / f"photo.{ending}"
    cv2.imwrite(str(path), frame(issued["text"]))

    assert school.show(path).json["pass_id"] == issued["pass_id"]


def test_of_several_codes_the_school_s_is_taken(school, tmp_path):
    """A poster beside the card changes nothing."""
    issued = school.issue()
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), frame("https://example.org/menu", issued["text"]))

    assert school.show(path).json["pass_id"] == issued["pass_id"]


@pytest.mark.parametrize("beside", [0, 1, 2])
def test_several_codes_in_a_picture_are_said(school, tmp_path, beside: int):
    """Which one is judged, and what the rest is; the answer itself stays one line."""
    passes = [school.issue() for _ in range(beside)]
    texts = [*(one["text"] for one in passes), "https://example.org/menu", "https://example.org/b"]
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), frame(*texts[:2]))
    answer = school.show(path)

    said = ["none of them a pass", "the pass is judged", f"only pass {answer.json['pass_id']}"]
    assert "holds 2 codes" in answer.stderr
    assert said[beside] in answer.stderr


def test_one_code_in_a_picture_is_silent(school, tmp_path):
    """Nothing is said of a picture as it should be."""
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), frame(school.issue()["text"]))

    assert school.show(path).stderr == ""


def test_another_code_in_a_picture_is_refused(school, tmp_path):
    """A menu is no pass."""
    path = tmp_path / "menu.png"
    cv2.imwrite(str(path), frame("https://example.org/menu"))

    assert school.show(path).json["reasons"] == ["not-a-pass"]


@pytest.mark.parametrize(
    "what", ["blank.png", "blank.jpg", "random.png", "empty.png", "card.pdf", "folder", "nosuch"]
)
def test_a_picture_without_code_exits_5(school, tmp_path, what: str):
    """One sentence, whatever the file is."""
    path = tmp_path / what
    if what.startswith("blank"):
        cv2.imwrite(str(path), np.full((300, 300), 255, np.uint8))
    elif what == "random.png":
        path.write_bytes(random.Random(1).randbytes(5000))
    elif what == "empty.png":
        path.touch()
    elif what == "card.pdf":
        school.issue("--out", path)
    elif what == "folder":
        path.mkdir()
    answer = school.show(path)

    assert (answer.code, answer.stdout) == (5, "")
    assert answer.stderr.startswith("portique: ")
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize("typed", ["Zoé Martin", " PQ1:RRQT 9O60GO0", "x" * 5000, "", "\0"])
def test_a_wrong_argument_is_not_repeated(school, typed: str):
    """It may be a name, or a pass's text with a space before it."""
    answer = school.show(typed)

    assert answer.code == 5
    assert typed.strip()[:9] not in answer.stderr or not typed


def test_every_line_gets_one_answer(school, run):
    """Ten thousand lines, of bytes of any kind and any length; the exit code is 0."""
    draw = random.Random(2)
    good = school.issue()["text"].encode()
    lines = [draw.randbytes(60).replace(b"\n", b"") for _ in range(9_900)]
    lines += [b"PQ1:" + draw.randbytes(100_000).replace(b"\n", b"") for _ in range(20)]
    lines += [b"x" * 100_000, b"", b"\0", b"\r", "é\u2028\x85".encode(), good, good + b"\r"]
    asked = ("pass", "show", "-", "--school", school.folder, "--at", "2026-11-23T08:00")
    answer = run(*asked, stdin=b"\n".join(lines) + b"\n")

    assert answer.code == 0
    assert len(answer.lines) == len(lines)
    assert [one["ok"] for one in answer.all[-2:]] == [True, True]


def test_nothing_in_means_nothing_out(school, run):
    """An empty input has no line."""
    answer = run("pass", "show", "-", "--school", school.folder, stdin=b"")

    assert (answer.code, answer.stdout) == (0, "")


def test_names_in_answers_are_ascii(school):
    """No name can end a line or play a terminal, whatever encoding it has."""
    issued = school.issue(name="Zoé \u202eEmma\u2069 😀")
    answer = school.show(issued["text"], "--unseal")

    assert answer.stdout.isascii()
    assert json.loads(answer.stdout)["name"] == "Zoé \u202eEmma\u2069 😀"


def test_words_show_names_with_their_tricks_spelt_out(school, run):
    """An override of the writing direction is seen, not obeyed."""
    issued = school.issue("--label", "2DE 04", name="Zoé \u202eEmma")
    asked = ("pass", "show", issued["text"], "--school", school.folder, "--unseal")
    answer = run(*asked, "--at", "2026-11-23T08:00")

    assert answer.stdout == "grant\n  Zoé \\u202eEmma, 2DE 04\n"


def test_words_say_when_no_name_can_be_read(school, run):
    """Asked for, and not there: silence would look like a fault."""
    asked = ("pass", "show", "PQ1:AAAA", "--school", school.folder, "--unseal")

    assert run(*asked).lines[1] == "  no name can be read from it"


def test_words_say_what_to_do(school, run):
    """Each reason comes with its sentence and the next step."""
    asked = ("pass", "show", school.issue()["text"], "--school", school.folder)
    answer = run(*asked, "--at", "2026-11-23T23:00")

    assert answer.code == 3
    assert answer.stdout.startswith("refer\n  outside-opening: ")
