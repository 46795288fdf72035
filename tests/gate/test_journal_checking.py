"""The whole journal is checked once after a start, beside the appends."""

import threading
from typing import Any

import pytest

from portique.gate import journal_checking
from portique.gate.journal import Journal
from portique.gate.journal_checking import check_in_background
from portique.testing.journals import START_MS, decision, fill, open_journal

pytestmark = pytest.mark.slow  # whole journals


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path):
    opened = open_journal(path)
    fill(opened, 300)
    yield opened
    opened.close(at_ms=START_MS)


def spoil(journal: Journal, number: int) -> None:
    file = journal._keeper._file
    assert file is not None
    connection = file.connection
    connection.execute("DROP TRIGGER entry_is_final")
    connection.execute("UPDATE entry SET time_ms = 1 WHERE number = ?", (number,))


def check(journal: Journal) -> None:
    check_in_background(journal, lambda: START_MS).join(20)


def codes(journal: Journal) -> list[str]:
    return [notice.code for notice in journal.notices]


def test_a_whole_journal_is_left_alone(journal):
    """Nothing is said, nothing is written."""
    before = journal.head

    check(journal)

    assert (journal.head, journal.notices) == (before, ())


def test_a_fault_before_the_last_checkpoint_is_found_after_the_start(journal):
    """Opening looks at the tail alone; the check finds the rest, and a new epoch begins."""
    spoil(journal, 7)

    check(journal)

    assert journal.head.epoch == 2
    assert codes(journal) == ["journal-damaged"]


def test_a_check_lets_appends_pass_between_its_steps(journal, monkeypatch):
    """A step is a thousand rows at most, and then whoever waits for the lock has his turn."""
    monkeypatch.setattr(journal_checking, "ROWS_A_STEP", 10)
    monkeypatch.setattr(journal_checking, "PAUSE_S", 0.05)
    thread = check_in_background(journal, lambda: START_MS)
    for n in range(20):
        journal.append(decision(n), at_ms=START_MS)
    alive = thread.is_alive()
    thread.join(20)

    assert alive
    assert journal.notices == ()


def test_a_journal_taken_up_anew_meanwhile_is_checked_again(journal, monkeypatch):
    """The file is another one after a rotation: its own check, and never the wrong verdict."""
    spoiled = threading.Event()
    real = Journal.verify

    def verify(self: Journal, **options: Any) -> object:
        if not spoiled.is_set():
            spoiled.set()
            spoil(self, 7)
            verdict = real(self, **options)
            self.rotate(at_ms=START_MS)
            return verdict
        return real(self, **options)

    monkeypatch.setattr(Journal, "verify", verify)
    check(journal)

    assert journal.head.epoch == 2
    assert codes(journal) == ["journal-rotated"]


def test_a_journal_that_closes_ends_its_check(journal, monkeypatch):
    """A gate that stops waits for nothing, and the thread says nothing."""
    monkeypatch.setattr(journal_checking, "ROWS_A_STEP", 1)
    thread = check_in_background(journal, lambda: START_MS)
    journal.close(at_ms=START_MS)
    thread.join(20)

    assert not thread.is_alive()
    assert thread.daemon
