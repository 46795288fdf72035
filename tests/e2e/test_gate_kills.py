"""R1 for whole gates: killed at any moment, nothing acknowledged is lost, nothing opens unwritten.

Each round is a gate of three processes with its camera, reader, journal and door. Half of the
moments fall in its start, when it takes up what the last kill left, and in its first chores: each
life begins with a journal of a month ago, so that its first gates erase, rotate and sign.
"""

import json
import os
import queue
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from portique.core.entries import DecisionBody, from_body
from portique.gate.clock import GateClock
from portique.gate.config import load
from portique.gate.journal import Journal
from portique.gate.journal_folder import former_files
from portique.gate.journal_verify import verify_file
from portique.gate.keyfiles import read_private
from portique.testing.evidence import kept_if_failing
from portique.testing.journals import decision

MOTHER = Path(__file__).with_name("gate_mother.py")
KILLS = int(os.environ.get("PORTIQUE_GATE_KILLS", "40"))
LIVES = 10  # kills of one gate
AT_ONCE = 2
START_S_MAX, CHORES_S_MAX, PASSAGE_S_MAX = 0.6, 0.4, 0.05
PATIENCE_STEPS, STEP_S = 500, 0.02  # a busy machine may be slow; a round goes on without
MONTH_MS = 30 * 24 * 3_600_000
OLD_ENTRIES = 50
HARMLESS = {"journal-rotated", "erasure-replayed"}  # killed in an erasure, it is finished


class Mother:
    """Bears gates that know Portique already, and sees them die."""

    def __init__(self, log: Path) -> None:
        self.log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, str(MOTHER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def bear(self, config: Path) -> int:
        """Start a gate; return its process's number."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{config}\n")
        self._process.stdin.flush()
        word, number = self._line().split()
        assert word == "born"
        return int(number)

    def wait_ready(self) -> None:
        """Wait until the gate tells its addresses."""
        line = self._line()
        assert line.startswith("{"), f"no gate: {line}{self.log.read_text()[-2000:]}"
        assert json.loads(line)

    def bury(self) -> None:
        """Take in the gate's last words."""
        line = self._line()
        if line.startswith("{"):  # it became ready in its last moment
            line = self._line()
        assert line == "dead -9\n", f"it ended by itself: {line}{self.log.read_text()[-2000:]}"

    def close(self) -> None:
        self._process.communicate(timeout=60)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@dataclass
class Kept:
    """What is found in the journal of a dead gate, its former files included."""

    chains: dict[tuple[int, int], bytes] = field(default_factory=dict)
    decisions: list[DecisionBody] = field(default_factory=list)

    @property
    def grants(self) -> Counter[object]:
        return Counter(each.pass_id for each in self.decisions if each.outcome == 0)

    def read(self, file: Path) -> None:
        """Read a whole file."""
        verdict = verify_file(file)
        assert verdict.whole, verdict.fault
        with closing(sqlite3.connect(file)) as connection:
            rows = connection.execute("SELECT number, chain, body FROM entry").fetchall()
        assert [number for number, _, _ in rows] == list(range(1, verdict.entries + 1))
        self.chains |= {(verdict.epoch, number): chain for number, chain, _ in rows}
        bodies = [from_body(body) for _, _, body in rows if body is not None]
        self.decisions += [body for body in bodies if isinstance(body, DecisionBody)]


def journal_of(site, file: Path, now_ms: int) -> Journal:
    """Open a journal as the site's gate would."""
    config = load(site.config)
    return Journal.open(
        file,
        gate_id=config.gate.id,
        key=read_private(config.gate.key),
        now_ms=now_ms,
        entropy=os.urandom,
    )


def now_ms() -> int:
    return GateClock().now_ms()


def is_socket(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name.endswith(".sock")]


@contextmanager
def copied(site) -> Iterator[Path]:
    """Give the journal in a copy of its folder: the next gate takes up what the kill left."""
    copy = site.folder / "copy"
    shutil.copytree(site.journal.parent, copy, ignore=is_socket)
    yield copy / site.journal.name
    shutil.rmtree(copy)


def written(site) -> dict[tuple[int, int], bytes]:
    """Read the chain of every entry that the gate wrote, as SQLite finds it."""
    chains: dict[tuple[int, int], bytes] = {}
    with copied(site) as file:
        for path in (file, *(former.path for former in former_files(file))):
            with closing(sqlite3.connect(path)) as connection:
                if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() != (0,):
                    [(epoch,)] = connection.execute("SELECT epoch FROM meta")
                    found = connection.execute("SELECT number, chain FROM entry")
                    chains |= {(epoch, number): chain for number, chain in found}
    return chains


def look(site) -> Kept:
    """Restart on what the kill left, check it whole, and read it."""
    with copied(site) as file:
        journal = journal_of(site, file, now_ms())
        assert {notice.code for notice in journal.notices} <= HARMLESS
        journal.close(at_ms=now_ms())
        kept = Kept()
        for former in former_files(file):
            assert not former.damaged
            kept.read(former.path)
        kept.read(file)
    return kept


def age(site) -> None:
    """Give the gate a journal of a month ago, which its first chores erase and rotate."""
    then = now_ms() - MONTH_MS
    site.journal.parent.mkdir(parents=True, exist_ok=True)
    journal = journal_of(site, site.journal, then)
    for n in range(OLD_ENTRIES):
        journal.append(decision(n), at_ms=then + n)
    journal.close(at_ms=then + OLD_ENTRIES)


def wait_some(seconds: float) -> None:
    threading.Event().wait(seconds)


def wait_kindly(predicate: Callable[[], bool]) -> None:
    """Wait until something is so, but not for ever: the round goes on without."""
    pause = threading.Event()
    for _ in range(PATIENCE_STEPS):
        if predicate():
            return
        pause.wait(STEP_S)


def live_and_die(site, controller, mother: Mother, rng: random.Random) -> None:
    """Let one gate live until it is killed at a moment of chance."""
    shown = site.issue(rng.randrange(1, 5))
    site.export()
    gate = mother.bear(site.config)
    for issued in shown:
        os.write(site.feed, issued.text.encode() + b"\n")
    moment = rng.choice(("start", "chores", "passages"))
    if moment == "start":
        wait_some(rng.random() * START_S_MAX)
    else:
        target = controller.releases + rng.randrange(1, len(shown) + 1)
        mother.wait_ready()
        if moment == "passages":
            wait_kindly(lambda: controller.releases >= target)
        wait_some(rng.random() * (CHORES_S_MAX if moment == "chores" else PASSAGE_S_MAX))
    os.kill(gate, signal.SIGKILL)
    mother.bury()


def kill_often(site, controller, mother: Mother, seed: int, kills: int) -> int:
    """Kill one gate `kills` times; return how many passes it let in."""
    rng = random.Random(seed)
    before: dict[tuple[int, int], bytes] = {}
    age(site)
    for turn in range(kills):
        with kept_if_failing(site.folder, f"seed {seed}, life {turn}"):
            live_and_die(site, controller, mother, rng)
            now, kept = written(site), look(site)
            assert before.items() <= now.items(), "entries were lost or changed"
            assert now.items() <= kept.chains.items(), "the restart lost or changed entries"
            assert controller.releases <= kept.grants.total(), "a door opened without an entry"
            assert controller.lamps <= len(kept.decisions), "a lamp was lit without an entry"
            assert max(kept.grants.values(), default=0) <= 1, "a pass was let in twice"
            before = now
    return kept.grants.total()


@pytest.fixture
def mothers(tmp_path) -> Iterator[queue.Queue[Mother]]:
    """Give the mothers that are free: one for each gate at a time."""
    made = [Mother(tmp_path / f"mother-{n}.log") for n in range(AT_ONCE)]
    free: queue.Queue[Mother] = queue.Queue()
    for mother in made:
        free.put(mother)
    yield free
    for mother in made:
        mother.close()


@pytest.fixture
def film(tmp_path):
    """Give what the camera sees: a grey wall for a minute."""
    path = tmp_path / "wall.avi"
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5, (320, 240))
    for _ in range(300):
        video.write(np.full((240, 320, 3), 128, np.uint8))
    video.release()
    return path


@pytest.mark.slow
@pytest.mark.timeout(300 + 10 * KILLS)  # against a hang; a busy machine may take its time
def test_a_killed_gate_loses_nothing(tmp_path, open_driven, mothers, film):
    """Killed at random moments, a gate never opens without an entry, loses none, leaves no gap."""
    seed = int(os.environ.get("PORTIQUE_SEED", random.SystemRandom().randrange(2**32)))

    def life(number: int) -> int:
        folder, mother = tmp_path / str(number), mothers.get()
        folder.mkdir()
        try:
            with open_driven(folder) as (site, controller):
                site.configure(lambda c: replace(c, camera=replace(c.camera, source=str(film))))
                site.feed = os.open(site.fifo, os.O_RDWR)  # what is shown waits for the next gate
                kills = min(LIVES, KILLS - LIVES * number)
                return kill_often(site, controller, mother, seed + number, kills)
        finally:
            mothers.put(mother)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        lives = [pool.submit(life, number) for number in range(-(-KILLS // LIVES))]
        try:
            granted = sum(each.result() for each in lives)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    print(f"{KILLS} gates killed, {granted} passes let in, 0 lost, seed {seed}")  # noqa: T201
    assert granted > KILLS / 4
