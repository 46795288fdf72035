"""`portique knowledge export` and `portique gate init`: from a school to a gate that knows it."""

import os
import re
from pathlib import Path

import pytest

from portique.cli.gate import reachable
from portique.core.values import Uai
from portique.gate import config
from portique.gate.keyfiles import read_private, read_public
from portique.gate.knowing import Knowledge, open_bundle
from portique.gate.sections import GateConfig
from portique.gate.wiring import screens_secret, secret_file


def init(school, out, lane: str = "entry-1"):
    """Prepare a gate."""
    asked = ("gate", "init", "--school", school.folder, "--lane", lane, "--out", out, "--json")
    return school.run(*asked)


def opened(loaded: GateConfig, path: str) -> Knowledge:
    """Open an export as the gate of this configuration would."""
    key = read_public(loaded.knowledge.school_key)
    mine = read_private(loaded.gate.key)
    return open_bundle(Path(path).read_bytes(), key, uai=Uai(loaded.gate.school), mine=mine)


def export(school, out, *options: object):
    """Export knowledge."""
    asked = ("knowledge", "export", "--school", school.folder, "--out", out, "--json")
    return school.run(*asked, *options)


def test_a_gate_finds_the_knowledge_where_init_says(school, tmp_path):
    """The folder that `gate init` prints is the one that its configuration names."""
    prepared = init(school, tmp_path / "gate" / "entry-1.toml").json
    loaded = config.load(tmp_path / "gate" / "entry-1.toml")

    assert prepared["knowledge"] == str(loaded.knowledge.path)
    assert re.fullmatch("[0-9]{6}", prepared["pin"])
    assert prepared["pin"] not in (tmp_path / "gate" / "entry-1.toml").read_text("utf-8")


def test_a_lane_that_has_a_gate_is_not_taken_from_it(school, tmp_path):
    """Its key would read no more names; `--again` says that this is meant."""
    init(school, tmp_path / "a" / "entry-1.toml")
    refused = init(school, tmp_path / "b" / "entry-1.toml")
    asked = ("gate", "init", "--school", school.folder, "--lane", "entry-1")
    taken = school.run(*asked, "--out", tmp_path / "c.toml", "--again", "--json")

    assert (refused.code, "--again" in refused.stderr) == (5, True)
    assert not (tmp_path / "b").exists()
    assert taken.code == 0


def test_a_gate_removed_gets_no_names(school, tmp_path):
    """The next export is opened, but wraps no name key for it."""
    init(school, tmp_path / "entry-1.toml")
    loaded = config.load(tmp_path / "entry-1.toml")
    removed = school.run("gate", "remove", "entry-1", "--school", school.folder, "--json").json
    answer = export(school, tmp_path / "today.knowledge").json

    assert removed == {"gate": "entry-1", "gates": []}
    assert not opened(loaded, answer["out"]).keys.names


def test_unpairing_takes_back_what_every_screen_was_given(school, tmp_path):
    """A lost tablet's cookie is signed by nothing the gate has any more; again is no fault."""
    init(school, tmp_path / "entry-1.toml")
    loaded = config.load(tmp_path / "entry-1.toml")
    secret = secret_file(loaded)
    secret.parent.mkdir(parents=True, exist_ok=True)
    before = screens_secret(secret, os.urandom)
    answers = [school.run("gate", "unpair", tmp_path / "entry-1.toml", "--json") for _ in range(2)]

    assert [(answer.code, answer.json) for answer in answers] == [(0, {"lane": "entry-1"})] * 2
    assert screens_secret(secret, os.urandom) != before


def test_an_agent_s_pin_is_said_once(school, tmp_path):
    """Added with a PIN, removed without one; both name the agent."""
    init(school, tmp_path / "entry-1.toml")
    asked = ("gate", "agent", tmp_path / "entry-1.toml", "loge")
    added, removed = (
        school.run(*asked, "--json").json,
        school.run(*asked, "--remove", "--json").json,
    )

    assert re.fullmatch("[0-9]{6}", added["pin"])
    assert (removed["agent"], removed["pin"]) == ("loge", None)
    assert "PIN" in school.run(*asked).stdout


def test_an_enrolled_gate_opens_the_export(school, tmp_path):
    """Names included: the name key is wrapped to the gate's own."""
    out = tmp_path / "gate" / "entry-1.toml"
    init(school, out)
    loaded = config.load(out)
    answer = export(school, loaded.knowledge.path / "today.knowledge", "--days", "3").json
    known = opened(loaded, answer["out"])

    assert (answer["gates"], answer["days"]) == (1, 3)
    assert known.keys.names
    assert (known.manifest.expires_at - known.manifest.issued_at).days == 3


def test_each_export_has_a_higher_number(school, tmp_path):
    """A gate refuses one older than its own; what `pass show` signs counts none."""
    init(school, tmp_path / "entry-1.toml")
    loaded = config.load(tmp_path / "entry-1.toml")
    first = export(school, tmp_path / "first.knowledge").json
    school.show("PQ1:")
    second = export(school, tmp_path).json

    assert second["out"] == str(tmp_path / "school.knowledge")
    assert [opened(loaded, one["out"]).version.number for one in (first, second)] == [1, 2]


@pytest.mark.parametrize(
    ("options", "code"),
    [(("--days", "0"), 2), (("--days", "32"), 2), (("--at", "soon"), 2)],
)
def test_a_wrong_export_writes_nothing(school, tmp_path, options, code: int):
    """Exit code 2 before anything is signed."""
    assert export(school, tmp_path / "out.knowledge", *options).code == code
    assert not (tmp_path / "out.knowledge").exists()


def test_an_export_that_cannot_be_written_is_said(school, tmp_path):
    """A file stands where the folder should be."""
    (tmp_path / "stick").touch()

    assert export(school, tmp_path / "stick" / "out.knowledge").code == 5


def test_an_unknown_lane_is_wrong_use(school, tmp_path):
    """The sentence names those there are, and nothing is made."""
    answer = init(school, tmp_path / "gate" / "x.toml", lane="north")

    assert answer.code == 2
    assert "entry-1, exit-1" in answer.stderr
    assert not (tmp_path / "gate").exists()


def test_a_gate_is_never_made_over_another(school, tmp_path):
    """Its key would be lost; the school still knows the first."""
    out = tmp_path / "gate" / "entry-1.toml"
    init(school, out)
    before = {path: path.read_bytes() for path in out.parent.iterdir() if path.is_file()}

    assert init(school, out).code == 5
    assert before == {p: p.read_bytes() for p in out.parent.iterdir() if p.is_file()}


@pytest.mark.parametrize(
    ("content", "code"), [(None, 5), ("x", 2), ("[gate]\nid = 5\n", 2), ("[colour]\n", 2)]
)
def test_a_gate_does_not_run_on_a_wrong_configuration(run, tmp_path, content, code: int):
    """One sentence, before any camera or port is touched."""
    path = tmp_path / "entry-1.toml"
    if content is not None:
        path.write_text(content)
    answer = run("gate", "run", path)

    assert (answer.code, answer.stdout) == (code, "")
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("listens", "names", "typed"),
    [
        ("http://127.0.0.1:8440", (), "http://127.0.0.1:8440"),
        ("https://192.0.2.10:8440", ("entry-1.lan",), "https://192.0.2.10:8440"),
        ("https://0.0.0.0:8440", ("entry-1.lan", "192.0.2.10"), "https://entry-1.lan:8440"),
        ("https://[::]:8440", ("entry-1.lan",), "https://entry-1.lan:8440"),
        ("https://0.0.0.0:8440", (), "https://localhost:8440"),
    ],
)
def test_the_address_said_is_one_that_can_be_opened(listens: str, names, typed: str):
    """No browser opens "every address"; the pages answer to the names configured."""
    assert reachable(listens, names) == typed
