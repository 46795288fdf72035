"""Every changed byte is found out: by row, by bit, by cut tail, by older copy (R3, R4)."""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from portique.core import seal
from portique.core.entries import EpochBody, EpochCause
from portique.core.entries_chain import commitment, link
from portique.gate import journal_schema
from portique.gate.journal import Journal
from portique.gate.journal_values import Connection, Fault
from portique.gate.journal_verify import Verifier, verify_file
from portique.testing.journals import (
    START_MS,
    decision,
    fictional_key,
    fill,
    open_journal,
    repeatable,
)

FLIPS = 1_500


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Give a closed journal of 40 entries with an erasure in it."""
    path = tmp_path_factory.mktemp("whole") / "journal.db"
    journal = open_journal(path, checkpoint_rows=10)
    fill(journal, 38)
    journal.erase_before(START_MS + 5000, rule="next-school-day", at_ms=START_MS)
    journal.close(at_ms=START_MS)
    return path


@pytest.fixture
def path(whole, tmp_path):
    """Give a copy of it to spoil, with the mark beside it."""
    for name in (whole.name, whole.name + ".head"):
        shutil.copy(whole.with_name(name), tmp_path / name)
    return tmp_path / whole.name


@pytest.fixture
def unerased(tmp_path):
    """Give a closed journal of 40 entries without any erasure, and without its mark beside it."""
    path = tmp_path / "plain" / "journal.db"
    path.parent.mkdir()
    journal = open_journal(path, checkpoint_rows=10)
    fill(journal, 39)
    journal.close(at_ms=START_MS)
    return path


def fault_in(path: Path) -> Fault:
    fault = verify_file(path).fault
    assert fault is not None, "the file passes for whole"
    return fault


def connection_of(journal: Journal) -> Connection:
    return journal._keeper.ready(START_MS).connection


def stored(path: Path) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM entry ORDER BY number").fetchall()


def rewrite(path: Path, number: int) -> None:
    """Change an entry and chain all later ones anew, as somebody without the gate's key can."""
    with closing(sqlite3.connect(path)) as connection:
        (chain,) = connection.execute(
            "SELECT chain FROM entry WHERE number = ?", (number - 1,)
        ).fetchone()
        rows = connection.execute(
            "SELECT number, time_ms, salt, body FROM entry WHERE number >= ? ORDER BY number",
            (number,),
        ).fetchall()
    statements = []
    for at, time_ms, salt, body in rows:
        changed = bytes(16) if at == number else salt
        commit = commitment(changed, body)
        chain = link(chain, at, time_ms, commit)
        statements.append(
            f"UPDATE entry SET salt = x'{changed.hex()}', commitment = x'{commit.hex()}', "  # noqa: S608
            f"chain = x'{chain.hex()}' WHERE number = {at}"
        )
    spoil(path, *statements)


def set_in(number: int, column: str, value: str) -> str:
    return f"UPDATE entry SET {column} = {value} WHERE number = {number}"  # noqa: S608


def spoil(path: Path, *statements: str) -> None:
    """Change a file as someone with SQLite's own tool would: triggers dropped, then put back."""
    with closing(sqlite3.connect(path)) as connection:
        for name in journal_schema.TRIGGERS:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for sql in journal_schema.TRIGGERS.values():
            connection.execute(sql)
        connection.commit()


def test_a_whole_file_is_whole(path):
    """The verdict counts entries and erasures, and names the key."""
    verdict = verify_file(path)

    key = fictional_key(seal.Purpose.GATE).public
    assert (verdict.whole, verdict.entries, verdict.erased) == (True, 40, 5)
    assert verdict.key == key.kid.hex()


def test_verifying_leaves_nothing_behind(path):
    """Reading makes no file and changes none."""
    before = {p.name: p.read_bytes() for p in path.parent.iterdir()}
    verify_file(path)

    assert {p.name: p.read_bytes() for p in path.parent.iterdir()} == before


def test_every_single_byte_of_every_row_counts(tmp_path):
    """Each byte of each column of each row, changed alone, is named by its row's number."""
    journal = open_journal(tmp_path / "journal.db")
    fill(journal, 10)
    journal.erase_before(START_MS + 3000, rule="next-school-day", at_ms=START_MS)
    connection = connection_of(journal)
    connection.execute("BEGIN")  # never committed: thousands of changes and no disk
    for name in journal_schema.TRIGGERS:
        connection.execute(f"DROP TRIGGER {name}")
    rows = connection.execute("SELECT * FROM entry ORDER BY number").fetchall()
    missed = [
        (row[0], column, at)
        for row in rows
        for column, value in blobs(row)
        for at in range(len(value))
        if first_fault_with(connection, row[0], column, value, at) != row[0]
    ]
    connection.execute("ROLLBACK")
    journal.close(at_ms=START_MS)
    assert missed == []


def blobs(row: tuple) -> list[tuple[str, bytes]]:
    named = zip(("salt", "body", "commitment", "chain"), row[2:], strict=True)
    return [(name, value) for name, value in named if value is not None]


def first_fault_with(
    connection: Connection, number: int, column: str, value: bytes, at: int
) -> int | None:
    sql = f"UPDATE entry SET {column} = ? WHERE number = ?"  # noqa: S608 - a column of ours
    connection.execute(sql, (value[:at] + bytes([value[at] ^ 0x01]) + value[at + 1 :], number))
    verifier = Verifier(connection)
    while not verifier.step():
        pass
    connection.execute(sql, (value, number))
    fault = verifier.verdict().fault
    return fault.number if fault else None


@pytest.mark.parametrize("number", [1, 2, 7, 39, 40])
def test_a_changed_time_is_named(path, number):
    """The time of an entry is chained."""
    spoil(path, set_in(number, "time_ms", "time_ms + 1"))

    assert fault_in(path).number == number


@pytest.mark.parametrize("number", [1, 2, 7, 39])
def test_a_row_taken_out_is_named(path, number):
    """A gap in the numbers."""
    spoil(path, f"DELETE FROM entry WHERE number = {number}")  # noqa: S608

    assert fault_in(path).number == number


def test_two_rows_swapped_are_named(path):
    """The first of the two."""
    spoil(
        path,
        "UPDATE entry SET number = 999 WHERE number = 12",
        "UPDATE entry SET number = 12 WHERE number = 20",
        "UPDATE entry SET number = 20 WHERE number = 999",
    )
    assert fault_in(path).number == 12


def test_a_row_put_in_is_named(path):
    """An entry nobody chained."""
    spoil(
        path,
        "INSERT INTO entry SELECT 41, time_ms, salt, body, commitment, chain "
        "FROM entry WHERE number = 40",
    )
    assert fault_in(path).number == 41


def test_a_body_that_comes_back_after_its_erasure_is_named(path):
    """An erased entry with its true body again is a fault: an erasure undone."""
    entropy = repeatable()
    salt = [entropy(16) for _ in range(4)][3]  # the salt that entry 4 had
    body = decision(2).to_body()
    spoil(path, set_in(4, "(salt, body)", f"(x'{salt.hex()}', x'{body.hex()}')"))

    assert fault_in(path).what == "entry 4 was ordered erased and has its body"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM checkpoint",
        "UPDATE checkpoint SET signed = zeroblob(200) WHERE number = 11",
        "UPDATE checkpoint SET number = 12 WHERE number = 11",
        "UPDATE meta SET gate_id = 'gate-2'",
        "UPDATE meta SET epoch = 2",
        "UPDATE meta SET public = zeroblob(64)",
        "DELETE FROM meta",
        "DELETE FROM erased",
        "CREATE TABLE more (x)",
        "CREATE TRIGGER more BEFORE INSERT ON entry BEGIN SELECT 1; END",
        "PRAGMA user_version = 9",
        "DROP TABLE checkpoint",
    ],
)
def test_a_change_around_the_rows_is_a_fault(path, statement):
    """Signatures, identity, erased numbers, tables and triggers are checked as well."""
    spoil(path, statement)

    assert not verify_file(path).whole


def test_a_cut_tail_meets_the_last_signature(unerased):
    """Entries dropped from the end: the gate had signed for a later one."""
    unerased.with_name("journal.db.head").unlink()
    spoil(unerased, "DELETE FROM entry WHERE number > 33")

    fault = fault_in(unerased)
    assert (fault.number, fault.what) == (34, "not the entries that the gate signed for")


def test_a_cut_tail_and_its_signatures_meet_the_mark_beside(unerased):
    """Entries and checkpoints dropped: the small file beside still remembers."""
    cut = ("DELETE FROM entry WHERE number > 33", "DELETE FROM checkpoint WHERE number > 33")
    spoil(unerased, *cut)

    fault = fault_in(unerased)
    assert (fault.number, fault.what) == (34, "entry 40 was written and is no longer there")


def test_a_cut_tail_that_took_an_order_along_is_named_by_the_cut(path):
    """The absences that the order explained are not the first fault."""
    spoil(path, "DELETE FROM entry WHERE number > 33")

    assert fault_in(path).number == 34


def test_the_key_the_caller_knows_wins_over_the_file(path):
    """A journal forged whole, under another key, is not this gate's."""
    key = fictional_key(seal.Purpose.GATE).public
    other = fictional_key(seal.Purpose.GATE, "second").public

    assert verify_file(path, public=key.x + key.y).whole
    assert not verify_file(path, public=other.x + other.y).whole


@pytest.mark.slow
def test_flipped_bits_are_detected_or_harmless(path):
    """1,500 single bits anywhere in the file: a fault, or every entry reads as it was."""
    rng = random.Random(20261123)
    data, wanted = path.read_bytes(), stored(path)
    missed = []
    for _ in range(FLIPS):
        bit = rng.randrange(8 * len(data))
        spoiled = bytearray(data)
        spoiled[bit // 8] ^= 1 << bit % 8
        path.write_bytes(spoiled)
        if verify_file(path).whole and stored(path) != wanted:
            missed.append(bit)
    assert missed == []


@pytest.mark.parametrize("page", range(3))
def test_a_zeroed_page_is_detected(path, page):
    """4 KiB of zeros, as a failing disk gives."""
    data = bytearray(path.read_bytes())
    data[4096 * page : 4096 * (page + 1)] = bytes(4096)
    path.write_bytes(data)

    assert not verify_file(path).whole


def test_a_live_journal_overwritten_goes_on_in_a_new_epoch(tmp_path):
    """Noise over the file of a gate at work: set aside, said, and the lane keeps going."""
    path = tmp_path / "journal.db"
    journal = open_journal(path)
    fill(journal, 300)
    journal.close(at_ms=START_MS)
    noise = random.Random(1).randbytes(path.stat().st_size)
    path.write_bytes(noise)

    again = open_journal(path)
    receipt = again.append(decision(1), at_ms=START_MS)
    assert (receipt.epoch, receipt.number) == (2, 2)
    assert [notice.code for notice in again.notices] == ["journal-damaged"]
    (kept,) = tmp_path.glob("*.damaged-20261123T070000Z-epoch-1")
    assert kept.read_bytes() == noise
    again.close(at_ms=START_MS)


def test_damage_found_while_running_is_set_aside_on_demand(tmp_path):
    """`verify` reports, `give_up` acts; the new epoch names the last head known."""
    path = tmp_path / "journal.db"
    journal = open_journal(path)
    fill(journal, 30)
    connection_of(journal).execute("DROP TRIGGER entry_is_final")
    connection_of(journal).execute("UPDATE entry SET time_ms = 1 WHERE number = 5")
    fault = journal.verify().fault
    assert fault is not None
    journal.give_up(fault.what, at_ms=START_MS)

    first = journal.rows()[0].read()
    assert fault.number == 5
    assert isinstance(first, EpochBody)
    assert (first.cause, first.previous_number) == (EpochCause.DAMAGED, 31)
    assert journal.verify().whole
    journal.close(at_ms=START_MS)


def test_a_tail_damaged_under_the_gate_is_noticed_by_the_next_append(tmp_path):
    """The last row is compared with memory before each entry: the pair of the write."""
    journal = open_journal(tmp_path / "journal.db")
    fill(journal, 5)
    connection = connection_of(journal)
    connection.execute("DROP TRIGGER entry_is_final")
    connection.execute("UPDATE entry SET chain = zeroblob(32) WHERE number = 6")

    receipt = journal.append(decision(1), at_ms=START_MS)
    assert (receipt.epoch, receipt.number) == (2, 2)
    assert [notice.code for notice in journal.notices] == ["journal-damaged"]
    journal.close(at_ms=START_MS)


def test_an_older_copy_put_back_is_noticed_at_the_start(tmp_path):
    """It is whole in itself, but this machine remembers more."""
    path = tmp_path / "journal.db"
    journal = open_journal(path)
    fill(journal, 5)
    journal.close(at_ms=START_MS)
    older = path.read_bytes()
    journal = open_journal(path)
    fill(journal, 5)
    journal.close(at_ms=START_MS)
    path.write_bytes(older)

    again = open_journal(path)
    assert [notice.code for notice in again.notices] == ["journal-older-copy"]
    assert again.head.epoch == 2
    (kept,) = tmp_path.glob("*.damaged-*")
    assert kept.read_bytes() == older
    again.close(at_ms=START_MS)


def test_a_journal_taken_away_is_noticed_at_the_start(tmp_path):
    """The mark beside it remembers that there was one."""
    path = tmp_path / "journal.db"
    open_journal(path).close(at_ms=START_MS)
    path.unlink()

    again = open_journal(path)
    first = again.rows()[0].read()
    assert isinstance(first, EpochBody)
    assert (again.head.epoch, first.cause) == (2, EpochCause.MISSING)
    assert [notice.code for notice in again.notices] == ["journal-missing"]
    again.close(at_ms=START_MS)


def test_a_spoiled_mark_is_said_and_stops_nothing(tmp_path):
    """Without it an older copy could go unseen: the technician is told."""
    path = tmp_path / "journal.db"
    open_journal(path).close(at_ms=START_MS)
    path.with_name("journal.db.head").write_bytes(b"?" * 1024)

    again = open_journal(path)
    assert [notice.code for notice in again.notices] == ["head-unreadable"]
    assert again.head.epoch == 1
    again.close(at_ms=START_MS)


def test_an_epoch_number_is_never_used_twice(tmp_path):
    """Even when journal and mark are gone: receipts and erased numbers remember too."""
    path = tmp_path / "journal.db"
    journal = open_journal(path)
    fill(journal, 3)
    journal.rotate(at_ms=START_MS)
    journal.acknowledge(2, 1)
    journal.close(at_ms=START_MS)
    for name in ("journal.db", "journal.db.head", "journal.db.epoch-1"):
        path.with_name(name).unlink()

    again = open_journal(path)
    assert again.head.epoch == 3
    again.close(at_ms=START_MS)


@pytest.fixture
def signed(tmp_path):
    """Give a closed journal of 251 entries signed at 1, 101, 201 and 251, without its mark."""
    path = tmp_path / "signed" / "journal.db"
    path.parent.mkdir()
    journal = open_journal(path)
    fill(journal, 250)
    journal.close(at_ms=START_MS)
    path.with_name("journal.db.head").unlink()
    return path


@pytest.mark.parametrize("rewritten", [50, 150, 240])
def test_entries_rewritten_without_the_gates_key_are_named(signed, rewritten):
    """Whoever chains anew has to take out the signed heads above, and the gap is seen."""
    rewrite(signed, rewritten)
    spoil(signed, f"DELETE FROM checkpoint WHERE number >= {rewritten}")  # noqa: S608

    fault = verify_file(signed).fault
    if rewritten == 240:  # what no head has signed yet: journal.md says so
        assert fault is None
    else:
        last = max(n for n in (1, 101, 201) if n < rewritten)
        assert fault == Fault(1, last + 1, "more entries than a gate leaves unsigned")


@pytest.mark.parametrize(("gone", "first"), [(1, 1), (101, 2), (201, 102)])
def test_a_signed_head_taken_out_is_seen(signed, gone, first):
    """No signed head but the last can go without leaving a gap that no gate leaves."""
    spoil(signed, f"DELETE FROM checkpoint WHERE number = {gone}")  # noqa: S608

    assert fault_in(signed).number == first


def test_the_day_a_file_was_begun_is_held_to_its_first_entry(path):
    """The one value of the file's own row that no hash covers can't be changed either."""
    spoil(path, "UPDATE meta SET created_ms = created_ms + 1")

    assert fault_in(path).number == 1
