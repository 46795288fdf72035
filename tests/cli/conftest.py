"""The command line as an independent program sees it: arguments in, lines and an exit code out."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import segno
from click.testing import CliRunner
from numpy.typing import NDArray

from portique.cli.main import main

UAI = "0999001W"
MONDAY_0800 = "2026-11-23T08:00"
SINCE = ("--from", "2026-09-01T08:00")


@dataclass(frozen=True)
class Answer:
    """What a command gave back."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """The one JSON line it wrote."""
        (line,) = self.lines
        return json.loads(line)

    @property
    def lines(self) -> list[str]:
        """Its lines, split as any reader may split them."""
        return self.stdout.splitlines()

    @property
    def all(self) -> list[Any]:
        """Every JSON line it wrote."""
        return [json.loads(line) for line in self.lines]


Run = Callable[..., Answer]


def called(*arguments: object, stdin: bytes | None = None) -> Answer:
    """Call the command line; any exception but an exit is a bug."""
    typed = [str(one) for one in arguments]
    result = CliRunner().invoke(main, typed, input=stdin, env={"PORTIQUE_LANG": "en"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Answer(result.exit_code, result.stdout, result.stderr)


@pytest.fixture(scope="session")
def run() -> Run:
    """Give a way to call the command line."""
    return called


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a school once for all tests."""
    folder = tmp_path_factory.mktemp("made") / "lycee"
    assert called("school", "init", folder, "--uai", UAI, "--name", "Lycée des Essais").code == 0
    return folder


@pytest.fixture
def lycee(made_once: Path, tmp_path: Path) -> Path:
    """Give each test a school of its own."""
    return shutil.copytree(made_once, tmp_path / "lycee")


@dataclass(frozen=True)
class School:
    """A school and short ways to ask it things."""

    folder: Path
    run: Run

    def issue(self, *options: object, kind: str = "pupil", name: str = "Zoé Martin") -> Any:
        """Issue a pass and return what is said of it."""
        asked = ("pass", "issue", "--school", self.folder, "--kind", kind, "--name", name)
        return self.run(*asked, *SINCE, *options, "--json").json

    def show(self, shown: object, *options: object, at: str = MONDAY_0800) -> Answer:
        """Judge a text or picture."""
        asked = ("pass", "show", shown, "--school", self.folder, "--at", at, "--json")
        return self.run(*asked, *options)

    def replay(
        self, source: object, *options: object, at: str = MONDAY_0800, lane: str = "entry-1"
    ) -> Answer:
        """Replay pictures."""
        asked = ("gate", "replay", source, "--school", self.folder, "--lane", lane, "--at", at)
        return self.run(*asked, "--json", *options)


@pytest.fixture
def school(lycee: Path, run: Run) -> School:
    """Give a school to ask things."""
    return School(lycee, run)


def frame(*texts: str, side: int = 380) -> NDArray[np.uint8]:
    """Draw a grey camera frame of 1280 x 720 with these codes side by side."""
    grey = np.full((720, 1280), 190, np.uint8)
    for place, text in enumerate(texts):
        code = np.array(
            segno.make(text, error="m", boost_error=False, micro=False).matrix, np.uint8
        )
        modules = np.pad(1 - code, 4, constant_values=1) * 255
        scale = max(1, side // modules.shape[0])
        drawn = np.kron(modules, np.ones((scale, scale), np.uint8))
        left = 80 + place * 620
        grey[120 : 120 + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    return grey
