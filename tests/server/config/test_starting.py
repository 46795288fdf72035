"""A database that can't be used ends a start with one sentence."""

import sys

import pytest
from django.core import management
from django.db import OperationalError

from portique.core.errors import EnvironmentProblem
from portique.server.config import starting


def test_a_database_that_is_down_is_told_in_a_sentence(monkeypatch):
    """Its first line says why; there is no more of it."""

    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("connection refused\n\tIs the server running on that host?")

    monkeypatch.setattr(management, "call_command", refuse)

    with pytest.raises(EnvironmentProblem, match=r"\(connection refused\); is it running"):
        starting.migrate()


def test_postgresql_without_its_driver_is_told(monkeypatch):
    """The driver is an extra that most schools need not install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)

    starting.check_driver("")
    with pytest.raises(EnvironmentProblem, match="install psycopg"):
        starting.check_driver("postgresql://u:secret@127.0.0.1/x")
