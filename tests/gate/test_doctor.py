"""The doctor finds what is missing, says how to mend it, and measures any camera."""

import importlib
import itertools
import json
import os
import shutil
import socket
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import segno
from click.testing import CliRunner, Result

from portique.cli import doctor_checks as checks
from portique.cli import doctor_knowledge, options
from portique.cli.doctor import doctor, there
from portique.cli.doctor_camera import CLOCK_PREFIX, blur_px, measure
from portique.cli.doctor_checks import Finding, State
from portique.cli.doctor_knowledge import check_knowledge
from portique.cli.doctor_ports import check_ports, ports_of
from portique.cli.main import main
from portique.core.errors import EnvironmentProblem
from portique.gate import sandbox_probe
from portique.gate.config import dump, load
from portique.gate.journal_control import JournalControl
from portique.gate.sandbox_probe import Strength
from portique.gate.sections import (
    CameraSection,
    GateConfig,
    GateSection,
    MetricsSection,
    ServerSection,
)
from portique.testing.journals import START_MS, open_journal

pytestmark = pytest.mark.slow  # real machines are asked

LATE_MS = 120
MODULE_PX = 6


class TimeCode:
    """A camera before a screen that shows the time, as it was a while ago."""

    def __init__(self, sigma: str = "0", light: str = "1") -> None:
        """Take the blur in pixels, and how much light there is."""
        self._sigma, self._light = float(sigma), float(light)

    def frames(self, start_ms: int) -> Iterator[tuple[int, Any]]:
        """Give twenty frames a second for two seconds."""
        for number in range(40):
            at_ms = start_ms + 50 * number
            code = segno.make(f"{CLOCK_PREFIX}{at_ms - LATE_MS}", error="m", boost_error=False)
            rows = np.array([list(map(int, row)) for row in code.matrix], np.uint8)
            drawn = np.kron(255 * (1 - rows), np.ones((MODULE_PX, MODULE_PX), np.uint8))
            grey = np.full((360, 480), 200, np.uint8)
            grey[40 : 40 + len(drawn), 60 : 60 + len(drawn)] = drawn
            if self._sigma:
                grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), self._sigma), np.uint8)
            yield at_ms, (grey * self._light).astype(np.uint8)


FILM = f"film:{__name__}:TimeCode"


@pytest.fixture(autouse=True)
def _film_importable(monkeypatch):
    """Make this module importable under the name it runs by."""
    import sys

    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or _this_module())


def _this_module() -> Any:
    import types

    module = types.ModuleType(__name__)
    module.__dict__.update(TimeCode=TimeCode)
    return module


def run(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(doctor, list(arguments))


def states(findings: Iterator[Finding]) -> list[State]:
    """Keep how each finding weighs."""
    return [finding.state for finding in findings]


@pytest.fixture
def config(tmp_path) -> Path:
    """Write a valid configuration without camera, with its two keys."""
    for name in ("gate.key", "school.pub"):
        (tmp_path / name).write_bytes(b"fictional")
        (tmp_path / name).chmod(0o600)
    path: Path = tmp_path / "entry-1.toml"
    written = GateConfig(GateSection("entry-1", "0131234B"), camera=CameraSection("none"))
    path.write_text(dump(written), encoding="utf-8")
    return path


def test_a_sound_machine_passes(tmp_path):
    """Nothing needed is missing where the tests run."""
    result = run("--folder", str(tmp_path), "--json", "--port", str(free_port()))
    told = json.loads(result.stdout)

    assert result.exit_code == 0, result.output
    assert told["ok"]
    assert {"python", "cv2", "sqlite", "clock", "sandbox", "disk"} <= {
        check["name"] for check in told["checks"]
    }


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_taken_port_is_found(tmp_path):
    """The exit code is the environment's, the advice names the port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("--folder", str(tmp_path), "--port", str(port))

    assert result.exit_code == 5
    assert f"✗ port {port}" in result.output


def test_a_gate_at_work_is_not_taken_for_another_program(tmp_path):
    """Its own port is taken by itself, which whoever answers for its journal proves."""
    path = tmp_path / "journal.db"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = {"the screens": taken.getsockname()}
        assert states(check_ports(ports, path)) == [State.WRONG]

        journal = open_journal(path)
        control = JournalControl(journal)
        (finding,) = check_ports(ports, path)
        control.close()
        journal.close(at_ms=START_MS)

    assert finding.state is State.OK
    assert "this gate is at work" in finding.found


def test_a_folder_that_is_not_there_is_found(tmp_path):
    """No folder, no journal, no door."""
    result = run("--folder", str(tmp_path / "gone"))

    assert result.exit_code == 5
    assert "✗ disk" in result.output


def test_a_nearly_full_disk_is_found(tmp_path, monkeypatch):
    """A month offline needs room."""
    usage = type("Usage", (), {"free": 10 << 20})
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)

    assert states(checks.check_folder(tmp_path)) == [State.WRONG]


def test_a_missing_part_is_named_with_its_remedy(monkeypatch):
    """Without OpenCV no picture is read."""

    def missing(module: str) -> None:
        raise ImportError(module)

    monkeypatch.setattr(importlib, "import_module", missing)
    findings = list(checks.check_reading())

    assert {finding.state for finding in findings} == {State.WRONG}
    assert "make install" in findings[0].advice


@pytest.mark.parametrize(
    ("version", "told"), [((3, 40, 1), True), ((3, 51, 3), False), ((3, 54, 0), False)]
)
def test_the_wal_reset_bug_is_told_and_frightens_nobody(monkeypatch, version, told):
    """The journal is safe from it: older libraries are as good, and why is said."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    (finding,) = checks.check_sqlite()

    assert (finding.state, "not exposed" in finding.found) == (State.OK, told)


def test_an_impossible_clock_is_found(monkeypatch):
    """1970 is a dead battery."""
    monkeypatch.setattr("portique.gate.clock.SystemTime.wall_ms", lambda _self: 0)

    assert State.WRONG in states(checks.check_clock())


def test_an_unknown_time_zone_is_found(monkeypatch):
    """Local hours need the zone database."""
    monkeypatch.setattr(checks, "ZONE", "Europe/Nowhere")

    assert State.WRONG in states(checks.check_clock())


@pytest.mark.parametrize(
    ("refused", "state"), [({"read a file": True}, State.OK), ({"read a file": False}, State.NOTE)]
)
def test_the_sandbox_is_told_as_it_is(monkeypatch, refused, state):
    """What got out is named."""
    monkeypatch.setattr(sandbox_probe, "probe", lambda: Strength(("limits",), refused, 0))
    (finding,) = checks.check_sandbox()

    assert finding.state is state
    assert ("read a file" in finding.found) == (state is State.NOTE)


def test_a_sandbox_that_cannot_be_tried_is_wrong(monkeypatch):
    """Nothing known is not good."""

    def silent() -> Strength:
        raise EnvironmentProblem("no answer")

    monkeypatch.setattr(sandbox_probe, "probe", silent)

    assert states(checks.check_sandbox()) == [State.WRONG]


def test_a_configured_camera_that_is_missing_is_wrong():
    """Device 63 is nowhere."""
    assert states(checks.check_camera("63")) == [State.WRONG]
    assert State.WRONG not in states(checks.check_camera("rtsp://192.0.2.1/1"))
    assert State.WRONG not in states(checks.check_camera(None))


def test_a_sound_configuration_passes(config):
    """Keys there, ports free, no certificate wanted."""
    result = run("--config", str(config), "--json")
    told = {check["name"]: check["state"] for check in json.loads(result.stdout)["checks"]}

    assert told["configuration"] == told["gate.key"] == told["tls"] == "ok"


def test_an_unknown_key_is_found(config):
    """A configuration is refused whole, and the key is named."""
    config.write_text(config.read_text(encoding="utf-8") + "\n[gates]\nid = 1\n", encoding="utf-8")
    result = run("--config", str(config))

    assert result.exit_code == 5
    assert "gates" in result.output


def test_a_missing_key_file_is_found(config):
    """Without its key a gate signs nothing."""
    (config.parent / "gate.key").unlink()
    findings = list(checks.check_files(load(config)))

    assert [finding.state for finding in findings] == [State.WRONG, State.OK]


def test_a_certificate_that_is_no_certificate_is_found(config):
    """A tablet could not connect."""
    pem = config.parent / "tls.pem"
    pem.write_text("no certificate")
    loaded = load(config)
    screens = replace(loaded.screens, tls_certificate=pem, tls_key=pem)

    assert states(checks.check_tls(replace(loaded, screens=screens))) == [State.WRONG]


def test_every_port_of_a_configuration_is_looked_at(config):
    """Screens, metrics, and the fire line when it listens."""
    loaded = replace(load(config), metrics=MetricsSection(port=9999))

    assert set(ports_of(loaded)) == {"the screens", "metrics"}


def test_a_camera_is_measured():
    """Rate, size, module, blur and latency of a known film."""
    figures = measure(FILM, seconds=1)

    assert figures.frames_per_second == pytest.approx(20, abs=0.5)
    assert (figures.width, figures.height) == (480, 360)
    assert figures.codes_seen == 1
    assert figures.module_px == pytest.approx(MODULE_PX, rel=0.05)
    assert figures.latency_ms == LATE_MS
    assert figures.advice == ()


def test_darkness_is_advised_against():
    """A lamp is the remedy."""
    figures = measure(f"{FILM}?light=0.15", seconds=1)

    assert any("lamp" in sentence for sentence in figures.advice)


@pytest.mark.parametrize("sigma", [1.5, 2.5])
def test_blur_is_measured_in_pixels(sigma):
    """The estimate is within a quarter of the truth."""
    _, grey = next(TimeCode(str(sigma)).frames(10**12))
    side = MODULE_PX * 33
    quad = ((60.0, 40.0), (60.0 + side, 40.0), (60.0 + side, 40.0 + side), (60.0, 40.0 + side))

    assert blur_px(grey, quad) == pytest.approx(sigma, rel=0.25)


def test_blur_of_nothing_is_unknown():
    """No contrast, no edge."""
    quad = ((5.0, 5.0), (55.0, 5.0), (55.0, 55.0), (5.0, 55.0))

    assert blur_px(np.full((60, 60), 90, np.uint8), quad) is None


def test_the_time_is_drawn_while_measuring():
    """The screen shows it again and again."""
    shown: list[str] = []
    measure(FILM, seconds=1, show=shown.append)

    assert len(shown) >= 2
    assert all(text.startswith(CLOCK_PREFIX) for text in shown)


def test_the_command_measures_and_answers_in_json():
    """The figures are the answer, and groups' own checks don't run."""
    result = run("camera", "--source", FILM, "--seconds", "1", "--json")
    told = json.loads(result.stdout)

    assert result.exit_code == 0
    assert told["frames"] >= 20
    assert told["latency_ms"] == LATE_MS


def test_a_missing_camera_is_a_problem_of_the_environment():
    """One sentence, for the command to turn into exit code 5."""
    with pytest.raises(EnvironmentProblem, match="no camera 63"):
        measure("63", seconds=1)


def test_the_doctor_leaves_nothing_behind(tmp_path):
    """The file it tries the disk with is gone."""
    list(itertools.chain(checks.check_folder(tmp_path)))

    assert os.listdir(tmp_path) == []  # noqa: PTH208


def told_of_knowledge(config):
    """Give the states of the check, and what was found."""
    (finding,) = check_knowledge(load(config))
    return finding.state, finding.found


@pytest.fixture
def enrolled(tmp_path):
    """Give a school and a gate of it that has no knowledge yet."""
    folder, config = tmp_path / "lycee", tmp_path / "gate" / "entry-1.toml"
    call("school", "init", folder, "--uai", "0999001W", "--name", "Lycée des Essais")
    call("gate", "init", "--school", folder, "--lane", "entry-1", "--out", config)
    return folder, config


def call(*arguments: object) -> None:
    """Run a command that succeeds."""
    assert CliRunner().invoke(main, [str(one) for one in arguments]).exit_code == 0


def export(folder, config) -> None:
    """Export knowledge to where the gate looks."""
    out = load(config).knowledge.path / "today.knowledge"
    call("knowledge", "export", "--school", folder, "--out", out)


def test_knowledge_that_is_missing_is_wrong_until_it_is_exported(enrolled):
    """The folder is named, with the command that fills it."""
    state, found = told_of_knowledge(enrolled[1])
    assert (state, "no file ending in .knowledge is there" in found) == (State.WRONG, True)
    export(*enrolled)

    assert told_of_knowledge(enrolled[1])[0] is State.OK


def test_knowledge_without_names_for_this_gate_is_wrong(enrolled):
    """A gate taken out of the school reads nothing in passes."""
    call("gate", "remove", "entry-1", "--school", enrolled[0])
    export(*enrolled)

    state, found = told_of_knowledge(enrolled[1])
    assert (state, "no names" in found) == (State.WRONG, True)


def test_knowledge_that_ended_is_wrong(enrolled, monkeypatch):
    """A month later everybody would be referred."""
    export(*enrolled)
    later = options.now() + timedelta(days=30)
    monkeypatch.setattr(doctor_knowledge, "now", lambda: later)

    state, found = told_of_knowledge(enrolled[1])
    assert (state, "ended on" in found) == (State.WRONG, True)


def test_knowledge_of_another_school_is_wrong(enrolled, tmp_path):
    """The gate pinned its own school's key."""
    other = tmp_path / "other"
    call("school", "init", other, "--uai", "0999001W", "--name", "Autre")
    export(other, enrolled[1])

    assert told_of_knowledge(enrolled[1])[0] is State.WRONG


def test_a_journal_s_folder_that_the_gate_will_make_is_no_fault(tmp_path):
    """The nearest folder that exists is what must have room."""
    assert there(tmp_path / "not" / "yet") == tmp_path


def test_a_measure_leaves_no_reader_behind(tmp_path):
    """A thread inside OpenCV when Python ends aborts the process."""
    for number in range(4):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((48, 64), 128, np.uint8))

    figures = measure(str(tmp_path), seconds=1)

    assert "newest-frame" not in {thread.name for thread in threading.enumerate()}
    assert figures.advice == ("No code was read in these pictures.",)


def test_a_configuration_that_is_not_there_is_made_rather_than_mended(tmp_path):
    """There is no key to mend."""
    _, finding = checks.check_config(tmp_path / "entry-1.toml")

    assert "portique gate init" in finding.advice


def test_a_configured_server_is_asked(config):
    """By the command that looks at everything a lane needs."""
    served = replace(load(config), server=ServerSection(address="http://127.0.0.1:1"))
    config.write_text(dump(served), encoding="utf-8")
    told = json.loads(CliRunner().invoke(doctor, ["--config", str(config), "--json"]).stdout)

    assert "server" in {check["name"] for check in told["checks"] if check["state"] == "wrong"}
