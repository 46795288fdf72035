"""What agents read when an organ fails: plain words in both languages, chosen by the cause."""

import errno
import io
import sqlite3
from collections.abc import Iterator

import pytest
import structlog

from portique.core.errors import JournalError
from portique.core.plain import Words
from portique.core.zones import default_site
from portique.gate import faults
from portique.gate.board import Board
from portique.gate.faults import (
    JOURNAL_CLOSED,
    JOURNAL_DAMAGED,
    JOURNAL_FAILS,
    JOURNAL_FULL,
    journal_fault,
    tell_of_journal,
)
from portique.gate.journal_schema import DamagedError
from portique.gate.logs import configure
from portique.gate.screen.plain import TEXT_MAX, plain
from portique.testing.lanes import PocketSchool, open_lane

SENTENCES = [words for words in vars(faults).values() if isinstance(words, Words)]


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Log into memory; give structlog its defaults back."""
    stream = io.StringIO()
    configure(stream)
    yield stream
    structlog.reset_defaults()


def refused_by(cause: BaseException | None) -> JournalError:
    error = JournalError("the journal can't be used")
    error.__cause__ = cause
    return error


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("refused")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (sqlite_error(sqlite3.SQLITE_FULL), JOURNAL_FULL),
        (OSError(errno.ENOSPC, "no space"), JOURNAL_FULL),
        (OSError(errno.EDQUOT, "no quota"), JOURNAL_FULL),
        (sqlite_error(sqlite3.SQLITE_READONLY), JOURNAL_CLOSED),
        (sqlite_error(sqlite3.SQLITE_CANTOPEN), JOURNAL_CLOSED),
        (OSError(errno.EROFS, "read-only"), JOURNAL_CLOSED),
        (sqlite_error(sqlite3.SQLITE_CORRUPT), JOURNAL_DAMAGED),
        (DamagedError("row 3"), JOURNAL_DAMAGED),
        (sqlite_error(sqlite3.SQLITE_IOERR), JOURNAL_FAILS),
        (OSError(errno.EIO, "input/output error"), JOURNAL_FAILS),
        (None, JOURNAL_FAILS),
    ],
    ids=repr,
)
def test_a_journal_that_refuses_is_told_by_its_cause(cause, said):
    """Full, closed to writing, damaged; anything else plainly does not work."""
    assert journal_fault(refused_by(cause)) is said


@pytest.mark.usefixtures("logged")  # other tests leave loggers whose stream is closed
def test_a_full_disk_is_told_to_agents_in_their_words(tmp_path):
    """Through a whole lane, and gone once there is space again."""
    school = PocketSchool()
    working = open_lane(tmp_path / "journal.db", school)
    working.disk.broken = True
    working.show(school.issue().text)
    [during] = working.board.snapshot().faults
    working.disk.broken = False
    working.show(school.issue().text)
    working.close()

    assert during.detail == JOURNAL_FULL
    assert working.board.snapshot().faults == ()


def test_the_technicians_sentence_is_logged_and_not_shown(logged):
    """What SQLite said helps nobody at the door."""
    board = Board(default_site().lane("entry-1"))
    tell_of_journal(board, JournalError("the journal journal.db can't be used: odd"))

    assert "journal.db" in logged.getvalue()
    assert [fault.detail for fault in board.snapshot().faults] == [JOURNAL_FAILS]


@pytest.mark.parametrize("words", SENTENCES, ids=lambda words: words.en[:30])
def test_what_an_agent_reads_is_short_and_hides_nothing(words):
    """Two or three sentences, shown whole."""
    for text in (words.fr, words.en):
        assert plain(text) == text
        assert len(text) <= TEXT_MAX


def test_french_is_typeset_as_french():
    """No ordinary space before a colon or a semicolon, none inside guillemets."""
    for words in SENTENCES:
        assert not any(wrong in words.fr for wrong in (" :", " ;", "« ", " »", "'"))
