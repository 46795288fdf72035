"""A folder that is sick under an open journal costs a JournalError, never anything else."""

import errno
from collections.abc import Callable

import pytest

from portique.core.errors import JournalError
from portique.gate import journal_formers, journal_keeper
from portique.gate.journal import Journal
from portique.gate.journal_values import Receipt
from portique.testing.journals import START_MS, decision, fill, open_journal


@pytest.fixture
def path(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder / "journal.db"


@pytest.fixture
def journal(path):
    opened = open_journal(path, checkpoint_rows=10)
    fill(opened, 8)  # entries 2 to 9
    yield opened
    opened.close(at_ms=START_MS)


CALLS: dict[str, Callable[[Journal], object]] = {
    "pending": lambda journal: journal.pending(),
    "unacknowledged": lambda journal: journal.unacknowledged(),
    "acknowledge": lambda journal: journal.acknowledge(2, 1),
    "set_aside": lambda journal: journal.set_aside(2, 1, why="x", at_ms=START_MS),
    "retire": lambda journal: journal.retire(START_MS, at_ms=START_MS),
    "erase_before": lambda journal: journal.erase_before(START_MS, rule="x", at_ms=START_MS),
    "recent": lambda journal: journal.recent(START_MS),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_folder_that_is_gone_is_a_journal_error(journal, path, name):
    """Whatever is asked: the caller knows that error, and refers."""
    path.parent.rename(path.parent.with_name("elsewhere"))

    with pytest.raises(JournalError):
        CALLS[name](journal)


def test_a_folder_that_comes_back_is_taken_up_again(journal, path):
    """The next entry follows the last one, and the mark beside is written again."""
    away = path.parent.with_name("elsewhere")
    path.parent.rename(away)
    with pytest.raises(JournalError):
        journal.pending()
    with pytest.raises(JournalError):
        journal.append(decision(1), at_ms=START_MS)
    away.rename(path.parent)

    assert journal.append(decision(1), at_ms=START_MS) == Receipt(1, 10)
    assert journal.verify().whole


def test_an_entry_that_is_durable_is_acknowledged_whatever_follows(journal, monkeypatch):
    """Counting what waits comes after the entry: its failure is not the entry's."""

    def sick(_path: object) -> None:
        raise PermissionError(13, "no")

    with monkeypatch.context() as folder:
        folder.setattr(journal_formers, "former_files", sick)
        receipt = journal.append(decision(1), at_ms=START_MS)

    assert receipt == Receipt(1, 10)
    assert journal.append(decision(2), at_ms=START_MS) == Receipt(1, 11)


def test_a_folder_that_cannot_be_looked_into_is_said_at_the_start(path, monkeypatch):
    """Opening gives one sentence as well."""

    def sick(*_: object, **__: object) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr(type(path), "exists", sick)

    with pytest.raises(JournalError):
        open_journal(path)


def test_a_process_out_of_descriptors_keeps_the_open_journal(journal, monkeypatch):
    """The file is well and could not be opened again: entries go on, the count comes later."""

    def short(_path: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as process:
        process.setattr(journal_formers, "former_files", short)
        with pytest.raises(JournalError, match="Too many open files"):
            journal.pending()
        process.setattr(journal_keeper, "take_up", short)
        receipt = journal.append(decision(1), at_ms=START_MS)

    assert receipt == Receipt(1, 10)
