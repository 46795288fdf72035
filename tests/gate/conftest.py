"""What several tests of lanes stand on: a school that can issue, lanes put to work, a site."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portique.core.zones import Site, default_site
from portique.testing.lanes import PocketSchool, Told, WorkingLane, open_lane


def site_with(**changes) -> Site:
    """The usual site, every lane changed."""
    usual = default_site()
    return replace(usual, lanes=tuple(replace(lane, **changes) for lane in usual.lanes))


@pytest.fixture
def school() -> PocketSchool:
    return PocketSchool()


@pytest.fixture
def opened(school, tmp_path) -> Iterator[Callable[..., WorkingLane]]:
    """Give a way to put a lane to work once every pass is issued; lanes are closed at the end."""
    made: list[WorkingLane] = []

    def put_to_work(told: Told | None = None, **options) -> WorkingLane:
        known = options.pop("known", None) or school.knowledge(told=told or Told())
        name = f"journal-{len(made)}.db"
        made.append(open_lane(tmp_path / name, school, known=known, **options))
        return made[-1]

    yield put_to_work
    for lane in made:
        lane.close()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """The folder that somebody fills."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder
