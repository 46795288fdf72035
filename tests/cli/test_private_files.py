"""What commands write, their owner alone can read."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest


def portique(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "portique.cli", *words],
        capture_output=True, check=False, preexec_fn=lambda: os.umask(0o022),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """Give a folder in which a school, a pass, a gate and its knowledge were made, umask 022."""
    folder: Path = tmp_path_factory.mktemp("written")
    school = folder / "school"
    school.mkdir(mode=0o755)
    portique("school", "init", str(school), "--uai", "0990001N", "--name", "Lycée")
    portique(
        "pass", "issue", "--school", str(school), "--kind", "pupil", "--name", "Zoé",
        "--out", str(folder / "zoe.svg"),
    )  # fmt: skip
    gate = folder / "gate" / "entry-1.toml"
    portique("gate", "init", "--school", str(school), "--lane", "entry-1", "--out", str(gate))
    portique("knowledge", "export", "--school", str(school), "--out", str(folder / "k.knowledge"))
    return folder


def test_no_file_is_open_to_other_users(written):
    """Passes, keys, the register, rights and knowledge: mode 0600, whatever the umask."""
    files = [path for path in written.rglob("*") if path.is_file()]
    opened = {path.name for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077}

    assert len(files) > 10
    assert opened == set()
