"""R1: killed at any moment, the journal keeps every acknowledged entry and the door its reasons."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portique.gate.journal_folder import former_files
from portique.gate.journal_verify import verify_file
from portique.testing.evidence import kept_if_failing
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
LIVES = 10  # kills of one journal, each life beginning with what the last kill left
IN_OPENING, AT_RANDOM = "in-opening", "at-random"
OPENING_S_MAX, WORK_S_MAX = 0.015, 0.05  # the opening of such a journal takes about 10 ms


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
        acknowledged: set[str] = set()
        child, left_s = 0, rng.random()
        for word, value in self._words():
            if word == "born":
                child = int(value)
                if point == IN_OPENING:
                    kill_after(child, left_s * OPENING_S_MAX)
            elif word == "a":
                if point == AT_RANDOM and not acknowledged:
                    kill_after(child, left_s * WORK_S_MAX)
                acknowledged.add(value)
            else:
                assert (word, value) == ("dead", "-9"), "the process ended by itself"
                break
        return acknowledged

    def close(self) -> None:
        self._mother.communicate(timeout=30)

    def _words(self) -> Iterator[list[str]]:
        assert self._mother.stdout is not None
        return (line.split() for line in self._mother.stdout)


def kill_after(child: int, seconds: float) -> None:
    """Kill a process that is still its mother's, so that its number can't be another's."""
    threading.Event().wait(seconds)
    os.kill(child, signal.SIGKILL)


@pytest.fixture(scope="module")
def nursery():
    opened = Nursery()
    yield opened
    opened.close()


def entries_kept(path: Path) -> set[str]:
    """Open a copy of the journal after its crash, check it whole, and list its entries.

    A copy: the next life must take up what the kill left, not what this look has mended.
    """
    copy = path.parent.with_name(f"{path.parent.name}-copy")
    shutil.copytree(path.parent, copy)
    journal = open_journal(copy / path.name)
    assert [n.code for n in journal.notices if n.code != "journal-rotated"] == []
    verdict = journal.verify()
    journal.close(at_ms=START_MS)
    assert verdict.whole, verdict.fault
    kept = {f"{verdict.epoch}/{number}" for number in range(1, verdict.entries + 1)}
    for former in former_files(copy / path.name):
        older = verify_file(former.path)
        assert older.whole, older.fault
        kept |= {f"{older.epoch}/{number}" for number in range(1, older.entries + 1)}
    shutil.rmtree(copy)
    return kept


def pulses(door: Path) -> set[str]:
    lines = door.read_text(encoding="ascii").splitlines() if door.exists() else []
    return {line.split()[1] for line in lines}


def kill_often(nursery: Nursery, folder: Path, seed: int, kills: int) -> int:
    """Kill one journal's process `kills` times; return how many entries were acknowledged."""
    path, door, rng = folder / "journal.db", folder / "door", random.Random(seed)
    acknowledged: set[str] = set()
    for turn in range(kills):
        point = rng.choice((IN_OPENING, AT_RANDOM, *POINTS))
        with kept_if_failing(folder, f"seed {seed}, life {turn}, killed {point}"):
            acknowledged |= nursery.live_and_die(path, door, point, rng)
            kept = entries_kept(path)
            assert acknowledged <= kept, f"lost {sorted(acknowledged - kept)}"
            assert pulses(door) <= kept, "a door opened without an entry"
    return len(acknowledged)


@pytest.mark.timeout(300 + 2 * KILLS)  # against a hang; a busy machine may take its time
def test_nothing_is_lost_and_no_door_opens_without_an_entry(tmp_path, nursery):
    """Over all kills: 0 lost acknowledgements, 0 gaps, 0 pulses without an entry."""
    acknowledged = 0
    for life in range(-(-KILLS // LIVES)):
        folder = tmp_path / str(life)
        folder.mkdir()
        acknowledged += kill_often(nursery, folder, SEED + life, min(LIVES, KILLS - LIVES * life))
        shutil.rmtree(folder)
    print(f"{KILLS} kills, {acknowledged} acknowledged entries, 0 lost, seed {SEED}")  # noqa: T201
    assert acknowledged > KILLS


@pytest.mark.parametrize("point", [*POINTS, IN_OPENING, AT_RANDOM])
def test_killed_at_each_named_point(tmp_path, nursery, point):
    """Whatever stands between decision and acknowledgement, once at least."""
    folder = tmp_path / "life"
    folder.mkdir()
    path, door = folder / "journal.db", folder / "door"
    acknowledged = nursery.live_and_die(path, door, point, random.Random(1))

    kept = entries_kept(path)
    assert acknowledged <= kept
    assert pulses(door) <= kept
