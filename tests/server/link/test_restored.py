"""A server that came back from a backup has everything again, and gates take its new knowledge."""

import pytest
from django.db import connection
from tests.server.backup.test_copies import PUBLIC, SECRET, emptied

from portique.core.knowledge import Version
from portique.server.backup import copies
from portique.server.clock import now
from portique.server.gates.actions import begin_knowledge_epoch, newest_version
from portique.server.gates.models import Alarm, Entry


@pytest.fixture
def restored(served, linked, tmp_path):
    """A server put back to a copy after which a gate filed twice as much, in two epochs."""
    copy = tmp_path / "copy.age"
    linked.decide(20)
    linked.drain()
    copies.save(copy, PUBLIC, uai=served.settings.uai, at=now())
    linked.decide(20)
    linked.journal.rotate(at_ms=linked.clock.now_ms())
    linked.decide(20)
    linked.drain()
    version = newest_version(now())
    emptied()
    copies.restore(copy, SECRET, uai=served.settings.uai)
    begin_knowledge_epoch()
    return version


def test_gates_file_again_what_the_copy_lacks(linked, restored):
    """All that they had filed since, each entry once, without an alarm."""
    before = Entry.objects.count()
    linked.report()
    linked.drain()

    assert (before, linked.held()) == (21, linked.written())
    assert not Alarm.objects.exists()


def test_the_database_is_sound_after_it(linked, restored):
    """Rows added after a restore break no rule of the tables."""
    linked.drain()

    connection.check_constraints()
    assert linked.journal.pending() == 0


def test_the_knowledge_that_follows_is_newer_than_any_before(linked, restored):
    """Another epoch counts above every number of the one before: gates take it."""
    version = newest_version(now())

    assert version > restored
    assert version.epoch > restored.epoch
    assert version > Version(restored.epoch, 10**9)
