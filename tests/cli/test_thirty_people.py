"""Thirty people one after another on film: thirty decisions, on any machine, at any load."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from portique.testing.film import Film, Take
from portique.testing.film_cast import Studio
from portique.testing.film_scripts import one_after_another
from portique.testing.film_video import write_video
from portique.testing.school import make_school
from portique.testing.school_folder import create_folder

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PEOPLE = 30
MONDAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
TAKE = Take(width_px=640, height_px=480, frames_per_second=10, noise_sigma=3.0, seed=1)
BUSY = 2  # processes that do nothing, as fast as they can


@dataclass(frozen=True)
class Morning:
    """A film, the school it was made for, and who comes, in order."""

    school: Path
    video: Path
    pass_ids: list[str]

    def replay(self) -> str:
        """Replay it as another program would, and return what was answered."""
        asked = ("--school", self.school, "--lane", "entry-1", "--at", "2026-11-23T07:45", "--json")
        command = (sys.executable, "-m", "portique.cli", "gate", "replay", self.video, *asked)
        answer = subprocess.run([str(part) for part in command], capture_output=True, check=True)
        return answer.stdout.decode()


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    """Film thirty people of the synthetic lycée with good passes on paper."""
    folder = tmp_path_factory.mktemp("morning")
    synthetic = make_school(MONDAY)
    entropy = random.Random(30).randbytes
    school = create_folder(folder / "lycee", synthetic, at=AT, entropy=entropy)
    studio = Studio(school, AT, entropy)
    props = [studio.paper(person) for person in synthetic.people[:PEOPLE]]
    school.close()
    write_video(Film(one_after_another(props, seed=1), TAKE), folder / "morning.mp4")
    return Morning(folder / "lycee", folder / "morning.mp4", [str(p.pass_id) for p in props])


@contextmanager
def loaded() -> Iterator[None]:
    """Keep the machine busy meanwhile."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(BUSY)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def read(answer: str) -> tuple[list[Any], Any]:
    """Part decisions from the summary."""
    *decisions, last = map(json.loads, answer.splitlines())
    return decisions, last["summary"]


def test_thirty_people_are_thirty_decisions_at_any_load(morning: Morning):
    """None doubled, none missed, each in their turn; a loaded machine gives the same bytes."""
    alone = morning.replay()
    with loaded():
        busy = morning.replay()
    decisions, summary = read(alone)

    assert [one["pass_id"] for one in decisions] == morning.pass_ids
    assert {one["outcome"] for one in decisions} == {"grant"}
    assert (summary["decisions"], summary["grant"]) == (PEOPLE, PEOPLE)
    assert busy == alone
