"""A whole scanner and the server's own views: it joins, files, learns, hears, and is removed."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from tests.server.gates.wired import alarms
from tests.server.link.phone import Phone, Refused, switched_on

from portique.core.checks import ALL
from portique.core.entries import DecisionBody, EntryKind, Ruling, from_body
from portique.core.values import Kind, to_ms
from portique.core.wire_news import ConsoleAdmission, ConsoleRuling
from portique.school.checks import Step, write_shares
from portique.school.issuing import Request, issue
from portique.server.clock import now
from portique.server.gates import actions, queries
from portique.server.gates.models import Entry, Gate
from portique.testing.fault_proxy import Fault

NOT_OURS = "https://school.example/menu"
ADDRESS = "https://school.example"
CHECKED = "identity-to-confirm"


@pytest.fixture
def phone(served) -> Iterator[Phone]:
    """A phone that joined no school yet."""
    with switched_on() as one:
        yield one


@pytest.fixture
def invitation(served) -> Callable[[], str]:
    """Make an invitation, as the console shows it."""
    return lambda: queries.invitation_text(served, actions.invite("entry-1"), ADDRESS)


@pytest.fixture
def scanner(phone: Phone, invitation) -> Phone:
    """A phone at work: joined, somebody signed in."""
    phone.ask("join", text=invitation())
    phone.ask("setUp")
    return phone


def held() -> list[list[object]]:
    """List what the server holds, each entry as often as it is there."""
    rows = Entry.objects.order_by("epoch__number", "number")
    return [[row.epoch.number, row.number, bytes(row.chain).hex()] for row in rows]


def test_a_phone_joins_by_the_code_on_the_console(phone: Phone, invitation):
    """It is a gate like another, with a lane, and its first knowledge came along."""
    joined = phone.ask("join", text=f"{ADDRESS}/scanner/#{invitation()}".replace("%", "%25"))
    name = phone.ask("setUp")
    gate = Gate.objects.get()

    assert joined == {"gateId": "entry-1", "lane": "entry-1", "uai": "0990001S", "bundle": True}
    assert name == "Lycée des Tilleuls"
    assert gate.version == "scanner 0.0.0"


def test_an_invitation_counts_once(scanner: Phone, invitation):
    """A second phone with the same code is told to get a new one."""
    text = invitation()
    scanner.ask("join", text=text)

    with pytest.raises(Refused, match="NotInvited"):
        scanner.ask("join", text=text)


def test_without_network_the_same_invitation_still_counts(phone: Phone, invitation):
    """Whether the application was lost or its answer: try again."""
    text = invitation()
    for fault in (Fault.LOST, Fault.UNANSWERED):
        phone.faults.append(fault)
        with pytest.raises(Refused, match="NotAnswered"):
            phone.ask("join", text=text)

    assert phone.ask("join", text=text)["lane"] == "entry-1"
    assert Gate.objects.count() == 1


def test_each_entry_arrives_once_whatever_befalls_the_calls(scanner: Phone):
    """Calls are lost before and after, doubled and broken; a chain is a chain."""
    scanner.ask("show", texts=[f"{NOT_OURS}/{number}" for number in range(30)])
    faults = (Fault.UNANSWERED, Fault.LOST, Fault.DOUBLED, Fault.BROKEN, Fault.UNANSWERED)
    scanner.faults.extend(faults)
    state = scanner.ask("turn", times=8)

    assert (state["state"], state["unsent"]) == ("online", 0)
    assert held() == scanner.ask("chains")
    assert not scanner.faults


@pytest.mark.slow
def test_three_phones_bring_home_a_morning_without_network(served, invitation):
    """400 showings, a browser killed in between; each entry is at the server once."""
    asked = [Request(Kind.STAFF, f"Personne {number}") for number in range(20)]
    texts = [issue(served, each, at=now(), entropy=os.urandom).text for each in asked]
    with ExitStack() as stack:
        phones = [stack.enter_context(switched_on()) for _ in range(3)]
        for phone in phones:
            phone.ask("join", text=invitation())
            phone.ask("setUp")
            phone.ask("show", texts=texts * 4)
            phone.ask("putBack", kept=True)
            phone.ask("show", texts=(texts * 3)[:54])
            phone.faults.extend((Fault.UNANSWERED, Fault.LOST, Fault.DOUBLED))
            assert phone.ask("turn", times=6)["unsent"] == 0
        written = [phone.ask("chains") for phone in phones]

    assert [len(rows) > 134 for rows in written] == [True] * 3
    assert sorted(held()) == sorted(chain for rows in written for chain in rows)


def test_signed_out_entries_still_leave(scanner: Phone):
    """The phone is locked on the table, and the school has what it wrote."""
    scanner.ask("show", texts=[NOT_OURS])
    scanner.ask("signOut")
    before = len(scanner.asked)
    state = scanner.ask("turn", times=2)

    assert (state["unsent"], state["version"]) == (0, None)
    assert "/gate/v1/knowledge" not in "".join(scanner.asked[before:])


def test_newer_knowledge_is_taken_up(scanner: Phone):
    """What changed at school is known at the gate after two turns."""
    before = scanner.ask("turn", times=1)["version"]
    actions.knowledge_changed()

    assert scanner.ask("turn", times=2)["version"] > before


def test_random_checks_reach_a_phone_and_each_is_filed_with_its_reason(scanner: Phone, served):
    """By its lane's share alone: none before it was told one, and all while that is a thousand."""
    texts = [
        issue(served, Request(Kind.STAFF, name), at=now(), entropy=os.urandom).text
        for name in ("Inès Garrigue", "Yanis Oudrhiri")
    ]
    yesterday = (now() - timedelta(days=2)).date()
    scanner.ask("turn", times=1)
    scanner.ask("show", texts=texts[:1])
    write_shares(served, {"entry-1": (Step(yesterday, ALL),), "exit-1": (Step(yesterday, 0),)})
    actions.knowledge_changed()
    scanner.ask("turn", times=2)
    scanner.ask("show", texts=texts[1:])
    scanner.ask("turn", times=2)
    rows = Entry.objects.filter(kind=EntryKind.DECISION).order_by("number")
    decided = [from_body(bytes(row.body)) for row in rows if row.body]

    told = [isinstance(one, DecisionBody) and CHECKED in one.reasons for one in decided]
    assert told == [False, True]


def test_older_knowledge_is_never_taken_again(scanner: Phone):
    """Whoever kept a copy from before a pass was revoked can't bring it back."""
    actions.knowledge_changed()
    scanner.ask("turn", times=2)

    with pytest.raises(Refused, match=r"KnowledgeError: .* older than"):
        scanner.ask("saveFirst")


def test_a_journal_put_back_from_a_copy_begins_anew(scanner: Phone):
    """The server holds other entries under its numbers: an alarm, and the new ones still arrive."""
    scanner.ask("copy")
    scanner.ask("show", texts=[NOT_OURS])
    scanner.ask("turn", times=1)
    scanner.ask("putBack")
    scanner.ask("show", texts=[f"{NOT_OURS}/other"])
    state = scanner.ask("turn", times=4)
    written = scanner.ask("chains")
    begun = [row for row in written if row[0] != 1]

    assert state["fault"] == "disputed"
    assert begun
    assert begun == [row for row in held() if row[0] != 1]
    assert "conflict" in alarms()


def test_what_a_phone_knows_is_there_after_a_reload(scanner: Phone):
    """Without network: the key is enough."""
    scanner.ask("signOut")
    scanner.ask("reload")
    version = scanner.ask("signIn")

    assert version > 0
    assert "/gate/v1/knowledge" in scanner.asked[1]
    assert len(scanner.asked) == 2


def test_a_ruling_from_the_console_reaches_the_lane(scanner: Phone):
    """It is written once, and the server hears who won."""
    scanner.ask("show", texts=[NOT_OURS])
    epoch, number, _ = scanner.ask("chains")[-1]
    said = ConsoleRuling(epoch, number, Ruling.ADMIT, "known", "vs-2").to_note(1)
    actions.send_note("entry-1", said.kind, said.payload)
    state = scanner.ask("turn", times=2)

    assert state["ruled"] == "admit"
    assert held() == scanner.ask("chains")
    assert len(held()) == number + 1


def test_an_admission_from_the_console_is_written_once(scanner: Phone):
    """Told twice, one person is let in; the console hears that they were."""
    asked = ConsoleAdmission("00" * 8, to_ms(now()), "entry-1", "flat", "vs-2").to_note(1)
    for _ in range(2):
        actions.send_note("entry-1", asked.kind, asked.payload)
    scanner.ask("turn", times=3)

    assert Entry.objects.filter(kind=EntryKind.MANUAL_ADMISSION).count() == 1
    assert held() == scanner.ask("chains")


def test_the_school_hears_what_does_not_work(scanner: Phone):
    """The camera's fault is in the very next report, and how far the journal went."""
    scanner.ask("turn", times=1)
    scanner.ask("fail", organ="camera")
    scanner.ask("turn", times=1)
    gate = Gate.objects.get()

    assert (gate.failing, gate.unsent, gate.mode) == ("camera", 0, "control")
    assert gate.journal_last == len(scanner.ask("chains"))


def test_an_erasure_is_carried_out_and_proved(scanner: Phone):
    """The body is gone from the phone, its place in the chain stays."""
    scanner.ask("show", texts=[NOT_OURS])
    scanner.ask("turn", times=1)
    epoch, number, _ = scanner.ask("chains")[-1]
    actions.order_erasure(Gate.objects.get(), epoch, [number])
    scanner.ask("show", texts=[f"{NOT_OURS}/2"])
    scanner.ask("turn", times=3)

    assert scanner.ask("bodies")[number - 1] is None
    assert held() == scanner.ask("chains")


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_removed_phone_keeps_nothing(scanner: Phone, *, signed_in: bool):
    """At its next call, locked or not: it says so, and how many entries went with it."""
    scanner.ask("turn", times=1)
    scanner.ask("show", texts=[NOT_OURS])
    if not signed_in:
        scanner.ask("signOut")
    actions.remove(Gate.objects.get())
    state = scanner.ask("turn", times=1)
    called = len(scanner.asked)

    assert state["state"] == "removed"
    assert scanner.ask("kept") == {"records": ["gone"], "rows": 0}
    assert scanner.ask("turn", times=1)["state"] == "removed"
    assert len(scanner.asked) == called


def test_nobody_but_the_school_removes_a_phone(scanner: Phone):
    """A 401 that the school's key did not sign is trouble on the way."""
    scanner.ask("show", texts=[NOT_OURS])
    scanner.refusing = True
    state = scanner.ask("turn", times=2)
    scanner.refusing = False

    assert (state["state"], state["fault"]) == ("offline", "unproved")
    assert scanner.ask("turn", times=1)["unsent"] == 0
