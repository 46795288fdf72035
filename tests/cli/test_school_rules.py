"""Rights, rules and exits from the command line, for a school without a server."""

import json
from pathlib import Path
from typing import Any

import pytest

MONDAY_LESSONS = (("2DE 04", "08:00", "10:00"), ("ESP 1", "14:00", "15:30"))


def lesson(group: str, begins: str, ends: str) -> dict[str, Any]:
    """Write a Monday's lesson."""
    hours = {"begins": begins, "ends": ends, "first": None, "last": None, "every": 1}
    return {"group": group, "weekday": 1} | hours


@pytest.fixture
def timetable(lycee: Path) -> Path:
    """Give the school two groups with Monday lessons; return calendar.json."""
    path = lycee / "calendar.json"
    calendar = json.loads(path.read_text(encoding="utf-8"))
    calendar["timetable"] = {
        "first": "2026-09-01",
        "last": "2099-07-03",
        "groups": ["2DE 04", "ESP 1"],
        "lessons": [lesson(*one) for one in MONDAY_LESSONS],
        "changes": [],
    }
    path.write_text(json.dumps(calendar), encoding="utf-8")
    return path


@pytest.fixture
def zoe(school, timetable: Path, tmp_path: Path) -> Any:
    """Give a half-boarder with the green regime and both groups."""
    issued = school.issue(name="Zoé Martin")
    rows = f"holder;groups;regime;meal_days\n{issued['holder']};2DE 04|ESP 1;green;1|2|4|5\n"
    answer = give(school, tmp_path, rows)
    assert (answer.code, answer.stderr) == (0, "")
    return issued


def give(school, folder: Path, rows: str):
    """Write a table of rights and give it to the school."""
    path = folder / "rights.csv"
    path.write_text(rows, encoding="utf-8")
    return school.run("school", "rights", "--school", school.folder, "--csv", path, "--json")


def leave(school, pass_id: str, at: str, *options: object):
    """Ask whether a pupil may leave."""
    asked = ("school", "may-leave", pass_id, "--school", school.folder, "--at", at)
    return school.run(*asked, *options)


def test_the_last_lesson_over_a_green_regime_lets_leave(school, zoe):
    """The rule in the words of the design."""
    answer = leave(school, zoe["pass_id"], "2026-11-23T15:30", "--language", "fr")

    assert answer.code == 0
    assert answer.stdout.replace("\xa0", " ") == (
        "sortie possible à 15 h 30 : régime vert, plus de cours\n"
    )


def test_before_that_it_says_from_when_on(school, zoe):
    """Not permitted, and the instant at which it will be."""
    answer = leave(school, zoe["pass_id"], "2026-11-23T10:30", "--json")

    assert answer.code == 4
    assert answer.json | {"fr": "", "en": ""} == {
        "pass_id": zoe["pass_id"],
        "at": "2026-11-23T09:30:00Z",
        "verdict": "not-permitted",
        "why": "lesson-later",
        "regime": "green",
        "later": "2026-11-23T14:30:00Z",
        "later_why": "period-over",
        "fr": "",
        "en": "",
    }


def test_the_answer_is_spoken_in_english_too(school, zoe):
    """In the language of the command, unless another is asked for."""
    answer = leave(school, zoe["pass_id"], "2026-11-23T15:30")

    assert answer.stdout == "may leave at 15:30: green regime, no more lessons\n"


def test_an_absent_teacher_lets_leave_earlier(school, zoe, timetable):
    """A change in calendar.json is obeyed at once."""
    calendar = json.loads(timetable.read_text(encoding="utf-8"))
    cancelled = {"group": "ESP 1", "day": "2026-11-23", "kind": "cancelled"}
    calendar["timetable"]["changes"] = [cancelled | {"begins": "14:00", "ends": "15:30"}]
    timetable.write_text(json.dumps(calendar), encoding="utf-8")

    assert leave(school, zoe["pass_id"], "2026-11-23T13:30").code == 0


def test_without_timetable_it_is_to_be_checked(school):
    """A new school knows no lessons."""
    issued = school.issue("--regime", "green")
    answer = leave(school, issued["pass_id"], "2026-11-23T15:30", "--json")

    assert (answer.code, answer.json["verdict"]) == (3, "timetable-unknown")


def test_without_regime_it_is_to_be_checked(school, timetable):
    """Nor is a regime guessed."""
    answer = leave(school, school.issue()["pass_id"], "2026-11-23T15:30", "--json")

    assert (answer.code, answer.json["verdict"]) == (3, "regime-unknown")


def test_exit_regimes_are_for_pupils(school):
    """Staff leave as they like."""
    issued = school.issue(kind="staff")

    assert leave(school, issued["pass_id"], "2026-11-23T15:30").code == 1


def test_rights_change_what_the_table_names_and_nothing_else(school, zoe, tmp_path):
    """A table of regimes leaves groups and meals as they were."""
    give(school, tmp_path, f"holder,regime\n{zoe['holder']},red\n")
    answer = leave(school, zoe["pass_id"], "2026-11-23T15:30", "--json").json

    assert (answer["regime"], answer["why"]) == ("red", "before-day-ends")


@pytest.mark.parametrize(
    ("row", "because"),
    [
        ("{holder},,,1|8,", "meal_days are weekdays"),
        ("{holder},,,,perhaps", "boarder is yes or no"),
        ("{holder}," + "|".join("ABCDEFGHIJKLMNOPQ") + ",,,", "17 groups"),
        ("{holder}," + "x" * 81 + ",,,", "groups must be a list of texts"),
        ("Zoé Martin,,,,", "holder is the number of a card"),
        ("0000000000000000,,,,", "the school issued no pass 0000000000000000"),
        ("{holder},,,,\n{holder},,,,", "has a line already"),
    ],
)
def test_one_wrong_line_changes_nothing(school, zoe, tmp_path, row: str, because: str):
    """The line is named, what it holds is not repeated."""
    before = (school.folder / "register.db").read_bytes()
    rows = "holder,groups,regime,meal_days,boarder\n" + row.format(holder=zoe["holder"]) + "\n"
    answer = give(school, tmp_path, rows)

    assert answer.code == 1
    assert because in answer.stderr
    assert "Martin" not in answer.stderr
    assert (school.folder / "register.db").read_bytes() == before


def test_doubts_are_said_but_do_not_stop(school, zoe, tmp_path):
    """Groups without lessons and regimes without rule are named."""
    rows = f"holder,groups,regime\n{zoe['holder']},2DE 04|LATIN,purple\n"
    answer = give(school, tmp_path, rows)

    assert (answer.code, answer.json) == (0, {"changed": 1})
    assert "LATIN" in answer.stderr
    assert "purple" in answer.stderr


def check(school, *options: object):
    """Check the school's rules."""
    return school.run("school", "calendar", "--school", school.folder, "--json", *options)


def test_a_timetable_without_doubt_passes_the_check(school, zoe):
    """Exit code 0, and what the files hold."""
    answer = check(school, "--check")

    assert answer.code == 0
    assert (answer.json["groups"], answer.json["lessons"]) == (["2DE 04", "ESP 1"], 2)
    assert answer.json["doubts"] == []


def test_a_school_without_timetable_fails_the_check(school):
    """A doubt is an exit code for whoever asks for it."""
    assert (check(school).code, check(school, "--check").code) == (0, 1)


@pytest.mark.parametrize(
    ("name", "content", "because"),
    [
        ("calendar.json", "{", "not JSON"),
        ("calendar.json", "[" * 100_000, "not JSON"),
        ("calendar.json", b"\xff", "not UTF-8 text"),
        ("calendar.json", "{}", "is missing"),
        ("regimes.json", '[{"code": "a"}]', "title is missing"),
        ("zones.json", '{"zones": [], "lanes": [], "x": 1}', "unknown key x"),
        ("school.toml", "x", "damaged"),
        ("school.toml", b"\xff", "damaged"),
        ("school.toml", "uai = 5\nname = 'x'", "damaged"),
        ("school.toml", "uai = '0999001W'\nname = 5", "damaged"),
        ("school.toml", "uai = '0999001W'\nname = 'x'\ntime_zone = 'Mars'", "not a time zone"),
        ("school.toml", "uai = '0999001W'\nname = 'x'\ncolour = 'red'", "colour"),
    ],
)
@pytest.mark.parametrize("command", [("school", "calendar"), ("pass", "show", "PQ1:")])
def test_a_spoiled_file_is_named(school, name: str, content, because: str, command):
    """Whatever command meets it: one sentence, exit code 2."""
    spoiled = content if isinstance(content, bytes) else content.encode()
    (school.folder / name).write_bytes(spoiled)
    answer = school.run(*command, "--school", school.folder)

    assert answer.code == 2
    assert name in answer.stderr
    assert because in answer.stderr


def test_the_number_of_a_card_says_whose_rights_they_are(school, zoe, tmp_path):
    """What `pass list` shows and a card carries is enough."""
    answer = give(school, tmp_path, f"holder,regime\n{zoe['pass_id'][:8].upper()},red\n")

    assert (answer.code, answer.json) == (0, {"changed": 1})


@pytest.mark.parametrize("typed", ["Zoé Martin", "1234", "g" * 16])
def test_what_is_no_number_is_refused_and_not_repeated(school, zoe, tmp_path, typed: str):
    """A name in the column of numbers stays on the secretary's screen."""
    answer = give(school, tmp_path, f"holder,regime\n{typed},red\n")

    assert answer.code == 1
    assert "line 2: holder is the number of a card" in answer.stderr
    assert typed not in answer.stderr


def test_two_cards_of_one_holder_are_one_line_too_many(school, zoe, tmp_path):
    """The same person under both numbers would be changed twice."""
    rows = f"holder,regime\n{zoe['pass_id']},red\n{zoe['holder']},green\n"

    assert "line 3: this holder has a line already" in give(school, tmp_path, rows).stderr


def edit(path: Path, **changes: object) -> None:
    """Change the first opening of a calendar, as an editor would."""
    calendar = json.loads(path.read_text(encoding="utf-8"))
    calendar["openings"][0] |= changes
    path.write_text(json.dumps(calendar), encoding="utf-8")


@pytest.mark.parametrize("command", [("school", "calendar"), ("knowledge", "export")])
def test_an_opening_for_a_zone_that_is_not_there_is_refused(school, timetable, tmp_path, command):
    """Otherwise nobody would come in, and nothing would say why."""
    edit(timetable, zone="insyde")
    out = ("--out", tmp_path / "k") if command[0] == "knowledge" else ()

    answer = school.run(*command, "--school", school.folder, *out)

    assert answer.code == 2
    assert "opening 1 (horaires ordinaires) is for the zone insyde" in answer.stderr
    assert "it has outside, inside" in answer.stderr


def test_a_group_that_nobody_is_in_is_doubted(school, zoe, timetable):
    """A misspelt class waits outside."""
    audience = {"everybody": False, "kinds": [], "groups": ["2DE 04", "2DE O4"], "holders": []}
    edit(timetable, audience=audience)

    answer = school.run("school", "calendar", "--school", school.folder, "--check")

    assert answer.code == 1
    assert "opening horaires ordinaires: nobody is in the groups 2DE O4\n" in answer.stderr


def test_a_wrong_row_is_named(school, timetable):
    """Its list, its place, its title and its key."""
    edit(timetable, opens="25:00")

    answer = school.run("school", "calendar", "--school", school.folder)

    assert answer.code == 2
    assert "openings, number 1 (horaires ordinaires): opening: opens must be" in answer.stderr


def test_a_file_saved_by_notepad_is_read(school, timetable):
    """With its mark it is UTF-8 all the same; in the machine's own encoding it is not."""
    text = timetable.read_text(encoding="utf-8").replace("ordinaires", "d’été")
    timetable.write_text(text, encoding="utf-8-sig")
    marked = school.run("school", "calendar", "--school", school.folder)
    timetable.write_text(text, encoding="cp1252")
    foreign = school.run("school", "calendar", "--school", school.folder)

    assert (marked.code, foreign.code) == (0, 2)
    assert "is not UTF-8 text; in Notepad: Save as" in foreign.stderr
