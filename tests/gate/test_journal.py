"""Appending, reading back, recent facts, rotation and retention of a gate's journal."""

import threading

import pytest

from portique.core import seal
from portique.core.entries import BootBody, EpochBody, EpochCause, NoticeBody, Ruling, RulingBody
from portique.core.errors import JournalError
from portique.core.journal_checkpoint import open_checkpoint
from portique.core.values import HolderId, Medium, PassId
from portique.gate.journal import Journal
from portique.gate.journal_schema import engine_sentence
from portique.gate.journal_values import Grant, Receipt
from portique.gate.journal_verify import verify_file
from portique.testing.journals import START_MS, decision, fictional_key, fill, open_journal


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path):
    opened = open_journal(path)
    yield opened
    opened.close(at_ms=START_MS)


def codes(journal: Journal) -> list[str]:
    return [notice.code for notice in journal.notices]


def test_a_new_journal_begins_with_its_epoch(journal):
    """Entry 1 of epoch 1 says that it is the first."""
    (row,) = journal.rows()

    assert row.read() == EpochBody(epoch=1, cause=EpochCause.FIRST)
    assert journal.notices == ()


def test_entries_are_numbered_without_gaps(journal):
    """Receipts count up from the epoch's entry."""
    receipts = [journal.append(decision(n), at_ms=START_MS) for n in range(3)]

    assert receipts == [Receipt(1, 2), Receipt(1, 3), Receipt(1, 4)]


def test_what_was_appended_is_read_back(journal):
    """Body and time come back as given."""
    journal.append(decision(7), at_ms=START_MS + 5)

    row = journal.rows(after=1)[0]
    assert (row.read(), row.time_ms) == (decision(7), START_MS + 5)


def test_the_journal_goes_on_after_a_restart(path):
    """Number, chain and highest time are taken up where they stood."""
    first = open_journal(path)
    fill(first, 250)
    head, highest = first.head, first.highest_ms
    first.close(at_ms=START_MS)

    second = open_journal(path)
    assert (second.head, second.highest_ms, second.was_clean) == (head, highest, True)
    second.close(at_ms=START_MS)


def test_a_run_that_was_killed_is_not_clean(path):
    """Without `close`, the next start knows."""
    first = open_journal(path)
    first.append(decision(1), at_ms=START_MS)
    first._keeper._drop()  # what the system does when a process dies

    second = open_journal(path)
    assert not second.was_clean
    second.close(at_ms=START_MS)


def test_a_second_process_is_told_that_the_journal_is_held(journal, path):
    """A sentence, and nothing set aside: a lock is no damage."""
    with pytest.raises(JournalError, match="another process holds it"):
        open_journal(path)

    assert journal.append(decision(1), at_ms=START_MS) == Receipt(1, 2)


def test_a_closed_journal_takes_no_entry(path):
    """The gate is stopping: a sentence, not a crash."""
    journal = open_journal(path)
    journal.close(at_ms=START_MS)
    journal.close(at_ms=START_MS)

    with pytest.raises(JournalError, match="closed"):
        journal.append(decision(1), at_ms=START_MS)


def test_a_checkpoint_is_signed_by_the_gate(journal):
    """The head it names is the journal's."""
    fill(journal, 3)
    signed = journal.checkpoint(at_ms=START_MS)

    checkpoint = open_checkpoint(signed, fictional_key(seal.Purpose.GATE).public)
    assert (checkpoint.number, checkpoint.chain) == (4, journal.head.chain)


def test_a_checkpoint_comes_with_every_hundredth_entry(journal):
    """Signed in the same transaction as the entry."""
    fill(journal, 205)

    found = journal._keeper._file.connection.execute("SELECT number FROM checkpoint").fetchall()
    assert found == [(1,), (101,), (201,)]


def test_used_phone_proofs_are_remembered(journal):
    """(pass, second) of every decision since the instant asked for."""
    phone = {"medium": Medium.PHONE, "pass_id": PassId("ab" * 8)}
    journal.append(decision(1, proof_s=100, **phone), at_ms=START_MS)
    journal.append(decision(2, proof_s=115, **phone), at_ms=START_MS + 1000)

    assert journal.recent(START_MS + 500).proofs == {(PassId("ab" * 8), 115)}


def test_the_last_grants_are_remembered(journal):
    """Grants by the gate and by rulings; refusals and denials leave nothing."""
    who = [{"holder": HolderId(f"{n:016x}")} for n in range(4)]
    journal.append(decision(0, **who[0]), at_ms=START_MS)
    refused = journal.append(decision(1, outcome=2, **who[1]), at_ms=START_MS + 1)
    referred = journal.append(decision(2, outcome=1, **who[2]), at_ms=START_MS + 2)
    journal.append(ruling(refused, Ruling.DENY), at_ms=START_MS + 3)
    journal.append(ruling(referred, Ruling.ADMIT), at_ms=START_MS + 4)
    journal.append(decision(3, **who[0]), at_ms=START_MS + 5)

    assert journal.recent(START_MS).grants == (
        Grant(HolderId(f"{2:016x}"), "entry-1", START_MS + 4),
        Grant(HolderId(f"{0:016x}"), "entry-1", START_MS + 5),
    )


def ruling(on: Receipt, answer: Ruling) -> RulingBody:
    return RulingBody(
        showing=1, epoch=on.epoch, number=on.number, ruling=answer, reason="known", agent="agent-1"
    )


@pytest.mark.parametrize("epochs", [1, 5])
def test_what_is_recent_is_remembered_over_new_epochs(journal, epochs):
    """The files before this one are looked at too."""
    journal.append(decision(1, proof_s=9), at_ms=START_MS)
    for epoch in range(epochs):
        journal.rotate(at_ms=START_MS + 1 + epoch)

    assert len(journal.recent(START_MS).proofs) == len(journal.recent(START_MS).grants) == 1


def test_a_full_file_is_kept_and_a_new_epoch_begins(path):
    """The new epoch names the last head of the one before, and nothing is lost."""
    journal = open_journal(path, entries_per_file=5)
    fill(journal, 6)

    assert codes(journal) == ["journal-rotated"]
    first = journal.rows()[0].read()
    kept = verify_file(path.with_name("journal.db.epoch-1"))
    assert isinstance(first, EpochBody)
    assert (first.cause, first.previous_number, first.previous_head) == (
        EpochCause.ROTATED,
        5,
        kept.head.hex(),
    )
    assert (kept.whole, kept.entries, journal.head.number) == (True, 5, 3)
    journal.close(at_ms=START_MS)


def test_another_key_begins_another_epoch(path, tmp_path):
    """A gate enrolled again keeps its former journal, and chains to its new key."""
    open_journal(path).close(at_ms=START_MS)
    other = Journal.open(
        path,
        gate_id="gate-1",
        key=fictional_key(seal.Purpose.GATE, "second"),
        now_ms=START_MS,
        entropy=bytes,
    )

    assert (other.head.epoch, codes(other)) == (2, ["journal-new-key"])
    other.close(at_ms=START_MS)
    assert verify_file(path).whole
    assert verify_file(tmp_path / "journal.db.epoch-1").whole


def test_the_start_says_what_to_know_about_sqlite():
    """The WAL-reset bug needs two connections; the journal has one."""
    assert engine_sentence((3, 51, 3)) is None
    assert "not exposed" in str(engine_sentence((3, 40, 1)))
    assert "newer SQLite" in str(engine_sentence((3, 40, 1), connections=2))


def test_time_that_goes_back_keeps_the_order(journal):
    """Numbers order entries, whatever the clock did; the highest time is kept."""
    for at_ms in (START_MS + 9000, 1000, START_MS + 2000):
        journal.append(NoticeBody(code="tick"), at_ms=at_ms)

    assert [row.time_ms for row in journal.rows(after=1)] == [
        START_MS + 9000,
        1000,
        START_MS + 2000,
    ]
    assert journal.highest_ms == START_MS + 9000
    assert journal.verify().whole


def test_entries_outlive_120_hours_without_power(path):
    """The same head after five days off (EN 60839-11-1 table 7 line 17, as a self-check)."""
    before = open_journal(path)
    fill(before, 10)
    head = before.head
    before._keeper._drop()

    after = open_journal(path, now_ms=START_MS + 120 * 3_600_000)
    assert after.head == head
    after.close(at_ms=START_MS)


def test_threads_take_turns(journal):
    """Entries of several threads are all there, numbered without gaps."""
    body = BootBody(lane="entry-1", version="0.1.0", clean=True, clock_trusted=True)

    def append_ten() -> None:
        for _ in range(10):
            journal.append(body, at_ms=START_MS)

    threads = [threading.Thread(target=append_ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    verdicts = [journal.verify() for _ in range(3)]
    for thread in threads:
        thread.join()

    assert all(verdict.whole for verdict in verdicts)
    assert journal.head.number == 41
