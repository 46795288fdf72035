"""`portique journal`: verdicts, exit codes, exports that are inert in a spreadsheet."""

import csv
import json
import os
import re

import pytest
from click.testing import CliRunner

from portique.cli.main import main
from portique.core import seal
from portique.core.entries import Authority
from portique.gate.journal_control import JournalControl
from portique.gate.journal_export import inert
from portique.gate.journal_values import Erasure
from portique.testing.journals import START_MS, decision, fictional_key, fill, open_journal

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r@x", " =1", "\x1b[2J=1", "\u202e=1"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


@pytest.fixture
def file(path):
    journal = open_journal(path)
    fill(journal, 9)
    journal.erase(
        Erasure(Authority.RETENTION, 1, ((3, 4),), rule="next-school-day"), at_ms=START_MS
    )
    journal.close(at_ms=START_MS)
    return path


def run(*arguments: object):
    return CliRunner().invoke(main, ["journal", *map(str, arguments)])


def test_a_whole_journal_exits_0(file):
    """And says how much it holds, and by whose key."""
    done = run("verify", file, "--json")

    answer = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (answer["whole"], answer["entries"], answer["erased"]) == (True, 11, 2)
    assert answer["fault"] is None
    assert answer["live"] is False


def test_a_damaged_journal_exits_1_and_names_the_entry(file):
    """Epoch and number of the first bad one, in JSON and in words."""
    data = bytearray(file.read_bytes())
    at = data.find(decision(6).to_body())
    data[at + 5] ^= 1
    file.write_bytes(data)
    done = run("verify", file, "--json")

    fault = json.loads(done.stdout)["fault"]
    assert done.exit_code == 1
    assert (fault["epoch"], fault["number"]) == (1, 8)
    assert "damaged at entry 8 of epoch 1" in run("verify", file).stdout


@pytest.mark.parametrize("content", [b"", b"not a journal", bytes(8192)])
def test_a_file_that_is_no_journal_exits_1(path, content):
    """It is a fault in data, not a crash."""
    path.write_bytes(content)

    assert run("verify", path).exit_code == 1


def test_wrong_use_exits_2(file, tmp_path):
    """No such ending, no such key."""
    assert run("export", file, "--out", tmp_path / "a.xlsx").exit_code == 2
    assert run("verify", file, "--key", "zz").exit_code == 2


@pytest.mark.parametrize("command", ["verify", "show", "export"])
@pytest.mark.parametrize("name", ["gone.db", "folder", "pipe"])
def test_what_is_no_file_is_the_environment_s_fault(tmp_path, command, name):
    """One sentence and exit code 5; nobody waits for a pipe."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    options = ("--out", tmp_path / "out.csv") if command == "export" else ()
    done = run(command, tmp_path / name, *options)

    assert (done.exit_code, done.stdout) == (5, "")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out.csv").exists()


def test_an_export_that_nobody_watches_says_nothing_besides(file, tmp_path):
    """Not even a line end on the error stream."""
    done = run("export", file, "--out", tmp_path / "a.csv", "--json")

    assert (done.exit_code, done.stderr) == (0, "")


def test_a_known_key_is_compared(file):
    """Whole for the gate's key, damaged for another."""
    for name, code in (("first", 0), ("second", 1)):
        key = fictional_key(seal.Purpose.GATE, name).public
        assert run("verify", file, "--key", (key.x + key.y).hex()).exit_code == code


def test_a_live_journal_is_asked_through_its_gate(path):
    """Verify, show and export work while the gate holds the file."""
    journal = open_journal(path)
    fill(journal, 9)
    control = JournalControl(journal)
    verified = run("verify", path, "--json")
    shown = run("show", path, "--last", "3")
    exported = run("export", path, "--out", path.with_name("out.jsonl"), "--json")
    control.close()
    journal.close(at_ms=START_MS)

    assert json.loads(verified.stdout)["live"] is True
    assert len(shown.stdout.splitlines()) == 3
    assert json.loads(exported.stdout)["entries"] == 10


def test_an_entry_is_shown_in_words(path):
    """Local time with its offset, the outcome's name, reasons with commas, short numbers."""
    journal = open_journal(path)
    fill(journal, 1)
    journal.append(decision(2, outcome=1, reasons=("expired", "late")), at_ms=START_MS)
    journal.close(at_ms=START_MS)

    last = run("show", path, "--last", "1").stdout
    assert re.match(r" +\d+  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}  decision ", last)
    assert "refer  expired, late" in last
    assert not re.search("[0-9a-f]{9}|[\\[{(=']", last)


def test_a_held_journal_without_gate_exits_5(path):
    """The environment is at fault; the sentence says what to do."""
    journal = open_journal(path)
    done = run("verify", path)
    journal.close(at_ms=START_MS)

    assert done.exit_code == 5
    assert "stop that process" in done.stderr


def test_an_export_holds_every_entry(file, tmp_path):
    """JSON lines with the fields of each body; erased ones say so."""
    assert run("export", file, "--out", tmp_path / "out.jsonl").exit_code == 0

    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    assert [entry["number"] for entry in entries] == list(range(1, 12))
    assert [entry["number"] for entry in entries if entry["kind"] == "erased"] == [3, 4]
    assert entries[4]["body"]["pass_id"] == f"{3:016x}"
    assert entries[4]["time"] == "2026-11-23T07:00:03.000Z"


def test_a_table_holds_every_entry(file, tmp_path):
    """The CSV reads back with as many rows and the same numbers."""
    assert run("export", file, "--out", tmp_path / "out.csv").exit_code == 0

    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert [int(row["number"]) for row in rows] == list(range(1, 12))
    assert rows[0]["kind"] == "epoch"


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text):
    """A leading = + - @ is quoted, and what can't be printed is gone."""
    cell = inert(text)

    assert cell.isprintable()
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))


def test_an_ordinary_cell_stays_as_it_is():
    """No quote where none is needed."""
    assert inert('lane="entry-1"') == 'lane="entry-1"'


def test_an_export_of_a_damaged_file_stops_where_the_damage_is(file, tmp_path):
    """Exit 1, and what came before is in the file."""
    data = bytearray(file.read_bytes())
    data[data.find(decision(6).to_body()) + 5] ^= 1
    file.write_bytes(data)
    done = run("export", file, "--out", tmp_path / "out.jsonl")

    assert done.exit_code == 1
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 7
