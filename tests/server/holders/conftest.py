"""Two pupils who both have an account, a card each, and a day at the gate behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from tests.server.conftest import sign_in
from tests.server.parcels import parcel

from portique.core.entries import DecisionBody
from portique.core.values import HolderId, Kind, Medium, PassId
from portique.school.issuing import Request, issue
from portique.server import clock
from portique.server.accounts.roles import Role
from portique.server.console.actions import record
from portique.server.entropy import entropy
from portique.server.gates.models import Gate
from portique.server.holders.actions import make_account
from portique.server.people.actions import Particulars, add_person

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.server.accounts.models import User
    from portique.server.people.models import Person


@dataclass
class Somebody:
    """A person with an account, their browser and their card."""

    person: Person
    user: User
    browser: Client
    pass_id: str

    def page(self, address: str = "") -> str:
        """Return one of their own pages."""
        return str(self.browser.get(f"/mes-donnees/{address}").content.decode())


@pytest.fixture
def head(account) -> User:
    """Return a head, who makes accounts."""
    made: User = account(Role.HEAD)
    return made


@pytest.fixture
def somebody(served, head) -> Callable[..., Somebody]:
    """Make a person with an account and a card."""

    def make(first: str, last: str, kind: Kind = Kind.PUPIL, label: str = "3B") -> Somebody:
        person = add_person(kind, Particulars(first, last, label=label))
        user = make_account(person, by=head)
        browser = Client()
        sign_in(browser, user)
        held = HolderId(person.holder) if person.holder else None
        issued = issue(
            served, Request(kind, f"{first} {last}", label=label, holder=held),
            at=clock.now(), entropy=entropy,
        )  # fmt: skip
        return Somebody(person, user, browser, issued.pass_id)

    return make


@pytest.fixture
def zoe(somebody) -> Somebody:
    """Return a pupil."""
    made: Somebody = somebody("Zoé", "Lebœuf")
    return made


@pytest.fixture
def passes(served) -> Callable[[Any, int], None]:
    """Let somebody show their card at the entry, now."""
    Gate.objects.create(gate_id="entry-1", lane="entry-1", x=b"x" * 32, y=b"y" * 32)
    numbers = iter(range(1, 100))

    def show(whose: Somebody, outcome: int = 0, *reasons: str) -> None:
        body = DecisionBody(
            1, "entry-1", outcome, reasons, (), "00" * 8, "normal", Medium.PAPER,
            PassId(whose.pass_id), HolderId(whose.person.holder or "00" * 8), Kind.PUPIL,
        )  # fmt: skip
        record([parcel("entry-1", [(next(numbers), clock.now_ms(), body)])])

    return show
