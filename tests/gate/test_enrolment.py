"""Preparing a gate: three files, all or none, readable by their owner alone."""

import os
from pathlib import Path

import pytest

from portique.core.errors import ConfigError, EnvironmentProblem
from portique.core.zones import default_site
from portique.gate.config import load
from portique.gate.enrolment import draw_pin, enrol, enrol_with, give_pin, remove_agent
from portique.gate.keyfiles import read_private, read_public
from portique.gate.screen.settings import pin_matches
from portique.testing.lanes import UAI, PocketSchool


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


def test_every_agent_asked_for_has_a_pin(school, tmp_path):
    """Each alias its own, and the configuration keeps them in order."""
    lane, key = default_site().lane("entry-1"), school.knowledge_key.public
    out = tmp_path / "entry-1.toml"
    made = enrol_with(("loge", "vs"), out, lane, (UAI, key), entropy=school.entropy)

    agents = load(out).screens.agents
    assert [agent.alias for agent in agents] == list(made.pins) == ["loge", "vs"]
    assert all(pin_matches(made.pins[agent.alias], agent.pin_hash) for agent in agents)


def test_gates_of_one_folder_have_ports_of_their_own(school, tmp_path):
    """The first has the usual port, the next the one after; what is no configuration is skipped."""
    (tmp_path / "other.toml").write_text("no = toml =", encoding="utf-8")
    for name in ("a", "b", "c"):
        enrolled(tmp_path / f"{name}.toml", school)

    ports = [load(tmp_path / f"{name}.toml").screens.port for name in ("a", "b", "c")]
    assert ports == [8440, 8441, 8442]


def test_an_agent_is_added_given_a_new_pin_and_removed(school, tmp_path):
    """Nothing else of the configuration changes, and it stays its owner's alone."""
    out = tmp_path / "entry-1.toml"
    enrolled(out, school)
    before = load(out)
    give_pin(out, "loge", school.entropy)
    pin = give_pin(out, "loge", school.entropy)

    assert pin_matches(pin, load(out).screens.agents[-1].pin_hash)
    assert [agent.alias for agent in load(out).screens.agents] == ["agent-1", "loge"]
    remove_agent(out, "loge")
    assert load(out) == before
    assert out.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("alias", ["", "é", "deux mots", "a" * 25])
def test_an_alias_the_journal_cannot_keep_is_refused(school, tmp_path, alias):
    """Before anything is written."""
    out = tmp_path / "entry-1.toml"
    enrolled(out, school)
    before = out.read_bytes()

    with pytest.raises(ConfigError, match="alias"):
        give_pin(out, alias, school.entropy)
    with pytest.raises(ConfigError, match="it has: agent-1"):
        remove_agent(out, "nobody")
    assert out.read_bytes() == before


def test_a_configuration_that_cannot_be_replaced_keeps_its_bytes(school, tmp_path, monkeypatch):
    """A full disk: one sentence, no draft left."""
    out = tmp_path / "entry-1.toml"
    enrolled(out, school)
    before = out.read_bytes()

    def full(*_arguments: object, **_options: object):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(EnvironmentProblem, match="No space left"):
        give_pin(out, "loge", school.entropy)

    assert out.read_bytes() == before
    assert not out.with_name("entry-1.toml.draft").exists()


def test_a_configuration_changed_by_root_stays_the_gates_own(school, tmp_path, monkeypatch):
    """Rewritten under sudo, the file is given back to whom it belonged to."""
    out = tmp_path / "entry-1.toml"
    enrolled(out, school)
    owner = out.stat().st_uid, out.stat().st_gid
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: owner[0] + 1)
    monkeypatch.setattr(os, "chown", lambda _path, *to: given.append(to))

    give_pin(out, "loge", school.entropy)

    assert given == [owner]
