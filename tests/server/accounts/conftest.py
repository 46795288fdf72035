"""A clock that tests move, and people who come to sign in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from portique.server import clock
from portique.server.accounts import first_start
from portique.server.accounts.roles import Role

PASSWORD = "trois mots faciles"
PIN = "482915"


class MovedClock:
    """The server's clock, standing still until a test moves it."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)  # noqa: TID251 -- the package that signs in reads the real one

    def __call__(self) -> datetime:
        return self.at

    def move(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture
def moved(monkeypatch) -> MovedClock:
    """Stop the server's clock."""
    standing = MovedClock()
    monkeypatch.setattr(clock, "now", standing)
    return standing


@pytest.fixture
def start_code(served) -> str:
    """The code that the first start prints."""
    code = first_start.make_code()
    assert code is not None
    return code


def fill(client: Client, address: str, **fields: Any) -> Any:
    """Send a form and follow where it leads."""
    return client.post(address, fields, follow=True)


def start_with(client: Client, code: str, **changed: str) -> Any:
    """Fill the page of the first start."""
    given = {"code": code, "name": "Dominique Aubry", "login": "d.aubry"}
    given |= {"password": PASSWORD, "again": PASSWORD}
    return fill(client, "/compte/depart/", **(given | changed))


@pytest.fixture
def agent_on_device(served, account) -> Callable[..., tuple[Client, Any]]:
    """Return a shared device's browser, and an agent who has a PIN."""
    from portique.server.accounts import devices

    def make(login: str = "agent") -> tuple[Client, Any]:
        head, agent = account(Role.HEAD, f"head of {login}"), account(Role.AGENT, login)
        devices.set_pin(agent, PIN)
        client = Client()
        fill(client, "/compte/poste/", code=devices.offer("loge", by=head))
        return client, agent

    return make
