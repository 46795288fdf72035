"""Statements written out: they ask what the ORM would, of the same rows."""

import pytest
from django.contrib.contenttypes.models import ContentType

from portique.server.config.rows import insert, load, read
from portique.server.school.models import Counter

pytestmark = pytest.mark.django_db


@pytest.fixture
def counters():
    """Three numbers."""
    for name, value in (("a", 1), ("b", 2), ("c", 3)):
        Counter.objects.create(name=name, value=value)


@pytest.mark.usefixtures("counters")
def test_a_tuple_stands_for_its_items():
    """Beside values of their own."""
    found = read(Counter, ("name", "value"), "name IN %s AND value > %s", ("a", "b", "z"), 1)

    assert found == [("b", 2)]


@pytest.mark.usefixtures("counters")
def test_rows_are_loaded_as_django_loads_them():
    """With every field."""
    [row] = load(Counter, "name = %s", "c")

    assert (row.pk, row.value) == ("c", 3)


@pytest.mark.usefixtures("counters")
def test_a_value_is_never_read_as_a_statement():
    """It reaches the database apart from it, whatever is in it."""
    assert read(Counter, ("name",), "name = %s", "a' OR '1' = '1") == []
    assert read(Counter, ("name",), "name IN %s", ("%s", "a')--")) == []


def test_new_rows_are_written_in_order_and_their_keys_told():
    """Whatever their values say; nothing to write is no statement."""
    rows = [("gate", "b'); --"), ("gate", "%s"), ("gate", "é")]
    keys = insert(ContentType, ("app_label", "model"), rows)

    assert [ContentType.objects.get(pk=key).model for key in keys] == ["b'); --", "%s", "é"]
    assert insert(ContentType, ("app_label", "model"), []) == []
