"""Changes of the day by programs: the same actions as on the page."""

import pytest
from django.test import Client

from portique.server.school.models import DayAction

ABSENT = {"act": "teacher-absent", "teacher": "NOIRET", "day": "2026-11-23", "begins": "13:00"}
DAY = {"day": "2026-11-23", "begins": "08:00", "ends": "10:00"}
CHANGES = [
    ABSENT,
    {"act": "substitute", "teacher": "NOIRET", "by": "ROCHE", **DAY},
    {"act": "substitute", "teacher": "NOIRET", **DAY},
    {"act": "cancelled", "groups": ["2DE 05"], **DAY},
    {"act": "added", "groups": ["2DE 04"], "day": "2026-11-23", "begins": "17:00", "ends": "18:00"},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change["act"])
def test_a_change_is_made_told_and_undone(program, taught, change):
    """Like one that the office makes."""
    asked = program()
    made = asked.post("changes", change)
    listed = asked.get("changes").json()
    undone = asked.call("DELETE", f"changes/{made.json()['id']}")

    assert (made.status_code, listed) == (201, [made.json()])
    assert (undone.status_code, asked.get("changes").json()) == (204, [])


def test_an_absence_says_which_lessons_go_and_not_whose(program, taught):
    """Teachers' codes go in, and never out."""
    made = program().post("changes", ABSENT)

    slot = {"day": "2026-11-23", "group": "2DE 04", "begins": "14:00", "ends": "16:00"}
    assert (made.json()["gone"], made.json()["come"]) == ([slot], [])
    assert "NOIRET" not in made.content.decode()


@pytest.mark.parametrize(
    ("spoiled", "status"),
    [
        ({"teacher": "NOBODY"}, 409),
        ({"day": "2026-11-20"}, 409),
        ({"day": "2026-11-22"}, 409),
        ({"ends": "12:00"}, 422),
        ({"begins": "25:00"}, 422),
        ({"more": 1}, 422),
    ],
)
def test_what_can_not_be_changed_changes_nothing(program, taught, spoiled, status):
    """Said with a status of its own."""
    assert program().post("changes", ABSENT | spoiled).status_code == status
    assert not DayAction.objects.exists()


def test_without_a_timetable_nothing_changes(program):
    """A problem, in words."""
    answer = program().post("changes", ABSENT)

    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "there is no timetable yet: import it first",
    )


def test_a_change_sent_again_is_made_once(program, taught):
    """With the same key."""
    asked = program()
    first, again = (asked.post("changes", ABSENT, **{"Idempotency-Key": "absent-7"}) for _ in "12")

    assert first.json() == again.json()
    assert DayAction.objects.count() == 1


def test_an_unknown_change_is_not_undone(program, taught):
    """A problem, not a success."""
    path = "changes/00000000-0000-4000-8000-000000000000"

    assert program().call("DELETE", path).status_code == 404


def test_the_description_is_for_everybody(served):
    """Programs' makers read it without a token; so do people, as a page."""
    assert Client().get("/api/v1/openapi.json").json()["openapi"] == "3.1.0"
    assert "changes" in Client().get("/api/").content.decode()
