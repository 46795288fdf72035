"""A school that runs is upgraded: notes that wait get numbers of the one sequence."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portique.core.values import to_ms
from portique.server.gates.models import Note
from portique.server.school.models import Counter

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WAITING = (("entry-1", 6, 3), ("entry-1", 7, 1), ("exit-1", 2, 2), ("exit-1", 3, 0))
"""Gates, notes' numbers of each gate's own, and how many seconds ago they were sent."""


def tables_of(name: str):
    """Bring the tables to a version; return its models."""
    executor = MigrationExecutor(connection)
    executor.migrate([("gates", name)])
    return executor.loader.project_state([("gates", name)]).apps


@pytest.fixture
def earlier() -> Iterator[None]:
    """Two gates, notes and knowledge of the version before; all tables are as now in the end."""
    old = tables_of("0003_failing")
    gates, last = old.get_model("gates", "Gate"), {"entry-1": 7, "exit-1": 3}
    for gate, number in last.items():
        gates.objects.create(gate_id=gate, lane=gate, x=b"x", y=b"y", last_note=number)
    for gate, number, ago_s in WAITING:
        sent = {"kind": "tried", "payload": b"\xa0", "at": AT - timedelta(seconds=ago_s)}
        old.get_model("gates", "Note").objects.create(gate_id=gate, number=number, **sent)
    bundle = old.get_model("gates", "Bundle")
    bundle.objects.create(epoch=1, number=4, made_at=AT, data=b"signed")
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.usefixtures("earlier")
def test_notes_that_wait_are_above_every_gates_cursor():
    """In the order in which they were sent; the next one follows."""
    tables_of("0005_notes_to_all")
    waiting = list(Note.objects.order_by("number").values_list("gate", "number"))

    assert waiting == [("entry-1", 8), ("exit-1", 9), ("entry-1", 10), ("exit-1", 11)]
    assert Counter.objects.get(name="notes").value == 11


@pytest.mark.usefixtures("earlier")
def test_knowledge_keeps_its_age():
    """It is signed anew when it would have been."""
    tables_of("0005_notes_to_all")

    assert Counter.objects.get(name="knowledge-signed-ms").value == to_ms(AT)
