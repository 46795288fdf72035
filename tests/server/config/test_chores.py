"""What is due each hour: one chore's fault is not the others'."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import OperationalError

from portique.server import clock
from portique.server.config import chores
from portique.server.vault.purging import Purge, registered


def test_a_quiet_hour_leaves_nothing_undone(served):
    """Every chore runs on a school that has just begun."""
    assert chores.do_chores(clock.now()) == ()


def test_sessions_that_ended_are_gone(served):
    """They say who signed in, and when."""
    at = clock.now()
    Session.objects.create(session_key="a", session_data="", expire_date=at - timedelta(hours=1))
    Session.objects.create(session_key="b", session_data="", expire_date=at + timedelta(hours=1))
    chores.do_chores(at)

    assert [row.session_key for row in Session.objects.all()] == ["b"]


def test_a_chore_that_fails_is_named_and_the_others_are_done(served, monkeypatch):
    """A full disk at one of them."""

    def fails(at: datetime) -> None:
        raise OperationalError("disk is full")

    at = clock.now()
    Session.objects.create(session_key="a", session_data="", expire_date=at - timedelta(hours=1))
    late = Purge("first", (), fails)
    monkeypatch.setattr(chores, "registered", lambda: (late, *registered()))

    assert chores.do_chores(at) == ("first",)
    assert not Session.objects.exists()
