"""A school with a few people, and programs that have tokens."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.server.school.conftest import MORNING, TABLE
from tests.server.school.test_timetable_page import agree, upload

from portique.core.rights import Rights
from portique.core.values import HolderId, Kind
from portique.server.accounts.models import User
from portique.server.accounts.roles import Role
from portique.server.api.actions import Wanted, make_token
from portique.server.api.scopes import Scope
from portique.server.api.v1.limits import forget_calls
from portique.server.people import index
from portique.server.people.actions import Particulars, add_person
from portique.server.people.models import Person

V1 = "/api/v1/"


@dataclass(slots=True)
class Program:
    """Another program of the school, and the token it was given."""

    token: str

    def get(self, path: str, **headers: str) -> Any:
        """Ask for something."""
        return self.call("GET", path, headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Send something."""
        return self.call("POST", path, body, headers=headers)

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Any:
        """Call as any HTTP client would, without cookies."""
        said = {"authorization": f"Bearer {self.token}", "accept-language": "en"}
        data = "" if body is None else json.dumps(body)
        kind = "application/json" if body is not None else "application/octet-stream"
        client = Client(raise_request_exception=False)
        return client.generic(
            method, V1 + path, data, content_type=kind, headers=said | (headers or {})
        )


@pytest.fixture
def head(account) -> User:
    """Make the head's account."""
    user: User = account(Role.HEAD)
    return user


@pytest.fixture
def program(head) -> Iterator[Callable[..., Program]]:
    """Give programs tokens of the head's; every scope unless said."""
    forget_calls()

    def make(*scopes: Scope) -> Program:
        wanted = Wanted("Emploi du temps", scopes or tuple(Scope), timedelta(days=90))
        return Program(make_token(head, wanted)[1])

    yield make
    forget_calls()


@pytest.fixture
def pupil(served) -> Callable[..., Person]:
    """Add pupils to a class."""
    index.forget_names()

    def add(first: str = "Zoé", last: str = "Vantreuil", label: str = "2de 4") -> Person:
        return add_person(Kind.PUPIL, Particulars(first, last, label=label))

    return add


@pytest.fixture
def taught(served, signed_in, monkeypatch) -> None:
    """Give the school a timetable with its teachers; it is Monday morning for its rules."""
    for module in ("queries", "actions.changes", "actions.timetables", "actions.telling"):
        monkeypatch.setattr(f"portique.server.school.{module}.now", lambda: MORNING)
    rights = Rights(("2DE 04", "2DE 05"), regime="green")
    served.register.set_rights(HolderId("00c0ffee00c0ffee"), rights.to_data())
    office = signed_in(Role.SCHOOL_LIFE)
    upload(office, TABLE, keep_teachers="on")
    agree(office)
