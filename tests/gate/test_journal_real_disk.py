"""A real file system that is full or read-only, in a namespace of mounts of the test's own."""

import json
import subprocess
import sys
from typing import Any

import pytest

ALONE = ("unshare", "--user", "--map-root-user", "--mount")
BEGIN = """
import json, subprocess, sys
from pathlib import Path
from portique.core.errors import JournalError
from portique.gate.journal_verify import verify_file
from portique.testing.journals import START_MS, decision, open_journal

folder = Path(sys.argv[1])
path, filler = folder / "journal.db", folder / "filler"

def mount(*words):
    subprocess.run(["mount", *words, str(folder)], check=True)

def append(journal):
    return journal.append(decision(1), at_ms=START_MS).number

def refused(work):
    try:
        work()
    except JournalError as error:
        return str(error)
    return ""

def fill_the_disk():
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 512, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                pass

mount("-t", "tmpfs", "-o", "size=1m", "none")
journal = open_journal(path)
"""
FULL = """
append(journal)
fill_the_disk()
last = 0
def append_on():
    global last
    while True:
        last = append(journal)
sentence = refused(append_on)
again = refused(lambda: append(journal))
journal.close(at_ms=START_MS)
journal = open_journal(path)
found = journal.head.number
filler.unlink()
after = append(journal)
journal.close(at_ms=START_MS)
print(json.dumps([sentence, again, last or 2, found, after, verify_file(path).whole]))
"""
READ_ONLY = """
last = append(journal)
journal.close(at_ms=START_MS)
mount("-o", "remount,ro")
sentence = refused(lambda: open_journal(path))
whole = verify_file(path).whole
mount("-o", "remount,rw")
journal = open_journal(path)
after = append(journal)
journal.close(at_ms=START_MS)
print(json.dumps([sentence, whole, last, after, [n.code for n in journal.notices]]))
"""


@pytest.fixture
def own_disk(tmp_path):
    """Give a way to run a scene with a small disk mounted where only its process sees it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        tried = ("mount", "-t", "tmpfs", "none", str(folder))
        subprocess.run([*ALONE, *tried], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"this machine gives no namespace of mounts to try a real disk in: {error}")

    def run(scene: str) -> Any:
        command = [*ALONE, sys.executable, "-c", BEGIN + scene, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_a_disk_really_full_refuses_loses_nothing_and_recovers(own_disk):
    """ENOSPC from the kernel: said, all acknowledged entries there, next one when there is room."""
    sentence, again, last, found, after, whole = own_disk(FULL)

    assert "the disk is full" in sentence
    assert again
    assert found in (last, last + 1)  # the refused entry may have reached the log: a row more
    assert after == found + 1
    assert whole


def test_a_disk_really_read_only_is_said_and_left_as_it_is(own_disk):
    """The journal can be verified there, not opened; written to again, it goes on."""
    sentence, whole, last, after, told = own_disk(READ_ONLY)

    assert "the file can't be written" in sentence
    assert whole
    assert (after, told) == (last + 1, [])
