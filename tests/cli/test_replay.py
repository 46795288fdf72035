"""`portique gate replay`: pictures through a whole lane."""

import os
import re
from pathlib import Path
from typing import Any

import av
import cv2
import pytest
from tests.cli.conftest import School, frame

pytestmark = pytest.mark.slow  # pictures read

MENU = "https://example.org/menu"


def film(folder: Path, *shown: tuple[str, ...]) -> Path:
    """Write a folder of pictures, one a second; () shows nobody."""
    folder.mkdir(exist_ok=True)
    for number, texts in enumerate(shown):
        cv2.imwrite(str(folder / f"{number:03}.png"), frame(*texts))
    return folder


@pytest.fixture
def zoe(school: School) -> Any:
    """Give a pupil's pass."""
    return school.issue("--regime", "green")


@pytest.fixture
def yves(school: School) -> Any:
    """Give a member of staff's pass."""
    return school.issue(kind="staff", name="Yves Carrel")


def test_a_picture_is_one_frame(school, tmp_path, zoe):
    """One decision at once, then the summary."""
    path = tmp_path / "zoe.png"
    cv2.imwrite(str(path), frame(zoe["text"]))
    counts = {"frames": 1, "seconds": 0.0, "decisions": 1, "grant": 1, "refer": 0, "refuse": 0}

    decision, last = school.replay(path).all

    assert decision == {
        "t_s": 0.0,
        "frame": 0,
        "outcome": "grant",
        "reasons": [],
        "pass_id": zoe["pass_id"],
        "medium": "paper",
    }
    assert last["summary"] | counts == last["summary"]


def test_a_folder_plays_one_picture_a_second(school, tmp_path, zoe, yves):
    """In the order of their names; what is no picture is left out."""
    folder = film(tmp_path / "film", (), (zoe["text"],), (), (), (yves["text"],))
    (folder / "000-notes.txt").write_text("not a picture")
    *decisions, last = school.replay(folder).all

    assert [(one["t_s"], one["frame"], one["pass_id"]) for one in decisions] == [
        (1.0, 1, zoe["pass_id"]),
        (4.0, 4, yves["pass_id"]),
    ]
    assert (last["summary"]["frames"], last["summary"]["seconds"]) == (5, 4.0)


def test_a_pass_that_stays_is_decided_once(school, tmp_path, zoe):
    """Latched until it is gone."""
    folder = film(tmp_path / "film", *[(zoe["text"],)] * 6)

    assert school.replay(folder).all[-1]["summary"]["decisions"] == 1


def test_two_codes_at_once_are_both_held(school, tmp_path, zoe, yves):
    """No decision for either, however long they stay; the one left alone is then decided."""
    both = (zoe["text"], yves["text"])

    answer = school.replay(film(tmp_path / "both", *[both] * 4))
    assert answer.all[-1]["summary"]["decisions"] == 0
    assert answer.all[-1]["summary"]["held"] > 0
    assert "one at a time" in answer.stderr
    after = film(tmp_path / "after", both, both, *[(yves["text"],)] * 4)
    assert [one.get("pass_id") for one in school.replay(after).all[:-1]] == [yves["pass_id"]]


def test_another_s_code_is_one_refusal_without_number(school, tmp_path):
    """A menu's code held up for seconds is refused once."""
    (decision, last) = school.replay(film(tmp_path / "film", *[(MENU,)] * 3)).all

    assert (decision["outcome"], decision["pass_id"]) == ("refuse", None)
    assert decision["reasons"] == ["not-a-pass"]
    assert last["summary"]["refuse"] == 1


def test_nobody_is_no_decision(school, tmp_path):
    """An empty morning is a summary."""
    answer = school.replay(film(tmp_path / "film", (), ()))

    assert answer.code == 0
    assert answer.json["summary"]["decisions"] == 0


def test_without_a_journal_nothing_is_remembered(school, tmp_path, zoe):
    """Two runs are one another's equal."""
    folder = film(tmp_path / "film", (zoe["text"],))

    assert len({school.replay(folder).stdout for _ in range(2)}) == 1


def test_a_journal_remembers_double_use(school, tmp_path, zoe):
    """A second showing within five minutes is referred, a later one granted."""
    folder, journal = film(tmp_path / "film", (zoe["text"],)), tmp_path / "journal.db"
    reasons = [
        school.replay(folder, "--journal", journal, at=at).all[0]["reasons"]
        for at in ("2026-11-23T08:00", "2026-11-23T08:02", "2026-11-23T08:20")
    ]

    assert reasons == [[], ["double-use"], []]


def test_time_before_the_journal_s_is_not_trusted(school, tmp_path, zoe, yves):
    """A clock set back shows as such."""
    journal = tmp_path / "journal.db"
    school.replay(film(tmp_path / "one", (zoe["text"],)), "--journal", journal)
    again = school.replay(
        film(tmp_path / "two", (yves["text"],)), "--journal", journal, at="2026-11-23T07:30"
    )

    assert (again.all[0]["outcome"], again.all[0]["reasons"]) == ("refer", ["time-untrusted"])


def test_a_replay_s_journal_is_whole(school, run, tmp_path, zoe):
    """It verifies, shows and exports like a gate's."""
    journal, out = tmp_path / "journal.db", tmp_path / "journal.csv"
    school.replay(film(tmp_path / "film", (zoe["text"],)), "--journal", journal)

    assert run("journal", "verify", journal, "--json").json["whole"]
    shown = run("journal", "show", journal, "--json").all
    assert zoe["pass_id"] in [entry["body"].get("pass_id") for entry in shown]
    assert run("journal", "export", journal, "--out", out, "--json").json["entries"] == len(shown)


def test_another_lane_s_journal_is_set_aside_aloud(school, tmp_path, zoe):
    """One lane, one journal: the other's is kept, and the technician told."""
    folder, journal = film(tmp_path / "film", (zoe["text"],)), tmp_path / "journal.db"
    school.replay(folder, "--journal", journal)
    answer = school.replay(folder, "--journal", journal, lane="exit-1", at="2026-11-23T17:30")

    assert answer.code == 0
    assert "former journal is kept" in answer.stderr


def test_at_an_exit_a_pupil_without_timetable_is_referred(school, tmp_path, zoe, yves):
    """Staff leave as they like."""
    folder = film(tmp_path / "film", (zoe["text"],), (), (), (yves["text"],))
    pupil, staff, _ = school.replay(folder, lane="exit-1").all

    assert (pupil["outcome"], pupil["reasons"]) == ("refer", ["timetable-unknown"])
    assert staff["outcome"] == "grant"


def test_words_are_for_people(school, run, tmp_path, zoe):
    """Without --json: one line a decision, one in the end."""
    folder = film(tmp_path / "film", (), (zoe["text"],))
    asked = ("gate", "replay", folder, "--school", school.folder, "--lane", "entry-1")
    answer = run(*asked, "--at", "2026-11-23T08:00")

    decision, summary = answer.lines
    assert decision.split() == ["1.00", "s", "grant"]
    assert re.fullmatch(r"1 decision in 2 frames, 1\.0 s", summary)


@pytest.mark.parametrize(
    ("source", "options", "code"),
    [
        ("nosuch.mp4", (), 5),
        ("empty", (), 5),
        ("notes.txt", (), 5),
        ("broken.png", (), 5),
        ("http://127.0.0.1:1/nobody.mjpg", (), 5),
        ("film", ("--lane", "nosuch"), 2),
        ("film", ("--at", "yesterday"), 2),
        ("film", ("--at", "2026-03-29T02:30"), 2),
        ("film", ("--journal", "no/journal.db"), 5),
        ("film", ("--journal", "notes.txt"), 1),
        ("film", ("--journal", "pipe.png"), 5),
        ("pipe.png", (), 5),
        ("film", ("--school", "empty"), 5),
    ],
)
def test_what_cannot_be_replayed_is_said(
    school, run, tmp_path, monkeypatch, source: str, options, code: int
):
    """One sentence and one exit code for each."""
    monkeypatch.chdir(tmp_path)
    film(Path("film"), ())
    Path("empty").mkdir()
    os.mkfifo("pipe.png")
    Path("notes.txt").write_text("nothing to see")
    Path("broken.png").write_bytes(b"\x89PNG....")
    asked = {"--school": school.folder, "--lane": "entry-1", "--at": "2026-11-23T08:00"}
    asked |= dict(zip(options[::2], options[1::2], strict=True))
    answer = run("gate", "replay", source, *[part for pair in asked.items() for part in pair])

    assert (answer.code, answer.stdout) == (code, "")
    assert answer.stderr.count("portique: ") + answer.stderr.count("Error: ") == 1
    assert Path("notes.txt").read_text() == "nothing to see"


def video(path: Path, texts: list[str]) -> Path:
    """Encode half a second of each text, five frames a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for text in [one for one in texts for _ in range(5)]:
            picture = av.VideoFrame.from_ndarray(frame(*([text] if text else [])), format="gray")
            container.mux(stream.encode(picture.reformat(format="yuv420p")))
        container.mux(stream.encode(None))
    return path


def test_a_video_is_played_at_its_own_pace(school, tmp_path, zoe):
    """Times are the film's, counted from --at."""
    decision, last = school.replay(video(tmp_path / "a.mp4", ["", zoe["text"]])).all

    assert (decision["frame"], decision["t_s"]) == (5, 1.0)
    assert (last["summary"]["frames"], last["summary"]["seconds"]) == (10, 1.8)


def test_a_video_cut_short_is_judged_as_far_as_it_goes(school, tmp_path, zoe):
    """Never a traceback: decisions and a notice, or one sentence."""
    path = video(tmp_path / "a.avi", [zoe["text"], "", "", ""])
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    answer = school.replay(path)

    assert (answer.code, answer.all[0]["pass_id"]) == (0, zoe["pass_id"])
