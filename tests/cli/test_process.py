"""The command as a process: terminals that know little, readers that leave, others' folders."""

import os
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import pytest
from tests.cli.conftest import frame

pytestmark = pytest.mark.slow  # real processes

NOBODY = 65534
REPLAYED = ("--lane", "entry-1", "--at", "2026-11-23T08:00")
# A process counts what its parent held when it forked: a small one has to stand between.
LAUNCHER = """
import resource, subprocess, sys

done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10)
"""
MEMORY_MB_MAX = 400  # the libraries and a camera's picture; the pixels announced would take 2,700


def start(*arguments: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a process of its own."""
    command = [sys.executable, "-m", "portique.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, **options)  # type: ignore[call-overload,no-any-return] # options are subprocess's own


def test_a_western_terminal_gets_escapes(school):
    """What it can't write is spelt out; nothing stops."""
    issued = school.issue(name="Zoé 😀")
    asked = ("pass", "show", issued["text"], "--school", school.folder, "--unseal")
    answer = start(
        *asked, "--at", "2026-11-23T08:00", env=os.environ | {"PYTHONIOENCODING": "latin-1"}
    )

    assert answer.returncode == 0
    assert answer.stdout == b"passez\n  Zo\xe9 \\U0001f600\n"
    assert answer.stderr == b""


def test_a_reader_that_leaves_is_no_error(school):
    """As `head` does: silence, not a traceback."""
    command = [sys.executable, "-m", "portique.cli", "pass", "show", "-", "--school"]
    with subprocess.Popen(
        [*command, str(school.folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.write(b"PQ1:\n" * 100)
        process.stdin.close()

        assert b"Traceback" not in process.stderr.read()


def test_a_name_in_no_encoding_is_no_crash(school):
    """Bytes that are no UTF-8, as a shell may pass them."""
    asked = ["pass", "issue", "--school", school.folder, "--kind", "pupil", "--name"]
    command = [sys.executable, "-m", "portique.cli", *asked, b"Zo\xe9"]
    answer = subprocess.run(command, capture_output=True, check=False)

    assert answer.returncode == 2
    assert answer.stderr.count(b"Error: ") == 1
    assert b"Traceback" not in answer.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize(
    "command",
    [
        ("pass", "show", "PQ1:"),
        ("pass", "issue", "--kind", "pupil", "--name", "Zoe"),
        ("knowledge", "export", "--out", "x.knowledge"),
        ("school", "calendar"),
    ],
    ids=" ".join,
)
def test_somebody_else_s_school_is_said(school, tmp_path, monkeypatch, command):
    """Whoever may not read the keys is told so, whatever they ask."""
    monkeypatch.chdir(tmp_path)
    asked = (*command, "--school", school.folder)
    school.run(*asked)  # everything is imported before it becomes unreadable
    os.seteuid(NOBODY)
    try:
        answer = school.run(*asked)
    finally:
        os.seteuid(0)

    assert answer.code == 5
    assert answer.stderr.count("\n") == 1


def huge_picture(path: Path, width: int, height: int) -> Path:
    """Write a black PNG of one bit a pixel: a small file, however many pixels it announces."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packer, row = zlib.compressobj(1), bytes(1 + (width + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", packed), chunk(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    return path


def memory_mb(*arguments: object) -> tuple[int, int, str]:
    """Run the command; return its exit code, the most memory it held, and what it complained of."""
    command = [sys.executable, "-m", "portique.cli", *map(str, arguments)]
    done = subprocess.run(
        [sys.executable, "-c", LAUNCHER, *command], capture_output=True, check=True, text=True
    )
    code, used_mb = map(int, done.stdout.split())
    return code, used_mb, done.stderr


@pytest.mark.parametrize("size", [(30_000, 30_000), (70_000, 8)], ids=["many pixels", "one side"])
@pytest.mark.parametrize("command", [("gate", "replay"), ("sight", "read"), ("pass", "show")])
def test_a_picture_larger_than_any_camera_s_is_not_unpacked(school, tmp_path, command, size):
    """One sentence, exit code 5, and no more memory than for any picture."""
    path = huge_picture(tmp_path / "huge.png", *size)
    of_school = [] if command[0] == "sight" else ["--school", school.folder]
    replayed = REPLAYED if command[0] == "gate" else ()
    code, used_mb, said = memory_mb(*command, path, *of_school, *replayed)

    assert code == 5
    assert "save it smaller" in said
    assert said.count("\n") == 1
    assert used_mb < MEMORY_MB_MAX


def test_a_folder_goes_on_after_a_huge_picture(school, tmp_path):
    """It is told, and the next one is judged."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    cv2.imwrite(str(pictures / "b.png"), frame(school.issue()["text"]))
    shutil.copy(huge_picture(tmp_path / "huge.png", 30_000, 30_000), pictures / "a.png")
    asked = ("gate", "replay", pictures, "--school", school.folder, *REPLAYED)
    played, read = start(*asked, "--json"), start("sight", "read", pictures, "--json")

    assert (played.returncode, read.returncode) == (0, 0)
    assert b'"grant": 1' in played.stdout
    assert b'"texts": ["PQ1:' in read.stdout
    assert played.stderr.count(b"a.png") == read.stderr.count(b"a.png") == 1
