"""Addresses that an earlier version kept in clear are sealed by the upgrade."""

import uuid
from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext

from portique.server.outgoing.models import Destination

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "https://programme.exemple/in/s3same"


def tables_of(name: str):
    """Bring the tables to a version; return its models."""
    executor = MigrationExecutor(connection)
    executor.migrate([("outgoing", name)])
    return executor.loader.project_state([("outgoing", name)]).apps


@pytest.fixture
def earlier() -> Iterator[uuid.UUID]:
    """A destination that the version before wrote; the tables are as now again in the end."""
    old = tables_of("0001_initial").get_model("outgoing", "Destination")
    yield old.objects.create(name="chauffage", address=ADDRESS).pk
    tables_of("0002_sealed_address")


def test_an_upgrade_seals_addresses(served, earlier):
    """And goes on sending there."""
    tables_of("0002_sealed_address")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM outgoing_destination")
        stored = cursor.fetchall()

    assert Destination.objects.get(pk=earlier).address == ADDRESS
    assert "s3same" not in str(stored)


def test_the_clear_column_is_emptied_before_it_is_dropped(served, earlier):
    """PostgreSQL keeps a dropped column's values in the rows until they are written anew."""
    with CaptureQueriesContext(connection) as seen:
        tables_of("0002_sealed_address")
    written = [query["sql"] for query in seen if query["sql"].startswith("UPDATE")]

    assert any("\"plain\" = ''" in sql for sql in written)
