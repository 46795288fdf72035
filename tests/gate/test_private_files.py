"""What a gate keeps is for its own user's eyes, whatever the umask it was started with."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from portique.core.entries import Authority
from portique.gate.journal_values import Erasure
from portique.gate.main import _make_folder
from portique.gate.posture import PostureLatch
from portique.gate.sync import Source, Trust
from portique.testing.journals import START_MS, decision, fill, open_journal
from portique.testing.lanes import UAI, PocketSchool


@pytest.fixture(autouse=True)
def loose_umask() -> Iterator[None]:
    former = os.umask(0)
    yield
    os.umask(former)


def open_to_others(folder: Path) -> list[str]:
    return sorted(
        each.name for each in folder.iterdir() if stat.S_IMODE(each.stat().st_mode) & 0o077
    )


def test_every_file_of_a_journal_is_private(tmp_path):
    """Present, log, former, damaged, head, ledger, receipts, ballast: from their first byte on."""
    journal = open_journal(tmp_path / "journal.db", ballast_bytes=4096)
    fill(journal, 3)
    assert open_to_others(tmp_path) == []
    journal.rotate(at_ms=START_MS)
    journal.give_up("test", at_ms=START_MS)
    journal.append(decision(1), at_ms=START_MS)
    journal.acknowledge(3, 1)
    journal.erase(Erasure(Authority.RETENTION, 1, ((2, 2),), rule="x"), at_ms=START_MS)
    journal.erase(Erasure(Authority.RETENTION, 3, ((2, 2),), rule="x"), at_ms=START_MS)

    names = {each.name.split("-2")[0] for each in tmp_path.iterdir()}
    assert {"journal.db-wal", "journal.db.outbox", "journal.db.erased"} <= names
    assert open_to_others(tmp_path) == []
    journal.close(at_ms=START_MS)


def test_files_that_were_open_to_others_are_closed_to_them(tmp_path):
    """Left so by an older version or a copy: mended at the next start."""
    path = tmp_path / "journal.db"
    open_journal(path, ballast_bytes=4096).close(at_ms=START_MS)
    for each in tmp_path.iterdir():
        each.chmod(0o644)

    open_journal(path, ballast_bytes=4096).close(at_ms=START_MS)

    assert open_to_others(tmp_path) == []


def test_the_copy_of_the_knowledge_is_private(tmp_path):
    """It holds the names of a whole school."""
    school = PocketSchool()
    offered = tmp_path / "today.knowledge"
    offered.write_bytes(school.bundle(1))
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "current.knowledge.new").write_bytes(b"left by a crash")

    Source(Trust(UAI, school.knowledge_key.public, school.gate_key), offered, kept).start()

    assert {each.name for each in kept.iterdir()} == {"current.knowledge", "knowledge.version"}
    assert open_to_others(kept) == []


def test_the_memory_of_a_fire_is_private(tmp_path):
    """Small, and still nobody else's."""
    memory = tmp_path / "posture.json"

    PostureLatch([], memory=memory).fire()

    assert memory.exists()
    assert open_to_others(tmp_path) == []


def test_the_journals_folder_is_private(tmp_path):
    """Nobody else even sees which files there are."""
    folder = tmp_path / "entry-1-journal"

    _make_folder(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
