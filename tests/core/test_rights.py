"""What one holder may do, and how it travels."""

from datetime import date

import pytest

from portique.core.calendars import PARIS, default_calendar
from portique.core.dayplans import plan_day
from portique.core.errors import KnowledgeError
from portique.core.localtime import read_instant
from portique.core.rights import (
    GROUPS_MAX,
    Permission,
    Rights,
    Visit,
    read_rights,
    write_rights,
)
from portique.core.values import Direction, HolderId, to_ms

PLAN = plan_day(default_calendar(), date(2026, 11, 24))  # a Tuesday
ALICE, BOB = HolderId("00000000000000aa"), HolderId("00000000000000bb")
FULL = Rights(
    groups=("2A", "LV2"),
    label="2A",
    regime="green",
    meal_days=(1, 2, 4, 5),
    boarder=True,
    permissions=(
        Permission(Direction.EXIT, 0, None, "CPE"),
        Permission(Direction.ENTRY, 1, 2, "proviseure", "voyage", (2,), 600, 660),
    ),
    visit=Visit(("inside",), 1, 2),
)


def at(clock: str) -> int:
    """Return an instant of the plan's day."""
    return to_ms(read_instant(f"2026-11-24T{clock}", PARIS))


@pytest.mark.parametrize(
    ("permission", "covered"),
    [
        (Permission(Direction.EXIT, 0, None, "CPE"), True),
        (Permission(Direction.ENTRY, 0, None, "CPE"), False),
        (Permission(Direction.EXIT, at("10:00"), None, "CPE"), True),
        (Permission(Direction.EXIT, at("10:01"), None, "CPE"), False),
        (Permission(Direction.EXIT, 0, at("10:00"), "CPE"), False),
        (Permission(Direction.EXIT, 0, at("10:01"), "CPE"), True),
        (Permission(Direction.EXIT, 0, None, "CPE", weekdays=(2,)), True),
        (Permission(Direction.EXIT, 0, None, "CPE", weekdays=(1, 3)), False),
        (Permission(Direction.EXIT, 0, None, "CPE", opens=600), True),
        (Permission(Direction.EXIT, 0, None, "CPE", opens=601), False),
        (Permission(Direction.EXIT, 0, None, "CPE", closes=600), False),
        (Permission(Direction.EXIT, 0, None, "CPE", closes=601), True),
    ],
)
def test_a_permission_covers_its_direction_days_and_hours(permission: Permission, *, covered: bool):
    """At 10:00 on a Tuesday, on the way out."""
    assert permission.covers(Direction.EXIT, at("10:00"), PLAN) is covered


@pytest.mark.parametrize(
    ("permission", "begins"),
    [
        (Permission(Direction.EXIT, 0, None, "CPE"), PLAN.begins_ms),
        (Permission(Direction.EXIT, 0, None, "CPE", opens=600), at("10:00")),
        (Permission(Direction.EXIT, at("11:00"), None, "CPE", opens=600), at("11:00")),
    ],
)
def test_a_permission_says_when_it_can_begin(permission: Permission, begins: int):
    """The later of its own start and its daily hour."""
    assert permission.begins_on(PLAN) == begins


def test_the_first_covering_permission_is_named():
    """One is enough; without any there is none."""
    first, second = FULL.permissions[0], Permission(Direction.EXIT, 0, None, "infirmerie")
    rights = Rights(permissions=(FULL.permissions[1], first, second))

    assert rights.permission(Direction.EXIT, at("10:00"), PLAN) is first
    assert Rights().permission(Direction.EXIT, at("10:00"), PLAN) is None


def test_rights_survive_plain_data():
    """Everybody's rights are read back as they were, in a stable order."""
    book = {BOB: FULL, ALICE: Rights()}

    assert read_rights(write_rights(book)) == book
    assert list(write_rights(book)) == [ALICE, BOB]


def test_a_holder_has_sixteen_groups_at_most():
    """Beyond, something went wrong in an import."""
    assert Rights(groups=("G",) * GROUPS_MAX).groups
    with pytest.raises(KnowledgeError, match="17 groups"):
        Rights(groups=("G",) * (GROUPS_MAX + 1))


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"zz": Rights().to_data()},
        {3: Rights().to_data()},
        {str(ALICE): {}},
        {str(ALICE): Rights().to_data() | {"name": "Alice"}},
        {str(ALICE): Rights().to_data() | {"meal_days": [2, 1]}},
        {str(ALICE): Rights().to_data() | {"meal_days": [8]}},
        {str(ALICE): Rights().to_data() | {"boarder": 1}},
        {str(ALICE): Rights().to_data() | {"permissions": {}}},
    ],
    ids=str,
)
def test_damaged_rights_are_refused(data: object):
    """Nothing half right gets in, and no name fits in at all."""
    with pytest.raises(KnowledgeError):
        read_rights(data)
