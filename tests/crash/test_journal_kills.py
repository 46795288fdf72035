"""R1: killed at any moment, the journal keeps every acknowledged entry and the door its reasons."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portique.gate.journal_folder import former_files
from portique.gate.journal_verify import verify_file
from portique.testing.journals import START_MS, open_journal

CHILD = Path(__file__).with_name("journal_child.py")
KILLS = int(os.environ.get("PORTIQUE_KILLS", "150"))
SEED = int(os.environ.get("PORTIQUE_SEED", "20261123"))
POINTS = (
    "begin",
    "insert",
    "before-commit",
    "after-commit",
    "after-append",
    "after-pulse",
    "after-acknowledgement",
)
LIVES = 10  # kills of one journal before it is looked at anew
AT_RANDOM = "-"


class Nursery:
    """Bears processes that journal, and sees them die."""

    def __init__(self) -> None:
        self._mother = subprocess.Popen(
            [sys.executable, str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def live_and_die(self, path: Path, door: Path, point: str, rng: random.Random) -> set[str]:
        """Let one process live until it is killed; return what it acknowledged."""
        assert self._mother.stdin is not None
        asked = (path, door, point, rng.randrange(1, 40), rng.randrange(2**32))
        self._mother.stdin.write("\t".join(map(str, asked)) + "\n")
        self._mother.stdin.flush()
        acknowledged = set()
        child, kill_after_s = 0, rng.random() * 0.05 if point == AT_RANDOM else None
        for word, value in self._words():
            if word == "born":
                child = int(value)
            elif word == "a":
                acknowledged.add(value)
                if kill_after_s is not None:  # only now, or it would die in its opening each time
                    threading.Event().wait(kill_after_s)
                    os.kill(child, signal.SIGKILL)
                    kill_after_s = None
            else:
                assert (word, value) == ("dead", "-9")
                break
        return acknowledged

    def close(self) -> None:
        self._mother.communicate(timeout=30)

    def _words(self) -> Iterator[list[str]]:
        assert self._mother.stdout is not None
        return (line.split() for line in self._mother.stdout)


@pytest.fixture(scope="module")
def nursery():
    opened = Nursery()
    yield opened
    opened.close()


def entries_kept(path: Path) -> set[str]:
    """Reopen the journal after its crash, check it whole, and list its entries."""
    journal = open_journal(path)
    assert [n.code for n in journal.notices if n.code != "journal-rotated"] == []
    verdict = journal.verify()
    journal.close(at_ms=START_MS)
    assert verdict.whole, verdict.fault
    kept = {f"{verdict.epoch}/{number}" for number in range(1, verdict.entries + 1)}
    for former in former_files(path):
        older = verify_file(former.path)
        assert older.whole, older.fault
        kept |= {f"{older.epoch}/{number}" for number in range(1, older.entries + 1)}
    return kept


def pulses(door: Path) -> set[str]:
    lines = door.read_text(encoding="ascii").splitlines() if door.exists() else []
    return {line[2:] for line in lines}


def kill_often(nursery: Nursery, folder: Path, seed: int, kills: int) -> int:
    """Kill one journal's process `kills` times; return how many entries were acknowledged."""
    path, door, rng = folder / "journal.db", folder / "door", random.Random(seed)
    acknowledged: set[str] = set()
    for _ in range(kills):
        point = rng.choice((AT_RANDOM, *POINTS))
        acknowledged |= nursery.live_and_die(path, door, point, rng)
        kept = entries_kept(path)
        assert acknowledged <= kept, f"seed {seed}: lost {sorted(acknowledged - kept)}"
        assert pulses(door) <= kept, f"seed {seed}: a door opened without entry"
    return len(acknowledged)


@pytest.mark.timeout(3000)
def test_nothing_is_lost_and_no_door_opens_without_an_entry(tmp_path, nursery):
    """Over all kills: 0 lost acknowledgements, 0 gaps, 0 pulses without an entry."""
    acknowledged = 0
    for life in range(-(-KILLS // LIVES)):
        folder = tmp_path / str(life)
        folder.mkdir()
        acknowledged += kill_often(nursery, folder, SEED + life, min(LIVES, KILLS - LIVES * life))
    print(f"{KILLS} kills, {acknowledged} acknowledged entries, 0 lost, seed {SEED}")  # noqa: T201
    assert acknowledged > KILLS


@pytest.mark.parametrize("point", [*POINTS, AT_RANDOM])
def test_killed_at_each_named_point(tmp_path, nursery, point):
    """Whatever stands between decision and acknowledgement, once at least."""
    path, door = tmp_path / "journal.db", tmp_path / "door"
    acknowledged = nursery.live_and_die(path, door, point, random.Random(1))

    kept = entries_kept(path)
    assert acknowledged <= kept
    assert pulses(door) <= kept
