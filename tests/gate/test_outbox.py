"""What waits for the server, what it acknowledged, and what it could not take."""

import pytest

from portique.core.errors import JournalError
from portique.core.values import Language
from portique.gate.journal import Journal
from portique.gate.journal_values import SetAside
from portique.testing.journals import START_MS, decision, fill, open_journal

DAY_MS = 24 * 3_600_000


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path):
    opened = open_journal(path)
    fill(opened, 9)  # entries 2 to 10, after the epoch's own
    yield opened
    opened.close(at_ms=START_MS)


def numbers(journal: Journal, limit: int = 1000) -> list[tuple[int, int]]:
    return [(row.epoch, row.number) for row in journal.unacknowledged(limit)]


def test_everything_waits_at_first(journal):
    """The epoch's own entry included, oldest first."""
    assert numbers(journal) == [(1, n) for n in range(1, 11)]
    assert journal.pending() == 10


def test_a_receipt_covers_everything_up_to_its_number(journal):
    """The highest contiguous number is acknowledged, the rest still waits."""
    journal.acknowledge(1, 7)

    assert numbers(journal) == [(1, 8), (1, 9), (1, 10)]


def test_receipts_outlive_a_restart(journal, path):
    """They are kept beside the journal."""
    journal.acknowledge(1, 7)
    journal.close(at_ms=START_MS)

    again = open_journal(path)
    assert numbers(again) == [(1, 8), (1, 9), (1, 10)]
    again.close(at_ms=START_MS)


def test_an_older_receipt_takes_nothing_back(journal):
    """Receipts may come twice and out of order."""
    journal.acknowledge(1, 7)
    journal.acknowledge(1, 3)

    assert journal.pending() == 3


@pytest.mark.parametrize(("epoch", "number"), [(1, 11), (1, 0), (1, -1), (2, 1)])
def test_a_receipt_for_what_was_never_made_is_refused(journal, epoch, number):
    """A server that speaks of another journal changes nothing here."""
    with pytest.raises(JournalError, match="another journal"):
        journal.acknowledge(epoch, number)

    assert journal.pending() == 10


def test_a_poison_entry_blocks_nothing_and_is_kept(journal):
    """It is left out of the sendings, shown, and still in the journal."""
    journal.set_aside(1, 2, why="unknown\x1b kind", at_ms=START_MS)

    assert numbers(journal, limit=2) == [(1, 1)]
    assert numbers(journal)[:3] == [(1, 1), (1, 3), (1, 4)]
    assert journal.entries_set_aside() == (SetAside(1, 2, "unknown kind", START_MS),)
    assert journal.rows(after=1, limit=1)[0].read() == decision(0)


def test_poison_entries_longer_than_a_sending_block_nothing(journal):
    """The next good entry is found behind them."""
    for number in (1, 2, 3):
        journal.set_aside(1, number, why="poison", at_ms=START_MS)

    assert numbers(journal, limit=2)[0] == (1, 4)


def test_only_an_entry_that_exists_can_be_set_aside(journal):
    """A number beyond the head is refused."""
    with pytest.raises(JournalError, match="no entry 11"):
        journal.set_aside(1, 11, why="x", at_ms=START_MS)


def test_former_files_are_sent_first(journal):
    """What waited when the file was full still waits, before the new epoch."""
    journal.acknowledge(1, 9)
    journal.rotate(at_ms=START_MS)

    assert numbers(journal) == [(1, 10)]
    journal.acknowledge(1, 10)
    assert numbers(journal) == [(2, 1)]


def test_what_came_before_the_damage_is_still_sent(journal, path):
    """A damaged file's entries before its first bad one reach the server."""
    connection = journal._keeper._file.connection
    connection.execute("DROP TRIGGER entry_is_final")
    connection.execute("UPDATE entry SET time_ms = 1 WHERE number = 6")
    journal.give_up("an entry was changed", at_ms=START_MS)

    assert numbers(journal) == [(1, n) for n in range(1, 6)]
    journal.acknowledge(1, 5)
    assert numbers(journal) == [(2, 1)]


def test_unreadable_receipts_are_asked_for_again(journal, path):
    """Everything waits anew, and the technician is told, in both languages."""
    journal.acknowledge(1, 7)
    journal.close(at_ms=START_MS)
    path.with_name("journal.db.outbox").write_text("{", encoding="utf-8")

    again = open_journal(path)
    (notice,) = again.notices
    assert (notice.code, again.pending()) == ("outbox-restarted", 10)
    assert notice.sentences.keys() == set(Language)
    again.close(at_ms=START_MS)


def test_acknowledged_files_are_kept_for_their_retention_then_removed(journal, path):
    """Fourteen days on, a former file that the server has goes; its going is an entry."""
    journal.acknowledge(1, 10)
    journal.rotate(at_ms=START_MS)
    now = START_MS + 15 * DAY_MS

    assert journal.retire(START_MS - DAY_MS, at_ms=now) == 0
    assert journal.retire(now - 14 * DAY_MS, at_ms=now) == 1
    assert not path.with_name("journal.db.epoch-1").exists()
    assert journal.rows(after=1)[0].read().code == "file-retired"


def test_a_file_the_server_has_not_is_never_removed(journal):
    """However old, unless the gate is known to have no server."""
    journal.rotate(at_ms=START_MS)
    later = START_MS + 400 * DAY_MS

    assert journal.retire(later, at_ms=later) == 0
    assert journal.retire(later, at_ms=later, acknowledged_only=False) == 1


def test_a_long_wait_is_told_once(tmp_path):
    """At 80 % of what is held, one notice; again only after it was emptied."""
    journal = open_journal(tmp_path / "journal.db", held_max=100, checkpoint_rows=10)
    fill(journal, 95)
    assert [notice.code for notice in journal.notices] == ["journal-nearly-full"]

    journal.acknowledge(1, 90)
    fill(journal, 95)
    assert [notice.code for notice in journal.notices] == ["journal-nearly-full"] * 2
    journal.close(at_ms=START_MS)


def test_a_gate_without_a_server_never_fills(journal, path):
    """A file begun two weeks ago is kept aside, and goes when its last entry is as old."""
    now = START_MS
    for _ in range(6):
        now += 8 * DAY_MS
        journal.append(decision(1), at_ms=now)
        journal.retire(now - 14 * DAY_MS, at_ms=now, acknowledged_only=False)

    oldest = min(row.time_ms for row in journal.unacknowledged())
    assert now - oldest <= 28 * DAY_MS
    assert "journal-rotated" not in [notice.code for notice in journal.notices]


def test_a_gate_with_a_server_keeps_its_file_until_it_is_full(journal):
    """Age alone begins no new file there: the server has what it acknowledged."""
    journal.retire(START_MS + DAY_MS, at_ms=START_MS + DAY_MS)

    assert journal.head.epoch == 1


def test_receipts_of_files_that_are_gone_are_forgotten(journal, path):
    """However they went: the list of receipts does not grow for ever."""
    journal.acknowledge(1, 7)
    journal.rotate(at_ms=START_MS)
    path.with_name("journal.db.epoch-1").unlink()

    journal.retire(START_MS, at_ms=START_MS)

    assert journal._outbox.epochs() == set()


def filed(journal: Journal, limit: int = 1000, without=()) -> list[tuple[int, int, bool]]:
    rows = journal.to_file(limit, without=without)
    return [(row.epoch, row.number, row.body is not None) for row in rows]


def test_a_filing_has_no_gap_and_no_body_that_was_set_aside(journal):
    """The place of a poison entry in the chain goes up; what is in it stays here."""
    journal.acknowledge(1, 1)
    journal.set_aside(1, 3, why="poison", at_ms=START_MS)

    assert filed(journal, limit=3) == [(1, 2, True), (1, 3, False), (1, 4, True)]


def test_epochs_left_alone_do_not_hold_up_the_others(journal):
    """A disputed epoch is passed over, be it a former or the present one."""
    journal.rotate(at_ms=START_MS)

    assert filed(journal, without={1}) == [(2, 1, True)]
    assert filed(journal, without={1, 2}) == []
    assert filed(journal, limit=1) == [(1, 1, True)]


def test_what_the_server_lost_waits_again(journal, path):
    """Receipts and what was set aside above are taken back, over a restart too."""
    journal.set_aside(1, 2, why="poison", at_ms=START_MS)
    journal.set_aside(1, 6, why="poison", at_ms=START_MS)
    journal.acknowledge(1, 8)
    journal.rewind(1, 4)

    assert (journal.acknowledged(1), journal.pending()) == (4, 6)
    assert [one.number for one in journal.entries_set_aside()] == [2]
    assert filed(journal)[1] == (1, 6, True)


def test_the_last_acknowledged_entry_of_each_epoch_is_known(journal):
    """To ask the server whether it still has them; an epoch without a receipt is not asked for."""
    assert journal.last_filed() == ()
    journal.acknowledge(1, 10)
    journal.rotate(at_ms=START_MS)
    assert [(row.epoch, row.number) for row in journal.last_filed()] == [(1, 10)]
    journal.acknowledge(2, 1)

    assert [(row.epoch, row.number) for row in journal.last_filed()] == [(1, 10), (2, 1)]


def test_the_newest_signed_head_of_an_epoch_is_known(journal, path):
    """Of the present file and of a former one; of a file that can't be read there is none."""
    first = journal.checkpoint(at_ms=START_MS)
    assert journal.signed_head(1) == first
    journal.rotate(at_ms=START_MS)
    assert journal.signed_head(1) is not None
    assert journal.signed_head(7) is None
    path.with_name("journal.db.epoch-1").write_bytes(b"no database at all, whatever its name")

    assert journal.signed_head(1) is None
