"""What goes wrong is said alike everywhere, in words, and repeats nothing that was sent."""

import logging

import pytest
from django.test import Client

from portique.server.api import queries
from portique.server.api.scopes import Scope
from portique.server.api.v1.calls import BODY_BYTES_MAX
from portique.server.frame.logs import configure

SECRET = "Vantreuil"
WRONG = [
    ("GET", "nowhere", None, 404, "not-found"),
    ("PUT", "passes", None, 405, "method"),
    ("GET", "people", None, 422, "invalid"),
    ("GET", f"people?label=x&{SECRET}=1", None, 422, "invalid"),
    ("GET", "passes?limit=1&limit=2", None, 422, "invalid"),
    ("GET", f"passes?person={SECRET}", None, 422, "invalid"),
    ("GET", f"passes/{SECRET}", None, 422, "invalid"),
    ("GET", f"people/{SECRET}", None, 422, "invalid"),
    ("GET", "passes?limit=201", None, 422, "invalid"),
    ("POST", "passes", {"person": SECRET}, 422, "invalid"),
    ("POST", "passes", {SECRET: SECRET}, 422, "invalid"),
    ("POST", "changes", {"act": SECRET}, 422, "invalid"),
    ("POST", "passes", "x" * BODY_BYTES_MAX, 413, "too-long"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "code"), WRONG)
def test_every_error_is_a_problem(program, method, path, body, status, code):
    """RFC 9457; what was sent is not in it."""
    answer = program().call(method, path, body)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["type"] == f"/api/#{code}"
    assert answer.json()["status"] == status
    assert SECRET not in answer.content.decode()


@pytest.mark.parametrize("body", [b"{", b"[" * 50_000, b"\xff", b"NaN{"])
def test_what_is_no_json_is_said_so(program, body):
    """However deep."""
    said = {"authorization": f"Bearer {program().token}"}
    answer = Client().generic("POST", "/api/v1/passes", body, "application/json", headers=said)

    assert answer.status_code == 400
    assert answer.json()["type"] == "/api/#malformed"


def test_another_media_type_is_refused(program):
    """A form of a browser can't be one."""
    said = {"authorization": f"Bearer {program().token}"}
    kind = "application/x-www-form-urlencoded"
    answer = Client().generic("POST", "/api/v1/passes", b"person=1", kind, headers=said)

    assert answer.json()["type"] == "/api/#media-type"


@pytest.mark.parametrize(
    ("wished", "title"), [("fr", "Il n’y a rien de tel"), ("en-GB", "There is no such thing")]
)
def test_problems_are_told_in_the_language_asked_for(program, wished, title):
    """French unless English is wished for."""
    answer = program().get("passes/00c0ffee00c0ffee", **{"accept-language": wished})

    assert answer.json()["title"] == title


def test_a_token_without_the_scope_is_told_which(program):
    """For the program's makers."""
    answer = program(Scope.GATES_READ).get("counts")

    assert answer["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="counts:read"'


@pytest.fixture
def broken(monkeypatch):
    """Break a query, with a name in its error."""

    def fail(*_: object) -> None:
        raise LookupError(SECRET)

    monkeypatch.setattr(queries, "passes", fail)


def test_what_breaks_is_said_and_told_nobody(program, broken, capsys):
    """A problem for the program, a line without names for the technician."""
    root = logging.getLogger()
    before = root.handlers[:]
    configure()
    try:
        answer = program().get("passes")
    finally:
        root.handlers[:] = before

    lines = capsys.readouterr().err
    assert answer.json()["type"] == "/api/#server"
    assert '"event": "api-error"' in lines
    assert SECRET not in lines + answer.content.decode()
