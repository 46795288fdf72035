"""Preparing a gate: three files, all or none, readable by their owner alone."""

import os
from pathlib import Path

import pytest

from portique.core.errors import EnvironmentProblem
from portique.core.zones import default_site
from portique.gate.config import load
from portique.gate.enrolment import draw_pin, enrol
from portique.gate.keyfiles import read_private, read_public
from portique.gate.screen.settings import pin_matches
from portique.testing.lanes import UAI, PocketSchool


@pytest.fixture
def school() -> PocketSchool:
    return PocketSchool()


def enrolled(out: Path, school: PocketSchool):
    lane = default_site().lane("entry-1")
    return enrol(out, lane, UAI, school.knowledge_key.public, entropy=school.entropy)


def test_a_gate_gets_a_configuration_and_two_keys(school, tmp_path):
    """All three load, and only their owner can read them."""
    out = tmp_path / "gate" / "entry-1.toml"
    mine, pin = enrolled(out, school)

    config = load(out)
    assert read_private(config.gate.key).public.kid == mine.public.kid
    assert read_public(config.knowledge.school_key).kid == school.knowledge_key.public.kid
    assert {path.stat().st_mode & 0o777 for path in out.parent.iterdir()} == {0o600}
    assert pin_matches(pin, config.screens.agents[0].pin_hash)


def test_the_pin_is_kept_as_a_hash_only(school, tmp_path):
    """It is told once and written nowhere."""
    out = tmp_path / "entry-1.toml"
    _, pin = enrolled(out, school)

    assert pin not in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["entry-1.toml", "entry-1.key", "entry-1-school.pub"])
def test_nothing_is_overwritten_and_nothing_is_left_half_done(school, tmp_path, name):
    """One file in the way: it keeps its bytes, no other is made, and the sentence names it."""
    (tmp_path / name).write_text("mine", encoding="utf-8")

    with pytest.raises(EnvironmentProblem, match=rf"{name} exists already: choose another"):
        enrolled(tmp_path / "entry-1.toml", school)

    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_made_is_one_sentence(school, tmp_path):
    """Something else lies where the folder should be."""
    (tmp_path / "file").touch()

    with pytest.raises(EnvironmentProblem, match="can't be written"):
        enrolled(tmp_path / "file" / "deeper" / "entry-1.toml", school)


def test_a_disk_that_fills_leaves_nothing(school, tmp_path, monkeypatch):
    """The second file doesn't fit: the first is taken back, so that one can start again."""
    opened = os.fdopen
    handles: list[int] = []

    def fdopen(handle: int, mode: str):
        handles.append(handle)
        if len(handles) == 2:
            os.close(handle)
            raise OSError(28, "No space left on device")
        return opened(handle, mode)

    monkeypatch.setattr(os, "fdopen", fdopen)

    with pytest.raises(EnvironmentProblem, match="No space left"):
        enrolled(tmp_path / "entry-1.toml", school)

    assert list(tmp_path.iterdir()) == []


def test_a_pin_has_six_digits(school):
    """Leading zeros count."""
    assert {len(draw_pin(school.entropy)) for _ in range(200)} == {6}
    assert draw_pin(bytes) == "000000"
