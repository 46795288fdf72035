"""A school's folder to try things on, and randomness that repeats."""

import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portique.core.values import Uai
from portique.school.folder import SchoolFolder, Settings

AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday, 08:00 in Paris
SETTINGS = Settings(Uai("0999001W"), "Lycée des Essais")


@pytest.fixture
def entropy():
    """Give randomness that repeats from run to run."""
    return random.Random(2026).randbytes


@pytest.fixture
def at() -> datetime:
    """Give a Monday morning."""
    return AT


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a school once for all tests."""
    folder = tmp_path_factory.mktemp("made") / "lycee"
    SchoolFolder.create(folder, SETTINGS, at=AT, entropy=random.Random(1).randbytes).close()
    return folder


@pytest.fixture
def folder(made_once: Path, tmp_path: Path) -> Path:
    """Give each test a folder of its own."""
    return shutil.copytree(made_once, tmp_path / "lycee")


@pytest.fixture
def school(folder: Path) -> Iterator[SchoolFolder]:
    """Open the school."""
    opened = SchoolFolder.open(folder)
    yield opened
    opened.close()
