"""The command as a process: terminals that know little, readers that leave, others' folders."""

import os
import subprocess
import sys

import pytest

NOBODY = 65534


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

    assert answer.returncode == 1
    assert answer.stderr.count(b"\n") == 1


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
