"""R2: the power goes at any moment; every acknowledged entry is still there.

`kill -9` leaves the page cache to the system and proves nothing about power. Here each write that
was not followed by a sync may be there, be missing, or be there in part, 512 bytes at a time.
"""

import os
import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from portique.gate.journal_values import Connection
from portique.testing.disks import SECTOR_BYTES, Disk, DiskEvent
from portique.testing.evidence import kept_if_failing
from portique.testing.journals import START_MS, decision, open_journal

CUTS = int(os.environ.get("PORTIQUE_POWER_CUTS", "1500"))
SEED = int(os.environ.get("PORTIQUE_SEED", "20261123"))
ENTRIES = 150


class Sloppy:
    """A connection that syncs less than it says: the positive control."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def execute(self, sql: str, parameters: object = (), /) -> object:
        if sql == "PRAGMA synchronous":
            return self._connection.execute("SELECT 2")
        lesser = sql.replace("synchronous = FULL", "synchronous = NORMAL")
        return self._connection.execute(lesser, parameters)

    def close(self) -> None:
        self._connection.close()


@dataclass
class Recording:
    """What SQLite asked of the disk, and where among it each entry was acknowledged."""

    events: list[DiskEvent] = field(default_factory=list)
    acknowledged: list[tuple[int, int]] = field(default_factory=list)  # (events so far, number)
    marks: list[tuple[int, bytes]] = field(default_factory=list)  # the head file at that time

    def last_before(self, cut: int) -> int:
        """Return the number of the last entry acknowledged before `cut`."""
        return max((number for at, number in self.acknowledged if at <= cut), default=0)

    def mark_at(self, cut: int) -> bytes:
        """Return the remembered head as last written before `cut`."""
        return max((at, mark) for at, mark in self.marks if at <= cut)[1]


def record(path: Path, *, sloppy: bool) -> Recording:
    """Journal on a disk that notes everything."""
    recording = Recording()
    disk = Disk(recording.events.append)

    def connect(place: Path) -> Connection:
        connection = disk.connect(place)
        return Sloppy(connection) if sloppy else connection

    journal = open_journal(path, connect=connect, checkpoint_rows=40)
    for n in range(ENTRIES):
        receipt = journal.append(decision(n), at_ms=START_MS + n)
        recording.acknowledged.append((len(recording.events), receipt.number))
        recording.marks.append(
            (len(recording.events), path.with_name("journal.db.head").read_bytes())
        )
        if n == ENTRIES // 2:
            journal.erase_before(START_MS + 10, rule="next-school-day", at_ms=START_MS)
    del recording.events[recording.acknowledged[-1][0] :]
    journal.close(at_ms=START_MS)
    return recording


def image(recording: Recording, cut: int, rng: random.Random) -> dict[str, bytes]:
    """Rebuild what the disk may hold when the power goes after `cut` events."""
    durable: dict[str, bytearray] = {}
    pending: dict[str, list[DiskEvent]] = {}
    for event in recording.events[:cut]:
        if event.act == "delete":
            durable.pop(event.name, None)
            pending.pop(event.name, None)
        elif event.act == "sync":
            for each in pending.pop(event.name, []):
                apply(durable.setdefault(event.name, bytearray()), each)
        else:
            pending.setdefault(event.name, []).append(event)
    for name, events in pending.items():
        for event in events:
            tear(durable.setdefault(name, bytearray()), event, rng)
    return {name: bytes(data) for name, data in durable.items()}


def apply(data: bytearray, event: DiskEvent) -> None:
    if event.act == "truncate":
        del data[event.offset :]
        return
    data.extend(bytes(max(0, event.offset - len(data))))
    data[event.offset : event.offset + len(event.data)] = event.data


def tear(data: bytearray, event: DiskEvent, rng: random.Random) -> None:
    """Let an unsynced event happen, not happen, or happen for some sectors only."""
    fate = rng.choice(("all", "none", "torn"))
    if fate == "all" or (fate == "torn" and event.act == "truncate"):
        apply(data, event)
    elif fate == "torn":
        for at in range(0, len(event.data), SECTOR_BYTES):
            if rng.random() < 0.5:
                part = event.data[at : at + SECTOR_BYTES]
                apply(data, DiskEvent("write", event.name, event.offset + at, part))


def lay(files: dict[str, bytes], folder: Path) -> Path:
    """Write an image into an emptied folder."""
    for old in folder.iterdir():
        old.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder / "journal.db"


def look(path: Path) -> tuple[int, bool, list[str]]:
    """Reopen with the standard library's SQLite; return (entries, whole, notices)."""
    journal = open_journal(path)
    head, verdict = journal.head, journal.verify()
    journal._keeper._drop()
    entries = head.number if head.epoch == 1 else 0
    return entries, verdict.whole, [notice.code for notice in journal.notices]


@pytest.fixture(scope="module")
def durable(tmp_path_factory):
    return record(tmp_path_factory.mktemp("full") / "journal.db", sloppy=False)


@pytest.mark.timeout(300 + CUTS // 10)  # against a hang; a busy machine may take its time
def test_no_power_cut_loses_an_acknowledged_entry(durable, tmp_path):
    """Over all images: 0 lost, 0 damaged, and no false word about an older copy."""
    rng = random.Random(SEED)
    first = durable.acknowledged[0][0]
    for turn in range(CUTS):
        cut = rng.randrange(first, len(durable.events) + 1)
        files = image(durable, cut, rng) | {"journal.db.head": durable.mark_at(cut)}
        with kept_if_failing(tmp_path, f"seed {SEED}, turn {turn}, cut {cut}"):
            entries, whole, notices = look(lay(files, tmp_path))
            assert (whole, notices) == (True, [])
            assert entries >= durable.last_before(cut), "an acknowledged entry was lost"
    print(f"{CUTS} power cuts, 0 with a loss, seed {SEED}")  # noqa: T201


@pytest.mark.timeout(300 + CUTS // 10)
def test_the_model_finds_the_loss_that_a_lesser_setting_allows(tmp_path):
    """Positive control: with synchronous=NORMAL the same images lose acknowledged entries."""
    (tmp_path / "at-work").mkdir()
    (tmp_path / "image").mkdir()
    sloppy = record(tmp_path / "at-work" / "journal.db", sloppy=True)
    rng, lost, tries = random.Random(SEED), 0, max(20, CUTS // 20)
    for _ in range(tries):
        cut = rng.randrange(sloppy.acknowledged[0][0], len(sloppy.events) + 1)
        entries, _, _ = look(lay(image(sloppy, cut, rng), tmp_path / "image"))
        lost += entries < sloppy.last_before(cut)
    print(f"control: {lost} of {tries} images lost entries under NORMAL")  # noqa: T201
    assert lost > 0
