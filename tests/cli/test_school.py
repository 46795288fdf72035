"""`portique school init` and `roll`: a folder, its keys, and what may be wrong with them."""

import sqlite3
import tomllib
from contextlib import closing
from datetime import datetime

import pytest


def init(run, folder, uai: str = "0999001W", name: str = "Lycée des Essais"):
    """Make a school."""
    return run("school", "init", folder, "--uai", uai, "--name", name, "--json")


def test_a_new_school_has_keys_zones_lanes_and_hours(run, tmp_path):
    """Everything a gate needs, and keys for their owner alone."""
    answer = init(run, tmp_path / "lycee")
    keys = list((tmp_path / "lycee" / "keys").iterdir())

    assert (answer.code, answer.json["lanes"]) == (0, ["entry-1", "exit-1"])
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}
    assert (tmp_path / "lycee").stat().st_mode & 0o077 == 0


def test_an_unusual_control_letter_is_only_a_warning(run, tmp_path):
    """Some identifiers in the wild have one."""
    answer = init(run, tmp_path / "lycee", uai="0999001A")

    assert answer.code == 0
    assert "should be W" in answer.json["warning"]


def test_a_school_s_name_may_hold_quotes_and_any_script(run, tmp_path):
    """It is written to school.toml and read back as it was."""
    name = 'Lycée « d’Arc » "\\ثانوية" 🎒'
    init(run, tmp_path / "lycee", name=name)
    again = run("school", "calendar", "--school", tmp_path / "lycee")

    assert again.code == 0
    assert tomllib.loads((tmp_path / "lycee" / "school.toml").read_text("utf-8"))["name"] == name


@pytest.mark.parametrize(
    ("uai", "name"),
    [
        ("099900W", "x"),
        ("0999001w", "x"),
        ("０９９９００１W", "x"),
        ("0999001W", ""),
        ("0999001W", "x" * 81),
        ("0999001W", "a\nb"),
        ("0999001W", "a\x1b[31m"),
        ("0999001W", "\udcff"),
    ],
)
def test_what_is_no_school_is_refused(run, tmp_path, uai: str, name: str):
    """Exit code 2, and no folder."""
    assert init(run, tmp_path / "lycee", uai, name).code == 2
    assert not (tmp_path / "lycee").exists()


def test_a_school_is_never_made_over_another(run, school):
    """Its keys would be lost."""
    before = sorted((school.folder / "keys").iterdir())
    answer = init(run, school.folder)

    assert answer.code == 5
    assert sorted((school.folder / "keys").iterdir()) == before


def test_a_folder_that_cannot_be_made_is_said(run, tmp_path):
    """A file in the way is the environment's fault."""
    (tmp_path / "file").touch()

    assert init(run, tmp_path / "file" / "lycee").code == 5


def test_a_new_year_keeps_old_passes_good(school):
    """Both years' keys verify; new passes carry the new year's."""
    before = school.issue()
    answer = school.run("school", "roll", "--school", school.folder, "--year", "2031", "--json")
    after = school.issue()

    assert answer.json == {"year": 2031, "issuers": 2}
    assert [school.show(one["text"]).code for one in (before, after)] == [0, 0]


@pytest.mark.parametrize(
    ("at", "year"),
    [
        ("2026-08-31T21:59:59+00:00", 2025),
        ("2026-08-31T22:00:00+00:00", 2026),  # midnight in Paris
        ("2026-12-31T23:30:00+00:00", 2026),
        ("2027-08-31T21:59:59+00:00", 2026),
    ],
)
def test_a_school_year_begins_by_the_school_s_own_time(run, tmp_path, monkeypatch, at, year: int):
    """On 1 September at midnight there, two hours before UTC says so."""
    monkeypatch.setattr("portique.cli.school.now", lambda: datetime.fromisoformat(at))
    run("school", "init", tmp_path / "lycee", "--uai", "0999001W", "--name", "Lycée")

    assert (tmp_path / "lycee" / "keys" / f"pass-{year}.pem").exists()


@pytest.mark.parametrize(
    ("command", "then"),
    [
        (("pass", "issue", "--kind", "pupil", "--name", "Zoé"), "2026-11-02T10:00:00+00:00"),
        (("knowledge", "export", "--out", "k.knowledge"), "2026-11-02T10:00:00+00:00"),
        (("school", "roll"), "2026-11-02T10:00:00+00:00"),
        (("pass", "issue", "--kind", "pupil", "--name", "Zoé"), "1970-01-01T00:00:10+00:00"),
        (("knowledge", "export", "--out", "k.knowledge"), "1970-01-01T00:00:10+00:00"),
    ],
)
def test_a_clock_that_went_back_is_not_believed(school, tmp_path, monkeypatch, command, then: str):
    """Before this software, or before a pass that counts: one sentence, and nothing written."""
    monkeypatch.chdir(tmp_path)
    school.issue()
    register = (school.folder / "register.db").read_bytes()
    monkeypatch.setattr("portique.cli.options.machine_time", lambda: datetime.fromisoformat(then))
    answer = school.run(*command, "--school", school.folder)

    assert (answer.code, answer.stdout) == (5, "")
    assert "this machine's clock says" in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert (school.folder / "register.db").read_bytes() == register
    assert not (tmp_path / "k.knowledge").exists()


def test_a_pass_issued_by_a_wrong_clock_is_revoked_to_go_on(school, monkeypatch):
    """The sentence names it; nothing else need be restored."""
    with monkeypatch.context() as clock:
        wrong = datetime.fromisoformat("2036-01-01T00:00:00+00:00")
        clock.setattr("portique.cli.options.machine_time", lambda: wrong)
        issued = school.issue()
    asked = ("pass", "issue", "--school", school.folder, "--kind", "staff", "--name", "Yves")
    refused = school.run(*asked)
    school.run("pass", "revoke", issued["pass_id"], "--school", school.folder)

    assert (refused.code, issued["pass_id"] in refused.stderr) == (5, True)
    assert school.run(*asked).code == 0


def test_no_school_is_made_by_a_wrong_clock(run, tmp_path, monkeypatch):
    """Its keys would be of a year long gone."""
    wrong = datetime.fromisoformat("1970-01-01T00:00:10+00:00")
    monkeypatch.setattr("portique.cli.options.machine_time", lambda: wrong)

    assert init(run, tmp_path / "lycee").code == 5
    assert not (tmp_path / "lycee").exists()


def test_a_key_given_twice_in_a_calendar_is_named(school):
    """Nobody knows which was meant."""
    path = school.folder / "calendar.json"
    text = path.read_text("utf-8").replace('"zone"', '"zone": "Europe/Rome", "zone"', 1)
    path.write_text(text, encoding="utf-8")
    answer = school.run("school", "calendar", "--school", school.folder)

    assert answer.code == 2
    assert "zone is there twice" in answer.stderr


def test_a_year_is_rolled_once(school):
    """A key is never overwritten; who needs newer ones within the year is told how."""
    first, second = (
        school.run("school", "roll", "--school", school.folder, "--year", "2031") for _ in range(2)
    )

    assert (first.code, second.code) == (0, 5)
    assert "--year 2032" in second.stderr


COMMANDS = [
    ("pass", "list"),
    ("pass", "show", "PQ1:"),
    ("pass", "revoke", "0" * 16),
    ("pass", "issue", "--kind", "pupil", "--name", "Zoé"),
    ("knowledge", "export", "--out", "out.knowledge"),
    ("gate", "init", "--lane", "entry-1", "--out", "gate/entry-1.toml"),
    ("gate", "replay", "film", "--lane", "entry-1", "--at", "2026-11-23T08:00"),
    ("school", "calendar"),
    ("school", "roll"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("what", ["nosuch", "empty", "a-file"])
def test_a_folder_that_is_no_school_is_said(run, tmp_path, monkeypatch, command, what: str):
    """Nothing is made there, and the sentence says how to make a school."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "a-file").touch()
    answer = run(*command, "--school", what)

    assert answer.code == 5
    assert answer.stdout == ""
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a-file", "empty"]


@pytest.mark.parametrize("command", COMMANDS[:3], ids=" ".join)
@pytest.mark.parametrize(
    ("spoil", "because"),
    [
        (lambda key: key.chmod(0o644), "chmod 600"),
        (lambda key: key.unlink(), "keys are missing"),
        (lambda key: key.write_text("no key"), "not a key file"),
    ],
    ids=["open to others", "gone", "spoiled"],
)
def test_a_spoiled_key_is_named(school, command, spoil, because: str):
    """Exit code 5, what is wrong, and what to do."""
    (key,) = (school.folder / "keys").glob("pass-*.pem")
    spoil(key)
    answer = school.run(*command, "--school", school.folder)

    assert answer.code == 5
    assert because in answer.stderr


@pytest.mark.parametrize(
    "command", [*COMMANDS, ("school", "rights", "--csv", "r.csv")], ids=" ".join
)
@pytest.mark.parametrize(
    "content",
    [None, b"", b"no database at all" * 100, b"SQLite format 3\0" + b"x" * 900],
    ids=["missing", "empty", "no database", "damaged"],
)
def test_a_lost_register_is_never_made_anew(school, tmp_path, monkeypatch, command, content):
    """Empty, it would revoke the whole school: one sentence, exit code 5, nothing written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.csv").write_text("holder\n", encoding="utf-8")
    register = school.folder / "register.db"
    register.unlink() if content is None else register.write_bytes(content)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    answer = school.run(*command, "--school", school.folder)

    assert (answer.code, answer.stdout) == (5, "")
    assert "restore it from the backup" in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert {
        path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()
    } == before


def test_another_program_s_database_is_no_register(school):
    """It is left as it was."""
    register = school.folder / "register.db"
    register.unlink()
    with closing(sqlite3.connect(register)) as database:
        database.execute("CREATE TABLE contacts (name TEXT)")
    content = register.read_bytes()
    answer = school.run("knowledge", "export", "--school", school.folder, "--out", "never")

    assert (answer.code, register.read_bytes()) == (5, content)
    assert "restore it from the backup" in answer.stderr


@pytest.mark.parametrize("name", ["calendar.json", "zones.json"])
@pytest.mark.parametrize(
    "command",
    [
        ("knowledge", "export", "--out", "out.knowledge"),
        ("pass", "show", "PQ1:"),
        ("school", "calendar"),
    ],
    ids=" ".join,
)
def test_lost_hours_or_zones_are_said(school, tmp_path, monkeypatch, command, name: str):
    """A new school's would take their place in silence, and open what was closed."""
    monkeypatch.chdir(tmp_path)
    (school.folder / name).unlink()
    answer = school.run(*command, "--school", school.folder)

    assert (answer.code, answer.stdout) == (5, "")
    assert f"{name} is missing; restore it from the backup" in answer.stderr
    assert not (tmp_path / "out.knowledge").exists()
