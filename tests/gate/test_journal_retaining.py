"""Retention on damaged files: bodies go all the same, agents are told, and nothing is repeated."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from portique.core.entries import AlarmBody, ModeBody, NoticeBody, OrderBody
from portique.gate.journal import Journal
from portique.gate.journal_verify import verify_file
from portique.testing.journals import START_MS, decision, fill, open_journal

HOLDER = "5e1f5e1f5e1f5e1f"
HOUR_MS = 3_600_000
LATER_MS = START_MS + 48 * HOUR_MS  # everything in these tests is older
PAGE_BYTES = 4096


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path):
    opened = open_journal(path, entries_per_file=10_000)
    opened.append(decision(0, holder=HOLDER), at_ms=START_MS)
    fill(opened, 300)
    yield opened
    opened.close(at_ms=LATER_MS)


def spoil(path: Path, page: int = 5) -> None:
    """Overwrite one page of entries, as a dying disk does."""
    with path.open("r+b") as file:
        file.seek(page * PAGE_BYTES)
        file.write(b"\xa5" * PAGE_BYTES)


def spoil_live(journal: Journal) -> None:
    """The same under an open journal, with nothing in SQLite's memory."""
    journal._keeper.ready(START_MS).empty_wal()
    journal._keeper._drop()
    spoil(journal.path)


def age(path: Path, at_ms: int = START_MS) -> None:
    """Let a file have been written to last at `at_ms`."""
    os.utime(path, ns=(at_ms * 10**6, at_ms * 10**6))


def retain(journal: Journal) -> None:
    journal.erase_before(LATER_MS - HOUR_MS, rule="next-school-day", at_ms=LATER_MS)


def set_aside(path: Path) -> list[Path]:
    return sorted(path.parent.glob("*.damaged-*epoch-*"))


def left_in(path: Path, needle: bytes) -> set[str]:
    return {each.name for each in path.parent.iterdir() if needle in each.read_bytes()}


def codes(journal: Journal) -> list[str]:
    return [notice.code for notice in journal.notices]


def test_a_bad_page_in_the_live_file_begins_a_new_epoch(journal, path):
    """Retention is what finds it: the file is set aside, the agent told, the lane goes on."""
    spoil_live(journal)

    retain(journal)

    assert journal.head.epoch == 2
    assert "journal-damaged" in codes(journal)
    assert journal.verify().whole


def test_what_a_bad_page_kept_from_erasing_is_destroyed(journal, path):
    """The bodies that could not be deleted one by one go with their file; an entry says so."""
    spoil_live(journal)
    age(path)

    retain(journal)

    assert left_in(path, bytes.fromhex(HOLDER)) == set()
    assert set_aside(path) == []
    notices = [row.read() for row in journal.rows() if isinstance(row.read(), NoticeBody)]
    assert notices == [NoticeBody("file-destroyed", 1)]
    assert "file-destroyed" in codes(journal)


def test_a_damaged_file_within_its_retention_is_kept(journal, path):
    """Its last entries may still be asked for; tomorrow it goes."""
    spoil_live(journal)
    age(path, LATER_MS)

    retain(journal)

    assert len(set_aside(path)) == 1
    before = journal.head
    retain(journal)
    assert journal.head == before


def test_a_set_aside_file_that_is_no_database_is_destroyed_in_its_time(journal, path):
    """Nothing can be erased in it, yet what it holds can be read with any editor."""
    journal.give_up("test", at_ms=START_MS)
    (aside,) = set_aside(path)
    aside.write_bytes(b"no database " + bytes.fromhex(HOLDER) * 1000)
    age(aside)

    retain(journal)

    assert left_in(path, bytes.fromhex(HOLDER)) == set()


def test_a_wrong_clock_of_the_disk_keeps_no_file_for_ever(journal, path):
    """A file written to in 2037, says the disk: it was set aside long before, says its name."""
    journal.give_up("test", at_ms=START_MS)
    (aside,) = set_aside(path)
    aside.write_bytes(b"no database")
    age(aside, START_MS + 10**12)

    retain(journal)

    assert set_aside(path) == []


def test_a_former_file_found_damaged_is_set_aside_and_told(journal, path):
    """A full file that went bad on the disk is no longer taken for sound."""
    journal.rotate(at_ms=START_MS)
    former = path.with_name("journal.db.epoch-1")
    spoil(former)
    age(former, LATER_MS)

    retain(journal)

    assert not former.exists()
    assert len(set_aside(path)) == 1
    assert codes(journal).count("former-damaged") == 1


def test_one_sick_file_keeps_no_other_from_its_erasure(journal, path):
    """The present file's bodies go although the former one can't be read."""
    journal.rotate(at_ms=START_MS)
    journal.append(decision(1), at_ms=START_MS)
    spoil(path.with_name("journal.db.epoch-1"))

    retain(journal)

    assert [row.number for row in journal.rows() if row.body is None] == [2]


def test_the_ledger_holds_each_erasure_once(journal, path):
    """However often it has to be tried."""
    for _ in range(3):
        journal._eraser._ledger.add(1, ((3, 5), (9, 9)))

    lines = path.with_name("journal.db.erased").read_text("ascii").splitlines()
    assert lines == ["1 3 5", "1 9 9"]


def test_damage_found_while_replaying_does_not_stop_the_start(journal, path):
    """The gate comes up with a new epoch and a notice, not with an error at each start."""
    journal.append(decision(1), at_ms=START_MS)
    journal._eraser._ledger.add(1, ((2, 300),))
    journal.close(at_ms=START_MS)
    spoil(path)

    again = open_journal(path)
    assert again.head.epoch == 2
    assert "journal-damaged" in codes(again)
    again.close(at_ms=START_MS)


def test_a_scrubbed_file_stays_and_its_order_is_chained_once(journal, path):
    """A copy set aside that SQLite reads well is emptied, and not again every ten minutes."""
    journal.give_up("test", at_ms=START_MS)
    retain(journal)
    after = journal.head
    retain(journal)

    (aside,) = set_aside(path)
    with closing(sqlite3.connect(aside)) as connection:
        (left,) = connection.execute("SELECT count(*) FROM entry WHERE body NOT NULL").fetchone()
    assert left == 1  # the epoch's own
    assert journal.head == after
    orders = [row for row in journal.rows() if isinstance(row.read(), OrderBody)]
    assert len(orders) == 1


def test_aliases_of_agents_in_modes_and_alarms_are_erased(path):
    """They say who worked when; orders and epochs say nothing about anybody and stay."""
    journal = open_journal(path)
    journal.append(ModeBody("entry-1", "counting", "loge"), at_ms=START_MS)
    journal.append(AlarmBody("normal", drill=False, source="agent", agent="cpe"), at_ms=START_MS)
    journal.append(NoticeBody("tick"), at_ms=START_MS)

    retain(journal)

    assert [row.number for row in journal.rows() if row.body is None] == [2, 3]
    journal.close(at_ms=LATER_MS)
    assert verify_file(path).whole
