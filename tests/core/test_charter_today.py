"""What exists outside the database is declared, field by field, against the code itself."""

import importlib
import pkgutil
from dataclasses import dataclass, is_dataclass

import pytest

import portique.core
from portique.core import charter_today, wire_news
from portique.core.charter import Charter, Declaration, FaultKind, FieldInfo, check
from portique.core.charter_today import (
    CARRIED,
    JOURNAL,
    KNOWLEDGE,
    NEWS,
    SEALED,
    TODAY,
    infos_of,
    today,
)
from portique.core.entries import Body, EntryKind
from portique.core.passes import Identity, Pass
from portique.core.plain import Words
from portique.core.values import HolderId
from portique.core.wire import Line
from portique.gate.journal_personal import PERSONAL

POINTS_AT_SOMEBODY = {
    *("holder", "holders", "pass_id", "agent", "time_ms", "at_ms", "proof_s"),
    *("regime", "label", "status_index", "phone_key", "packed"),
}
DECLARED = [(record, name) for record, charter in TODAY.items() for name in charter]


def names(one) -> str:
    """Name a case."""
    return getattr(one, "__name__", str(one))


def travelling() -> set[type]:
    """List the records of the core that are written as plain data: those of the knowledge."""
    found: list[type] = []
    for module in pkgutil.iter_modules(portique.core.__path__):
        members = vars(importlib.import_module(f"portique.core.{module.name}")).values()
        found += [one for one in members if isinstance(one, type)]
    return {one for one in found if is_dataclass(one) and hasattr(one, "to_data")} - {Words}


def test_all_that_is_kept_today_is_lawful():
    """The check finds no fault."""
    assert check(today()) == []


def test_every_kind_of_entry_is_declared():
    """A new kind of entry needs its line."""
    assert set(JOURNAL) == {Line, *Body.__args__}


def test_every_record_of_the_knowledge_is_declared():
    """A new record that travels to gates needs its line."""
    assert travelling() <= set(KNOWLEDGE)


def test_every_note_between_gate_and_server_is_declared():
    """A new kind of note needs its line."""
    members = [one for one in vars(wire_news).values() if is_dataclass(one)]

    assert {one for one in members if one.__module__ == wire_news.__name__} == set(NEWS)


def test_what_a_holder_carries_is_declared():
    """The pass's claims, and what is sealed in them."""
    assert set(CARRIED) == {Pass, Identity}
    assert {Identity} == SEALED


def test_what_is_declared_personal_is_what_gates_erase():
    """The kinds of entry with a personal field are those that retention erases."""
    personal = {
        EntryKind(record.KIND)
        for record in Body.__args__
        if any(isinstance(one, Declaration) for one in JOURNAL[record].values())
    }

    assert personal == PERSONAL


def test_what_points_at_somebody_is_declared_personal():
    """A holder, a pass, an agent, or when somebody passed is never called technical."""
    pointing = [(record, name) for record, name in DECLARED if name in POINTS_AT_SOMEBODY]

    assert {name for _, name in pointing} == POINTS_AT_SOMEBODY
    assert all(isinstance(TODAY[record][name], Declaration) for record, name in pointing)


@pytest.mark.parametrize(("record", "name"), DECLARED, ids=names)
def test_no_declaration_can_be_left_out(record: type, name: str):
    """Without any one line of the table the check fails, at that field alone."""
    left = Charter(**{other: TODAY[record][other] for other in TODAY[record] if other != name})
    (fault,) = check(infos_of(record, left))

    assert (fault.model, fault.field) == (record.__name__, name)
    assert fault.kind is FaultKind.UNDECLARED


def test_a_field_that_the_code_gains_is_a_fault(monkeypatch):
    """The table is held against the code's own fields."""

    @dataclass
    class Visitor:
        holder: HolderId
        birthday: str

    charter = Charter(holder=TODAY[Identity]["holder"])
    monkeypatch.setattr(charter_today, "TODAY", {Visitor: charter})

    assert [fault.field for fault in check(today())] == ["birthday"]


def test_a_name_in_clear_is_a_fault():
    """Were the sealed part of a pass not sealed, the check would say so."""
    name = FieldInfo("Identity", "name", TODAY[Identity]["name"], encrypted=False)

    assert [fault.kind for fault in check([name])] == [FaultKind.READABLE_AT_REST]
