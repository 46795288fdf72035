"""A live journal is asked through a socket beside it, by its own user alone."""

import errno
import json
import socket
import stat
import threading

import pytest

from portique.core.errors import EnvironmentProblem, JournalError
from portique.gate import journal_control
from portique.gate.journal_control import JournalControl, ask_head, ask_rows, ask_verify
from portique.testing.journals import START_MS, fill, open_journal

pytestmark = pytest.mark.slow  # real sockets


@pytest.fixture
def path(tmp_path):
    # Deeper than the 108 bytes a socket's address may have.
    folder = tmp_path / ("deep-" * 20) / ("folder-" * 10)
    folder.mkdir(parents=True)
    return folder / "journal.db"


@pytest.fixture
def journal(path):
    opened = open_journal(path)
    fill(opened, 20)
    control = JournalControl(opened)
    yield opened
    control.close()
    control.close()
    opened.close(at_ms=START_MS)


def raw(path, request: bytes) -> dict:
    from portique.gate.journal_control import _short

    with (
        socket.socket(socket.AF_UNIX) as connection,
        _short(path.with_name("journal.db.sock")) as s,
    ):
        connection.connect(s)
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer: dict = json.loads(connection.makefile().read())
        return answer


def test_the_head_is_told(journal, path):
    """Epoch, number and chain of the last entry."""
    head = journal.head

    assert ask_head(path) == {"epoch": 1, "number": 21, "chain": head.chain.hex()}


def test_a_live_journal_is_verified_through_its_gate(journal, path):
    """The same verdict as the gate's own."""
    assert ask_verify(path) == journal.verify()


def test_a_fault_is_told_through_the_gate(journal, path):
    """By epoch and number."""
    connection = journal._keeper.ready(START_MS).connection
    connection.execute("DROP TRIGGER entry_is_final")
    connection.execute("UPDATE entry SET time_ms = 1 WHERE number = 5")

    fault = ask_verify(path).fault
    assert fault is not None
    assert (fault.epoch, fault.number) == (1, 5)


def test_rows_come_in_pages_and_complete(journal, path):
    """More rows than one answer holds."""
    fill(journal, 600)

    assert list(ask_rows(path)) == list(journal.rows(limit=1000))


@pytest.mark.parametrize(
    "request_line",
    [b"\n", b"{}\n", b'{"ask": "erase"}\n', b'{"ask": "rows", "after": -1}\n', b"[1]\n", b"\xff\n"],
)
def test_any_other_request_is_refused(journal, path, request_line):
    """Nothing but head, verify and rows; the gate goes on."""
    assert "error" in raw(path, request_line)
    assert ask_head(path)["number"] == 21


def test_a_request_that_is_too_long_is_refused(journal, path):
    """256 bytes are enough for every question."""
    assert "error" in raw(path, b"x" * 300 + b"\n")


def test_only_the_gate_s_user_may_ask(journal, path):
    """The socket is for its owner, as the journal is."""
    for name in ("journal.db.sock", "journal.db"):
        assert stat.S_IMODE(path.with_name(name).stat().st_mode) == 0o600


def test_no_answer_is_an_environment_problem(path):
    """A held journal without its gate: said, with what to do."""
    journal = open_journal(path)

    with pytest.raises(EnvironmentProblem, match="does not answer"):
        ask_head(path)
    journal.close(at_ms=START_MS)


def test_a_journal_that_can_t_answer_says_why(journal, path):
    """The gate's own sentence comes through."""
    journal.close(at_ms=START_MS)

    with pytest.raises(JournalError, match="closed"):
        ask_verify(path)


def test_a_socket_left_by_a_crash_is_taken_over(path):
    """The next start opens its own in its place."""
    path.with_name("journal.db.sock").touch()
    journal = open_journal(path)
    control = JournalControl(journal)

    assert ask_head(path)["number"] == 1
    control.close()
    journal.close(at_ms=START_MS)


class Short:
    """A listening socket whose process has no descriptor left, once."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self.failed = threading.Event()

    def accept(self) -> tuple[socket.socket, object]:
        if not self.failed.is_set():
            self.failed.set()
            raise OSError(errno.EMFILE, "Too many open files")
        return self._listening.accept()

    def close(self) -> None:
        self._listening.close()


def test_a_process_out_of_descriptors_answers_again_once_it_has_some(path, monkeypatch):
    """The thread outlives the shortage."""
    short = Short(journal_control._listen(path.with_name("journal.db.sock")))
    monkeypatch.setattr(journal_control, "_listen", lambda _place: short)
    journal = open_journal(path)
    control = JournalControl(journal)
    short.failed.wait(10)

    assert ask_head(path)["number"] == 1
    control.close()
    journal.close(at_ms=START_MS)
