"""Taking up a journal at the start: crashes between two steps, lost marks, spoiled files."""

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from portique.core.entries import Authority, EpochBody, EpochCause
from portique.core.errors import JournalError
from portique.gate.journal import Journal
from portique.gate.journal_values import Erasure
from portique.gate.journal_verify import verify_file
from portique.testing.disks import Disk, DiskEvent
from portique.testing.journals import START_MS, decision, fill, open_journal


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


@pytest.fixture
def closed(path):
    """Give a journal of 10 entries, closed in order."""
    journal = open_journal(path)
    fill(journal, 9)
    journal.close(at_ms=START_MS)
    return path


def beginning(journal: Journal) -> EpochBody:
    body = journal.rows(limit=1)[0].read()
    assert isinstance(body, EpochBody)
    return body


def codes(journal: Journal) -> list[str]:
    return [notice.code for notice in journal.notices]


def reopened(path: Path) -> tuple[int, EpochCause, list[str]]:
    """Open, use and close; return the epoch, why it began, and what was told."""
    journal = open_journal(path)
    journal.append(decision(1), at_ms=START_MS)
    epoch, cause, told = journal.head.epoch, beginning(journal).cause, codes(journal)
    assert journal.verify().whole
    journal.close(at_ms=START_MS)
    return epoch, cause, told


def test_stopped_between_keeping_a_full_file_and_the_next(closed):
    """The former file is there under its new name: a rotation, finished now."""
    closed.rename(closed.with_name("journal.db.epoch-1"))

    assert reopened(closed) == (2, EpochCause.ROTATED, [])


def test_stopped_between_setting_aside_and_the_next(closed):
    """The same for a damaged file."""
    closed.rename(closed.with_name("journal.db.damaged-20261123T070000Z-epoch-1"))

    assert reopened(closed) == (2, EpochCause.DAMAGED, [])


def test_stopped_while_the_first_file_was_made(path):
    """An empty file is a creation that never finished: begun again."""
    path.touch()

    assert reopened(path) == (1, EpochCause.FIRST, [])


def test_stopped_while_the_first_mark_was_made(path):
    """A mark gets its name once it has a head: an unfinished one raises no word about it."""
    unfinished = path.with_name("journal.db.head.new")
    unfinished.touch()

    assert reopened(path) == (1, EpochCause.FIRST, [])
    assert reopened(path) == (1, EpochCause.FIRST, [])
    assert not unfinished.exists()


@pytest.mark.parametrize("left", [b"", b"S", b"\0", b"SQLite format", b"SQLite format 3\0" * 2])
def test_a_file_cut_short_is_set_aside_and_said(closed, left):
    """Cut to nothing or to a few bytes: kept as it is, and the next epoch takes entries."""
    closed.write_bytes(left)

    assert reopened(closed) == (2, EpochCause.DAMAGED, ["journal-damaged"])
    (kept,) = closed.parent.glob("*.damaged-*")
    assert kept.read_bytes() == left


def test_a_file_emptied_under_its_log_keeps_the_log(path):
    """The log of a killed gate holds entries: it is kept beside the emptied file."""
    journal = open_journal(path)
    fill(journal, 9)
    copy = path.with_name("copy")
    copy.mkdir()
    (copy / path.name).touch()
    log = path.with_name("journal.db-wal").read_bytes()
    (copy / "journal.db-wal").write_bytes(log)
    journal.close(at_ms=START_MS)

    assert reopened(copy / path.name)[1:] == (EpochCause.DAMAGED, ["journal-damaged"])
    (kept,) = copy.glob("*.damaged-*-wal")
    assert kept.read_bytes() == log


def put_folder(place: Path) -> None:
    place.mkdir()
    (place / "something").touch()


def put_link(place: Path) -> None:
    elsewhere = place.with_name("elsewhere")
    elsewhere.write_bytes(b"not to be written to")
    place.symlink_to(elsewhere)


STRANGERS: dict[str, Callable[[Path], None]] = {
    "folder": put_folder,
    "link": put_link,
    "link to nowhere": lambda place: place.symlink_to("nowhere"),
    "link to itself": lambda place: place.symlink_to(place),
    "fifo": os.mkfifo,
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_what_is_no_file_is_set_aside_unopened(closed, stranger):
    """Neither followed nor read; the journal that stood there is said to have vanished."""
    closed.unlink()
    STRANGERS[stranger](closed)

    told = ["journal-stranger", "journal-missing"]
    assert reopened(closed) == (2, EpochCause.MISSING, told)
    (kept,) = closed.parent.glob("*.stranger-*")
    assert not stat.S_ISREG(kept.lstat().st_mode)
    assert not closed.with_name("nowhere").exists()


@pytest.mark.parametrize("stranger", STRANGERS)
def test_what_stands_in_the_place_of_the_log_is_set_aside(closed, stranger):
    """A journal closed in order needs no log: the same epoch goes on."""
    STRANGERS[stranger](closed.with_name("journal.db-wal"))

    assert reopened(closed) == (1, EpochCause.FIRST, ["journal-stranger"])


def test_a_folder_in_the_place_of_the_receipts_is_set_aside(closed):
    """What the journal keeps beside its file must be files too, or nothing could be noted."""
    closed.with_name("journal.db.outbox").mkdir()
    journal = open_journal(closed)
    journal.acknowledge(1, 5)
    journal.close(at_ms=START_MS)

    assert codes(journal) == ["journal-stranger"]
    assert closed.with_name("journal.db.outbox").is_file()


def test_former_files_alone_are_enough_to_go_on(closed):
    """Present file and mark lost: the next epoch follows the former ones."""
    journal = open_journal(closed)
    journal.rotate(at_ms=START_MS)
    journal.close(at_ms=START_MS)
    closed.unlink()
    closed.with_name("journal.db.head").unlink()

    assert reopened(closed) == (2, EpochCause.ROTATED, [])


def test_a_damaged_file_without_its_mark_still_tells_its_epoch(closed):
    """The epoch is read in the file when it can be."""
    closed.with_name("journal.db.head").unlink()
    with closing(sqlite3.connect(closed)) as connection:
        connection.execute("DELETE FROM checkpoint")
        connection.commit()

    assert reopened(closed) == (2, EpochCause.DAMAGED, ["journal-damaged"])


def test_a_file_that_tells_nothing_takes_an_epoch_never_used(closed):
    """The seconds since 1970, above everything ever counted."""
    closed.with_name("journal.db.head").unlink()
    closed.write_bytes(b"noise" * 2000)

    assert reopened(closed)[0] == START_MS // 1000 + 1


def spoil_format(data: bytearray) -> None:
    data[47] = 9  # the schema's format number: SQLite says "unsupported file format"


def spoil_schema(data: bytearray) -> None:
    at = data.find(b"CREATE TABLE entry")
    data[at : at + 12] = b"\xd7" * 12


def spoil_magic(data: bytearray) -> None:
    data[0] ^= 1


@pytest.mark.parametrize("spoil", [spoil_format, spoil_schema, spoil_magic])
def test_a_spoiled_header_is_damage_and_stops_nothing(closed, spoil):
    """Set aside as it is, said, and the next epoch takes entries."""
    data = bytearray(closed.read_bytes())
    spoil(data)
    closed.write_bytes(data)

    assert reopened(closed) == (2, EpochCause.DAMAGED, ["journal-damaged"])
    (kept,) = closed.parent.glob("*.damaged-*")
    assert kept.read_bytes() == data


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_disk_that_fails_while_the_file_is_made(path, turn):
    """A sentence; the next start begins the same epoch as if nothing had been."""
    left = [turn]

    def fail(event: DiskEvent) -> None:
        left[0] -= event.act in ("write", "sync")
        if left[0] == 0:
            raise apsw.FullError("this test's disk is full")

    with pytest.raises(JournalError, match="full"):
        open_journal(path, connect=Disk(fail).connect)

    assert reopened(path)[0] == 1


def test_a_disk_that_fails_between_two_files_loses_nothing(path):
    """The full file is kept; the next is begun when the disk is well."""
    failing = [False]

    def fail(event: DiskEvent) -> None:
        if failing[0] and event.act == "write" and event.offset == 0 and event.name == path.name:
            raise apsw.FullError("this test's disk is full")

    journal = open_journal(path, connect=Disk(fail).connect)
    fill(journal, 9)
    journal._keeper.ready(START_MS).empty_wal()
    failing[0] = True
    with pytest.raises(JournalError):
        journal.rotate(at_ms=START_MS)
    failing[0] = False

    journal.append(decision(1), at_ms=START_MS)
    assert journal.verify().whole
    assert journal.pending() >= 11
    journal.close(at_ms=START_MS)


@pytest.mark.parametrize("at_ms", [-1, 2**53])
def test_a_time_outside_its_limits_is_a_fault_of_ours(path, at_ms):
    """Refused before the disk: no file is set aside for it."""
    journal = open_journal(path)

    with pytest.raises(ValueError, match="time in ms"):
        journal.append(decision(1), at_ms=at_ms)
    assert journal.append(decision(1), at_ms=START_MS).number == 2
    journal.close(at_ms=START_MS)


def test_what_was_erased_in_a_former_file_does_not_come_back(closed):
    """A copy of a former file put back is erased again, in its own chain."""
    journal = open_journal(closed)
    journal.rotate(at_ms=START_MS)
    former = closed.with_name("journal.db.epoch-1")
    older = former.read_bytes()
    journal.erase(Erasure(Authority.RETENTION, 1, ((3, 5),), rule="x"), at_ms=START_MS)
    journal.close(at_ms=START_MS)
    former.write_bytes(older)

    again = open_journal(closed)
    assert codes(again) == ["erasure-replayed"]
    again.close(at_ms=START_MS)
    assert verify_file(former).erased == 3
    assert verify_file(former).whole


def test_an_older_copy_set_aside_loses_what_was_erased(closed):
    """Putting an older copy back does not bring the erased back, even set aside."""
    older = closed.read_bytes()
    journal = open_journal(closed)
    journal.erase(Erasure(Authority.RETENTION, 1, ((3, 5),), rule="x"), at_ms=START_MS)
    journal.close(at_ms=START_MS)
    closed.write_bytes(older)

    again = open_journal(closed)
    assert codes(again) == ["journal-older-copy", "erasure-replayed"]
    again.close(at_ms=START_MS)
    (kept,) = closed.parent.glob("*.damaged-*")
    with closing(sqlite3.connect(kept)) as connection:
        left = connection.execute("SELECT number FROM entry WHERE body IS NULL").fetchall()
    assert left == [(3,), (4,), (5,)]


def test_an_erasure_that_cannot_reach_a_file_is_said(closed):
    """Noise can't be erased in: the technician is told to destroy it."""
    closed.write_bytes(b"noise" * 2000)
    journal = open_journal(closed)
    journal.erase(Erasure(Authority.RETENTION, 1, ((3, 5),), rule="x"), at_ms=START_MS)

    assert codes(journal) == ["journal-damaged", "erasure-not-reached"]
    journal.close(at_ms=START_MS)
