"""What goes wrong around a gate: one sentence, a documented exit code, nothing lost (issue, 8)."""

import os
import resource
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from portique.gate.sections import CameraSection

FAULT, USE, ENVIRONMENT = 1, 2, 5


def portique(
    *words: str, before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "portique.cli", *words]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=before,
    )


def one_sentence(done: subprocess.CompletedProcess[str], code: int) -> str:
    """Return what was said, after checking that it is one sentence and the documented code."""
    lines = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("portique: ")
    return lines[0]


@pytest.fixture
def ready(site):
    site.issue(1)
    site.export()
    return site


def run(site) -> str:
    return str(site.config)


def test_a_configuration_that_is_not_there(tmp_path):
    """Named, and how to make one."""
    said = one_sentence(portique("gate", "run", str(tmp_path / "no.toml")), ENVIRONMENT)

    assert "no.toml" in said
    assert "portique gate init" in said


def test_an_unknown_key_of_the_configuration(ready):
    """Refused whole, by its name."""
    with ready.config.open("a", encoding="utf-8") as file:
        file.write("\n[kamera]\nsource = 1\n")

    assert "kamera" in one_sentence(portique("gate", "run", run(ready)), USE)


def test_a_wrong_value_of_the_configuration(ready):
    """By its key, with what it may be."""
    text = ready.config.read_text(encoding="utf-8").replace(
        'direction = "entry"', 'direction = "up"'
    )
    ready.config.write_text(text, encoding="utf-8")

    said = one_sentence(portique("gate", "run", run(ready)), USE)

    assert "direction" in said
    assert "exit" in said


def test_a_lane_the_school_does_not_have(ready):
    """With the lanes that it has."""
    ready.configure(lambda c: replace(c, gate=replace(c.gate, lane="gym")))

    assert "entry-1, exit-1" in one_sentence(portique("gate", "run", run(ready)), USE)


def test_a_taken_port(ready):
    """Named, and what to do."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        ready.configure(lambda c: replace(c, screens=replace(c.screens, port=port)))

        assert str(port) in one_sentence(portique("gate", "run", run(ready)), ENVIRONMENT)


def test_a_wrong_key_file(ready):
    """The school's public key in the place of the gate's own."""
    folder = ready.config.parent
    shutil.copy(folder / "entry-1-school.pub", folder / "entry-1.key")

    assert "entry-1.key" in one_sentence(portique("gate", "run", run(ready)), ENVIRONMENT)


def test_a_missing_key_file(ready):
    """How to enrol again."""
    (ready.config.parent / "entry-1.key").unlink()

    assert "portique gate init" in one_sentence(portique("gate", "run", run(ready)), ENVIRONMENT)


def test_a_key_that_others_can_read(ready):
    """With the command that mends it."""
    (ready.config.parent / "entry-1.key").chmod(0o644)
    done = portique("gate", "run", run(ready))

    assert "chmod 600" in one_sentence(done, done.returncode)
    assert done.returncode in {USE, ENVIRONMENT}


def test_a_journals_folder_that_cannot_be_made(ready):
    """Something else lies in its place."""
    ready.journal.parent.write_text("in the way", encoding="utf-8")

    said = one_sentence(portique("gate", "run", run(ready)), ENVIRONMENT)

    assert "check disk and rights" in said


def test_a_disk_without_a_byte_left(ready):
    """No file may grow: the journal can't be made, and the sentence says where to look."""

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    done = portique("gate", "run", run(ready), before=full)

    assert "check the disk" in one_sentence(done, ENVIRONMENT)


@pytest.mark.parametrize("keep", [0, 100, 4096])
def test_a_truncated_journal_is_set_aside_and_the_gate_runs(ready, start, keep):
    """Nothing is repaired in silence: the file is kept as it was, a new epoch begins."""
    first = start(ready)
    first.stop()
    data = ready.journal.read_bytes()[:keep]
    ready.journal.write_bytes(data)

    second = start(ready)
    assert second.get("/healthz")
    second.stop()

    aside = [p for p in ready.journal.parent.iterdir() if p != ready.journal and p.is_file()]
    assert keep == 0 or any(path.read_bytes() == data for path in aside)
    assert portique("journal", "verify", str(ready.journal)).returncode == 0


@pytest.mark.parametrize("keep", [0, 1, 1000])
def test_a_truncated_knowledge_file_is_told_and_the_gate_runs(ready, start, keep):
    """Nobody is granted by half a file; the console says which file and what to do."""
    [path] = (ready.config.parent / "entry-1-knowledge").iterdir()
    path.write_bytes(path.read_bytes()[:keep])

    gate = start(ready)
    assert gate.get("/healthz")
    gate.stop()

    said = (ready.folder / "gate.log").read_text(encoding="utf-8")
    assert "portique: today.knowledge: the knowledge file is damaged" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("source", ["99", "/dev/nothing", "no-such-film.mp4"])
def test_a_camera_that_is_not_there_is_said_and_waited_for(ready, start, wait_until, source):
    """The lane runs without eyes: one sentence on the console, a fault on the screens."""
    camera = CameraSection(source=source)
    ready.configure(lambda c: replace(c, camera=camera))
    log = ready.folder / "gate.log"

    gate = start(ready)
    wait_until(lambda: "portique: " in log.read_text(encoding="utf-8"), 30, "the sentence")
    assert gate.get("/healthz")
    assert gate.stop() == 0

    said = log.read_text(encoding="utf-8")
    assert "Traceback" not in said
    sentences = {line for line in said.splitlines() if line.startswith("portique: ")}
    assert len(sentences) == 1, said


@pytest.mark.parametrize("source", ["99", "no-such-film.mp4"])
def test_a_replay_of_what_is_not_there(ready, source):
    """A replay waits for nothing: one sentence and the environment's code."""
    school = str(ready.folder / "school")
    done = portique(
        *("gate", "replay", source, "--school", school, "--lane", "entry-1"),
        *("--at", "2026-11-23T08:00"),
    )

    one_sentence(done, ENVIRONMENT)


def test_a_replay_of_a_truncated_film(ready, tmp_path):
    """What can be read is; a file with nothing in it is one sentence."""
    film = tmp_path / "film.mp4"
    film.write_bytes(os.urandom(1000))
    school = str(ready.folder / "school")
    done = portique(
        *("gate", "replay", str(film), "--school", school, "--lane", "entry-1"),
        *("--at", "2026-11-23T08:00"),
    )

    assert "film.mp4" in one_sentence(done, ENVIRONMENT)


def test_a_school_that_is_not_there(tmp_path):
    """Named, and how to make one."""
    absent = Path(tmp_path / "nowhere")
    done = portique("gate", "init", "--school", str(absent), "--lane", "entry-1", "--out", "g.toml")

    assert "nowhere" in one_sentence(done, ENVIRONMENT)


def test_a_gate_made_twice(ready):
    """The former keeps its files; the sentence says what to choose."""
    before = ready.config.read_bytes()
    again = ("--lane", "entry-1", "--out", str(ready.config), "--again")
    done = portique("gate", "init", "--school", str(ready.folder / "school"), *again)

    assert "exists already" in one_sentence(done, ENVIRONMENT)
    assert ready.config.read_bytes() == before
