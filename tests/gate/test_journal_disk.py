"""A disk that is full, failing or read-only loses nothing acknowledged, and work resumes (R16)."""

import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest

from portique.core.errors import JournalError
from portique.gate.journal import Journal
from portique.gate.journal_marks import Ballast
from portique.gate.journal_schema import connect_stock
from portique.gate.journal_values import Connection
from portique.gate.journal_verify import verify_file
from portique.testing.disks import Disk, DiskEvent
from portique.testing.journals import START_MS, decision, fill, open_journal

pytestmark = pytest.mark.slow  # a minute of a real disk

BALLAST_BYTES = 8 * 2**20
PROMISED_ENTRIES = 30_000  # what the ballast must hold, reliability.md R16


class Quota:
    """A disk of so many bytes, of which the ballast beside the journal takes its part."""

    def __init__(self, path: Path, room: int) -> None:
        self.room = room
        self._ballast = path.with_name(path.name + ".ballast")
        self._sizes: dict[str, int] = {}
        self.disk = Disk(self._watch)

    def _watch(self, event: DiskEvent) -> None:
        size = self._sizes.get(event.name, 0)
        if event.act == "delete":
            self._sizes.pop(event.name, None)
        elif event.act == "truncate":
            self._sizes[event.name] = event.offset
        elif event.act == "write" and event.offset + len(event.data) > size:
            end = event.offset + len(event.data)
            if self.taken() + end - size > self.room:
                raise apsw.FullError("the disk of this test is full")
            self._sizes[event.name] = end

    def seams(self) -> dict[str, Any]:
        """Give what the journal's settings need; room four times a ballast only before entries."""
        roomy = [2**60]
        return {"connect": self.disk.connect, "free_bytes": lambda _: roomy.pop() if roomy else 0}

    def taken(self) -> int:
        ballast = self._ballast.stat().st_size if self._ballast.exists() else 0
        return sum(self._sizes.values()) + ballast


def append_until_refused(journal: Journal, most: int = 10_000) -> int:
    """Return the number of the last acknowledged entry."""
    last = journal.head.number
    for n in range(most):
        try:
            last = journal.append(decision(n), at_ms=START_MS + n).number
        except JournalError as error:
            assert "full" in str(error)  # noqa: PT017 - the count before it matters as well
            return last
    raise AssertionError("the disk never filled")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


@pytest.mark.parametrize("room", [random.Random(7).randrange(60_000, 400_000) for _ in range(50)])
def test_a_full_disk_loses_nothing_and_work_resumes(path, room):
    """At 50 points: every acknowledged entry is there, and no restart is needed afterwards."""
    quota = Quota(path, room)
    journal = open_journal(path, connect=quota.disk.connect)
    acknowledged = append_until_refused(journal)
    assert journal.head.number == acknowledged

    quota.room *= 2
    assert journal.append(decision(1), at_ms=START_MS).number > acknowledged
    assert journal.verify().whole
    assert journal.notices == ()
    journal.close(at_ms=START_MS)
    assert verify_file(path).whole


def test_a_restart_on_a_full_disk_finds_every_entry(path):
    """Reading needs no room; the next entry is refused with a sentence, and comes when it can."""
    quota = Quota(path, 100_000)
    journal = open_journal(path, connect=quota.disk.connect)
    acknowledged = append_until_refused(journal)
    journal._keeper._drop()

    again = open_journal(path, connect=quota.disk.connect)
    assert again.head.number >= acknowledged
    append_until_refused(again)
    quota.room *= 2
    fill(again, 10)
    assert again.verify().whole
    again.close(at_ms=START_MS)


def test_the_ballast_opens_when_the_disk_is_full(path):
    """One notice, and entries go on in the room it leaves."""
    quota = Quota(path, 2_200_000)  # the log alone may take one megabyte
    journal = open_journal(path, ballast_bytes=2_000_000, **quota.seams())
    while not journal.notices:
        fill(journal, 1)
    opened_at = journal.head.number
    last = append_until_refused(journal)

    assert [notice.code for notice in journal.notices] == ["disk-full"]
    assert last > opened_at + 2_000
    journal.close(at_ms=START_MS)


def test_eight_megabytes_hold_thirty_thousand_entries(path):
    """By the growth of 3,000 entries, with the log's megabyte beside."""
    journal = open_journal(path, checkpoint_rows=10**6)
    fill(journal, 10)
    journal._keeper.ready(START_MS).empty_wal()
    before = path.stat().st_size
    fill(journal, 3_000)
    log = path.with_name("journal.db-wal").stat().st_size
    journal.close(at_ms=START_MS)

    growth = path.stat().st_size - before
    assert growth * PROMISED_ENTRIES / 3_000 + log <= BALLAST_BYTES


def test_thirty_thousand_entries_are_written_after_the_disk_filled(path):
    """The promise itself, entry by entry."""
    quota = Quota(path, BALLAST_BYTES + 1_000_000)
    journal = open_journal(path, ballast_bytes=BALLAST_BYTES, **quota.seams())
    while not journal.notices:
        fill(journal, 1)
    opened_at = journal.head.number
    last = append_until_refused(journal, most=60_000)
    journal.close(at_ms=START_MS)

    assert last - opened_at >= PROMISED_ENTRIES


def test_the_ballast_comes_back_when_there_is_room(tmp_path):
    """Taken, given up, taken again; none where the disk is nearly full anyway."""
    ballast = Ballast(tmp_path / "b", 4096)

    assert ballast.restore()
    assert ballast.release()
    assert not ballast.ready
    assert ballast.restore()
    assert not Ballast(tmp_path / "c", 2**60).restore()


class Failing:
    """A disk that fails once, at the `turn`th event of a kind after it was armed."""

    def __init__(self, act: str, error: Callable[[str], Exception]) -> None:
        self.act, self.error, self.left = act, error, 0
        self.disk = Disk(self._watch)

    def _watch(self, event: DiskEvent) -> None:
        if event.act == self.act and self.left:
            self.left -= 1
            if self.left == 0:
                raise self.error("this test's disk failed")


@pytest.mark.parametrize("turn", [1, 2, 3, 5, 8, 13, 40])
@pytest.mark.parametrize("act", ["write", "sync"])
@pytest.mark.parametrize("error", [apsw.IOError, apsw.FullError, apsw.ReadOnlyError])
def test_an_error_of_the_disk_costs_at_most_one_entry(path, act, error, turn):
    """No acknowledgement without the row, whole chain, and the next entry succeeds by itself."""
    failing = Failing(act, error)
    journal = open_journal(path, connect=failing.disk.connect)
    failing.left, acknowledged = turn, []
    for n in range(60):
        try:
            acknowledged.append(journal.append(decision(n), at_ms=START_MS).number)
        except JournalError:
            continue

    kept = {row.number for row in journal.rows()}
    assert len(acknowledged) >= 59
    assert set(acknowledged) <= kept
    assert journal.verify().whole
    assert [n.code for n in journal.notices] == []
    journal.close(at_ms=START_MS)


def test_a_page_limit_of_sqlite_itself_is_a_full_disk(path):
    """SQLITE_FULL from the real library, without any help of ours."""
    pages = [12]

    def connect(place: Path) -> Connection:
        connection = connect_stock(place)
        connection.execute(f"PRAGMA max_page_count = {pages[0]}")
        return connection

    journal = open_journal(path, connect=connect)
    acknowledged = append_until_refused(journal)
    pages[0] = 1000

    assert journal.append(decision(1), at_ms=START_MS).number == acknowledged + 1
    journal.close(at_ms=START_MS)


LIMITED = """
import resource, signal, sys
from pathlib import Path
from portique.core.errors import JournalError
from portique.testing.journals import START_MS, decision, open_journal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = open_journal(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (90_000, resource.RLIM_INFINITY))
try:
    for n in range(10_000):
        last = journal.append(decision(n), at_ms=START_MS).number
except JournalError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(last, journal.append(decision(1), at_ms=START_MS).number)
"""


def test_a_limit_of_the_system_is_said_and_left_behind(path):
    """RLIMIT_FSIZE in a real process: a sentence, no crash, and the next entry follows."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=False
    )

    sentence, numbers = done.stdout.splitlines()
    last, after = map(int, numbers.split())
    assert done.returncode not in (-signal.SIGXFSZ, 1), done.stderr
    assert "the disk failed" in sentence
    assert after in (last + 1, last + 2)  # the refused entry may have reached the log: a row more
    assert verify_file(path).entries >= after


def test_a_folder_that_is_not_there_is_said(tmp_path):
    """What, why and what to do; nothing is created elsewhere."""
    with pytest.raises(JournalError, match=r"journal\.db"):
        open_journal(tmp_path / "gone" / "journal.db")
