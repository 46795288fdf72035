"""Erasing: bodies go, the chain stays, and every absence is explained by an entry."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from portique.core import canonical, seal
from portique.core.entries import Authority, NoticeBody, OrderBody
from portique.core.errors import JournalError
from portique.gate import journal_schema
from portique.gate.journal import Journal
from portique.gate.journal_erasing import open_order
from portique.gate.journal_values import Erasure, Receipt
from portique.gate.journal_verify import verify_file
from portique.testing.journals import (
    GATE_ID,
    START_MS,
    decision,
    fictional_key,
    fill,
    open_journal,
    signed_order,
)

ORDERS = fictional_key(seal.Purpose.ORDERS).public
HOLDER = "5e1f5e1f5e1f5e1f"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path):
    opened = open_journal(path)
    fill(opened, 19)  # entries 2 to 20
    yield opened
    opened.close(at_ms=START_MS)


def retention(*ranges: tuple[int, int], epoch: int = 1) -> Erasure:
    return Erasure(Authority.RETENTION, epoch, ranges, rule="next-school-day")


def without_body(journal: Journal) -> list[int]:
    return [row.number for row in journal.rows() if row.body is None]


def test_an_order_deletes_the_bodies_it_names(journal):
    """Body and salt go; number, time, commitment and chain stay, and the chain is whole."""
    receipt = journal.erase(retention((3, 5), (9, 9)), at_ms=START_MS)

    verdict = journal.verify()
    assert receipt == Receipt(1, 21)
    assert without_body(journal) == [3, 4, 5, 9]
    assert (verdict.whole, verdict.erased, verdict.entries) == (True, 4, 21)


def test_the_order_is_an_entry_itself(journal):
    """It says who asked, by which rule, and which numbers."""
    journal.erase(retention((3, 5)), at_ms=START_MS)

    body = journal.rows(after=20)[0].read()
    assert body == OrderBody(
        authority=Authority.RETENTION, epoch=1, ranges=((3, 5),), rule="next-school-day"
    )


def test_orders_and_epochs_are_never_erased(journal):
    """They explain the absence of others: an order over them leaves them."""
    journal.erase(retention((3, 5)), at_ms=START_MS)
    journal.erase(retention((1, 21)), at_ms=START_MS)

    assert without_body(journal) == list(range(2, 21))
    assert journal.verify().whole


def test_nothing_of_an_erased_body_is_left_in_any_file(path):
    """Neither in the database, its log, nor any file beside it: the bytes are gone."""
    journal = open_journal(path)
    journal.append(decision(1, holder=HOLDER), at_ms=START_MS)
    fill(journal, 200)
    assert left_in(path, bytes.fromhex(HOLDER)) != set()
    journal.checkpoint(at_ms=START_MS)
    journal.erase(retention((2, 2)), at_ms=START_MS)

    assert left_in(path, bytes.fromhex(HOLDER)) == set()
    journal.close(at_ms=START_MS)
    assert left_in(path, bytes.fromhex(HOLDER)) == set()


def left_in(path, needle: bytes) -> set[str]:
    return {each.name for each in path.parent.iterdir() if needle in each.read_bytes()}


def test_a_signed_order_is_carried_out_and_kept(journal):
    """The server's message goes into the chain as evidence."""
    message = signed_order(1, [4, 6])
    journal.erase(open_order(message, ORDERS, gate_id=GATE_ID), at_ms=START_MS)

    body = journal.rows(after=20)[0].read()
    assert isinstance(body, OrderBody)
    assert (body.authority, body.evidence) == (Authority.SERVER, message)
    assert without_body(journal) == [4, 5, 6]


def forged_orders() -> Iterator[tuple[str, bytes]]:
    good = signed_order(1, [4, 6])
    knowledge_key = fictional_key(seal.Purpose.KNOWLEDGE)
    payload = canonical.encode({1: GATE_ID, 2: 1, 3: [4, 6], 4: bytes(8)})
    yield "changed", good[:-1] + bytes([good[-1] ^ 1])
    yield "cut", good[:-1]
    yield "other key", seal.sign(payload, knowledge_key, typ="portique-erasure").to_bytes()
    yield "no type", seal.sign(payload, fictional_key(seal.Purpose.ORDERS)).to_bytes()
    yield "other gate", signed_order(1, [4, 6], gate_id="gate-2")
    yield "odd ranges", signed_order(1, [4, 6, 7])
    yield "backwards", signed_order(1, [6, 4])
    yield "not a CBOR", b"erase everything"
    yield "too long", signed_order(1, [end for n in range(1, 999) for end in (3 * n, 3 * n)])


@pytest.mark.parametrize(
    "message", [m for _, m in forged_orders()], ids=[n for n, _ in forged_orders()]
)
def test_an_order_not_signed_for_this_gate_is_refused(message):
    """Only the school's orders key erases, only here, only in the one form."""
    with pytest.raises(JournalError):
        open_order(message, ORDERS, gate_id=GATE_ID)


def test_a_key_of_another_purpose_gives_no_orders():
    """The right key declared for another purpose is refused."""
    key = fictional_key(seal.Purpose.ORDERS).public
    other = seal.PublicKey.from_point(seal.Purpose.STATUS, key.x, key.y)

    with pytest.raises(JournalError, match="not an erasure order"):
        open_order(signed_order(1, [4, 6]), other, gate_id=GATE_ID)


@pytest.mark.parametrize(
    "erasure", [retention((3, 21)), retention((3, 4), epoch=9), retention((5, 3))], ids=str
)
def test_an_order_for_what_does_not_exist_erases_nothing(journal, erasure):
    """Beyond the head, in an unknown epoch, or backwards: refused whole."""
    with pytest.raises(JournalError):
        journal.erase(erasure, at_ms=START_MS)

    assert without_body(journal) == []
    assert journal.verify().whole


def test_a_retention_rule_erases_what_concerns_people_and_is_old(journal):
    """Older decisions go, today's stay, and so does what concerns nobody."""
    journal.append(NoticeBody(code="tick"), at_ms=START_MS)
    (receipt,) = journal.erase_before(START_MS + 5000, rule="next-school-day", at_ms=START_MS)

    assert without_body(journal) == [2, 3, 4, 5, 6]
    assert receipt.number == 22
    assert journal.erase_before(START_MS + 5000, rule="x", at_ms=START_MS) == ()


def test_a_retention_rule_of_many_ranges_takes_several_orders(path):
    """200 ranges an order; the rest in the next."""
    journal = open_journal(path)
    for n in range(403):
        body = decision(n) if n % 2 else NoticeBody(code="tick")
        journal.append(body, at_ms=START_MS)
    receipts = journal.erase_before(START_MS + 1, rule="x", at_ms=START_MS)

    assert len(receipts) == 2
    assert journal.verify().whole
    journal.close(at_ms=START_MS)


def test_a_former_file_is_erased_in_its_own_chain(journal, path):
    """The order goes on that epoch's chain, so that its file explains itself."""
    journal.rotate(at_ms=START_MS)
    receipt = journal.erase(retention((3, 5)), at_ms=START_MS)

    former = verify_file(path.with_name("journal.db.epoch-1"))
    assert receipt == Receipt(1, 21)
    assert (former.whole, former.erased, former.entries) == (True, 3, 21)
    assert (1, 21) in [(row.epoch, row.number) for row in journal.unacknowledged()]


def test_a_retention_rule_reaches_former_files(journal, path):
    """Yesterday's file, rotated at noon, loses its bodies too."""
    journal.rotate(at_ms=START_MS)
    journal.erase_before(START_MS + 5000, rule="next-school-day", at_ms=START_MS)

    assert verify_file(path.with_name("journal.db.epoch-1")).erased == 5


def test_a_damaged_file_is_erased_too_and_this_epoch_tells(journal, path):
    """No chain of that epoch goes on: the order is chained in the present one."""
    journal.give_up("test", at_ms=START_MS)
    receipt = journal.erase(retention((3, 5)), at_ms=START_MS)

    (damaged,) = path.parent.glob("*.damaged-*")
    with closing(sqlite3.connect(damaged)) as connection:
        left = connection.execute("SELECT number FROM entry WHERE body IS NULL").fetchall()
    assert receipt == Receipt(2, 2)
    assert left == [(3,), (4,), (5,)]
    assert journal.verify().whole


def test_a_body_deleted_without_an_order_is_damage(journal, path):
    """Whoever drops the triggers and deletes a body is found out, by number."""
    connection = journal._keeper._file.connection
    connection.execute("DROP TRIGGER entry_is_final")
    connection.execute("UPDATE entry SET body = NULL, salt = NULL WHERE number = 7")
    connection.execute(journal_schema.TRIGGERS["entry_is_final"])

    fault = journal.verify().fault
    assert (fault.epoch, fault.number) == (1, 7)
    assert "no order says why" in fault.what


def test_a_line_in_the_table_of_erased_numbers_is_no_order(journal):
    """Only a chained entry explains an absence."""
    connection = journal._keeper._file.connection
    connection.execute("INSERT INTO erased VALUES (7, 7, 20)")
    connection.execute("UPDATE entry SET body = NULL, salt = NULL WHERE number = 7")

    assert journal.verify().fault.number == 7


def test_sqlite_itself_refuses_to_change_or_delete_an_entry(journal):
    """The triggers allow only what an order named."""
    connection = journal._keeper._file.connection
    connection.execute("INSERT INTO erased VALUES (9, 9, 20)")
    for sql in (
        "UPDATE entry SET time_ms = 1 WHERE number = 3",
        "UPDATE entry SET body = x'00' WHERE number = 3",
        "UPDATE entry SET body = NULL, salt = NULL WHERE number = 3",
        "DELETE FROM entry WHERE number = 20",
        "UPDATE erased SET first = 1",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(sql)


def test_what_was_erased_does_not_come_back_with_an_older_copy(journal, path):
    """A copy put back with its own mark is erased again, by a chained order."""
    journal.close(at_ms=START_MS)
    copies = {p: p.read_bytes() for p in (path, path.with_name("journal.db.head"))}
    later = open_journal(path)
    later.erase(retention((3, 5)), at_ms=START_MS)
    later.close(at_ms=START_MS)
    for place, data in copies.items():
        place.write_bytes(data)

    again = open_journal(path)
    assert [notice.code for notice in again.notices] == ["erasure-replayed"]
    assert without_body(again) == [3, 4, 5]
    body = again.rows(after=20)[0].read()
    assert isinstance(body, OrderBody)
    assert body.authority is Authority.REPLAY
    assert again.verify().whole
    again.close(at_ms=START_MS)


def test_an_erasure_cut_short_is_finished_at_the_next_start(journal, path):
    """The ledger is written first: a crash before the order leaves the work to the next start."""
    journal._eraser._ledger.add(1, ((3, 4),))
    journal.close(at_ms=START_MS)

    again = open_journal(path)
    assert without_body(again) == [3, 4]
    assert again.verify().whole
    again.close(at_ms=START_MS)
