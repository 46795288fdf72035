"""A gate of the school, and entries as it files them."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from tests.server.parcels import parcel

from portique.core.entries import DecisionBody, Ruling, RulingBody
from portique.core.values import HolderId, Kind, Medium, PassId
from portique.server import clock
from portique.server.console.actions import record
from portique.server.console.models import Referral
from portique.server.gates.models import Gate

GATE = "0990001S-entry-1-1"
NUMBERS = itertools.count(1)


def make_decision(
    outcome: int = 1, *reasons: str, pass_id: str = "", **others: Any
) -> DecisionBody:
    """Make a decision of the entry's lane; referred for its hour unless said otherwise."""
    held = PassId(pass_id or f"{next(NUMBERS):016x}")
    said = reasons or (("outside-opening",) if outcome else ())
    return DecisionBody(
        showing=1,
        lane="entry-1",
        outcome=outcome,
        reasons=said,
        versions=(("rights", 3),),
        table="00" * 8,
        posture="normal",
        medium=Medium.PAPER,
        pass_id=held,
        holder=HolderId("ab" * 8),
        kind=Kind.PUPIL,
        **others,
    )


def make_ruling(number: int, agent: str = "loge", verdict: Ruling = Ruling.ADMIT) -> RulingBody:
    """Make the answer to a decision of the first epoch."""
    reason = "known" if verdict is Ruling.ADMIT else "sent"
    return RulingBody(1, 1, number, verdict, reason, agent)


@pytest.fixture
def decision() -> Callable[..., DecisionBody]:
    """Return what makes decisions."""
    return make_decision


@pytest.fixture
def ruling() -> Callable[..., RulingBody]:
    """Return what makes answers."""
    return make_ruling


@pytest.fixture
def gate(served) -> Gate:
    """Enrol a gate at the school's entry."""
    return Gate.objects.create(gate_id=GATE, lane="entry-1", x=b"x" * 32, y=b"y" * 32)


@pytest.fixture
def filed(gate) -> Callable[..., None]:
    """File bodies of the gate, now, numbered in order."""
    numbers = itertools.count(1)

    def file(*bodies: Any, at_ms: int | None = None) -> None:
        at = clock.now_ms() if at_ms is None else at_ms
        record([parcel(GATE, [(next(numbers), at, body) for body in bodies])])

    return file


@pytest.fixture
def referral(filed) -> Referral:
    """Return a referral that waits."""
    filed(make_decision())
    return Referral.objects.get()
