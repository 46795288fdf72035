"""What programs ask and get, operation by operation."""

from datetime import timedelta
from typing import Any

import pytest
from tests.server.school.conftest import MORNING

from portique.core.revocation import Status
from portique.core.values import Kind
from portique.server import clock
from portique.server.api.models import Answer
from portique.server.api.queries import QUARTER
from portique.server.api.scopes import Scope
from portique.server.api.v1 import limits
from portique.server.api.v1.document import document, operations, scopes_by_operation
from portique.server.console.models import Event
from portique.server.console.tally import midnight
from portique.server.gates.models import Gate
from portique.server.passes import actions
from portique.server.passes.models import IssuedPass, Use
from portique.server.passes.quotas import PERSON_DAY_MAX, By
from portique.server.people.models import Access, Person

UNKNOWN = "00000000-0000-4000-8000-000000000000"
SENT = {"post": {"person": UNKNOWN}, "get": None, "delete": None}
FILLED = {"person_id": UNKNOWN, "change_id": UNKNOWN, "pass_id": "00c0ffee00c0ffee"}
EVERY = [(method, path) for path, method, _ in operations(document())]


def ask(program, method, path):
    """Call an operation with something for each of its arguments."""
    for name, value in FILLED.items():
        path = path.replace(f"{{{name}}}", value)
    body = SENT[method] if path.endswith(("/passes", "/changes")) else None
    return program.call(method.upper(), path.removeprefix("/api/v1/"), body)


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_a_scope_opens_its_operations_and_no_other(program, method, path):
    """Each operation, by a token with nothing but one scope."""
    wanted = scopes_by_operation()[method, path]
    shut = {scope for scope in Scope if ask(program(scope), method, path).status_code == 403}

    assert shut == (set(Scope) - {wanted} if wanted else set())


@pytest.fixture
def card(pupil, head):
    """A pupil's card."""
    return actions.issue_for(By(head), pupil())


def test_people_are_listed_by_class(program, pupil):
    """Those of the class, by the name they go by; nothing else of them."""
    zoe, _ = pupil(), pupil("Ali", "Dupuy", label="2de 5")
    items = program().get("people?label=2de%204").json()["items"]

    assert items == [
        {
            "id": str(zoe.pk), "kind": "pupil", "name": "Zoé Vantreuil", "last_name": "Vantreuil",
            "label": "2de 4", "needs_card": items[0]["needs_card"],
        }
    ]  # fmt: skip


def test_pages_follow_one_another_without_gap_or_repeat(program, pupil):
    """Seven people, three at a time."""
    made = {str(pupil(first).pk) for first in ("Zoé", "Ali", "Inès", "Hugo", "Léa", "Noé", "Adam")}
    seen: list[str] = []
    cursor: Any = ""
    asked = program()
    while cursor is not None:
        page = asked.get(f"people?label=2de%204&limit=3{cursor and '&cursor=' + cursor}").json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]

    assert len(seen) == 7
    assert set(seen) == made


def test_guardians_are_not_told(program, served):
    """Neither they nor how to reach them."""
    guardian = Person.objects.create(kind=Kind.GUARDIAN, civil_last_name="Vantreuil", label="2de 4")

    assert program().get("people?label=2de%204").json()["items"] == []
    assert program().get(f"people/{guardian.pk}").status_code == 404


def test_reading_one_person_is_shown_to_them(program, pupil):
    """As looking their record up on a page is."""
    program().get(f"people/{pupil().pk}")

    assert Access.objects.count() == 1


def test_classes_are_counted(program, pupil):
    """By label."""
    pupil()

    assert program().get("classes").json() == [{"label": "2de 4", "people": 1}]


def test_a_pass_is_issued_and_read_again(program, pupil):
    """Where `Location` says."""
    made = program().post("passes", {"person": str(pupil().pk)})
    read = program().get(made["Location"].removeprefix("/api/v1/"))

    assert (made.status_code, read.json()) == (201, made.json())
    assert "PQ1" not in made.content.decode()


@pytest.mark.parametrize(
    ("act", "status"),
    [("suspend", Status.SUSPENDED), ("resume", Status.VALID), ("revoke", Status.REVOKED)],
)
def test_what_is_done_to_a_pass_is_done(program, card, act, status):
    """In the register that gates get."""
    assert program().post(f"passes/{card.pass_id}/{act}").status_code == 200
    assert IssuedPass.objects.get().status == status.value


def test_a_replaced_pass_names_its_successor(program, card):
    """The old one is void."""
    made = program().post(f"passes/{card.pass_id}/replace").json()
    old = program().get(f"passes/{card.pass_id}").json()

    assert (old["standing"], old["replaced_by"]) == ("revoked", made["id"])


def test_what_is_final_is_a_conflict(program, card):
    """A revoked pass is not resumed."""
    asked = program()
    asked.post(f"passes/{card.pass_id}/revoke")

    answer = asked.post(f"passes/{card.pass_id}/resume")
    assert (answer.status_code, answer.json()["type"]) == (409, "/api/#state")


@pytest.mark.parametrize("standing", ["valid", "suspended", "revoked", "expired"])
def test_passes_are_found_by_how_they_stand(program, card, head, standing):
    """The question and the answer mean the same."""
    if standing in {"suspended", "revoked"}:
        getattr(actions, standing.replace("ed", "").replace("revok", "revoke"))(
            By(head), card.pass_id
        )
    if standing == "expired":
        IssuedPass.objects.update(expires_ms=1)
    items = program().get(f"passes?standing={standing}").json()["items"]

    assert [one["standing"] for one in items] == [standing]


def test_slips_of_a_day_are_told_to_no_program(program, card):
    """From them it could be counted who forgets their card."""
    IssuedPass.objects.update(use=Use.SLIP)

    assert program().get("passes").json()["items"] == []
    assert program().get(f"passes/{card.pass_id}").status_code == 404


def test_a_call_sent_again_is_done_once(program, pupil):
    """With the same key: the first answer, and one card."""
    asked, body = program(), {"person": str(pupil().pk)}
    first, again = (asked.post("passes", body, **{"Idempotency-Key": "import-1"}) for _ in "12")

    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    assert IssuedPass.objects.count() == 1


def test_a_key_is_one_calls(program, pupil):
    """Another person under the same key is refused."""
    asked = program()
    first, other = ({"person": str(pupil(name).pk)} for name in ("Zoé", "Ali"))
    asked.post("passes", first, **{"Idempotency-Key": "import-1"})

    assert asked.post("passes", other, **{"Idempotency-Key": "import-1"}).status_code == 422


def test_a_call_of_unknown_end_is_not_made_again(program, pupil):
    """The server stopped while it worked on it."""
    asked, body = program(), {"person": str(pupil().pk)}
    asked.post("passes", body, **{"Idempotency-Key": "import-1"})
    Answer.objects.update(status=None)

    answer = asked.post("passes", body, **{"Idempotency-Key": "import-1"})
    assert answer.json()["type"] == "/api/#key-busy"


def test_a_key_is_free_again_after_a_refusal(program):
    """Nothing was done, so nothing is repeated."""
    asked = program()
    asked.post("passes", {"person": UNKNOWN}, **{"Idempotency-Key": "import-1"})

    assert not Answer.objects.exists()


def test_more_cards_than_usual_are_refused(program, pupil):
    """As on the pages: somebody else has to agree."""
    asked, body = program(), {"person": str(pupil().pk)}
    answers = [asked.post("passes", body) for _ in range(PERSON_DAY_MAX + 1)]

    assert answers[-1].json()["type"] == "/api/#quota"


def test_gates_are_told_with_what_troubles_them(program, served):
    """One that never called."""
    Gate.objects.create(gate_id="north-entry", lane="entry-1", x=b"x" * 32, y=b"y" * 32)
    (gate,) = program().get("gates").json()

    assert (gate["id"], gate["well"]) == ("north-entry", False)
    assert gate["troubles"][0]["what"] == "Has never called yet"


@pytest.mark.parametrize(("people", "told"), [(4, None), (5, 5)])
def test_few_people_are_no_figure(program, monkeypatch, people, told):
    """Fewer than five in a quarter-hour are not told."""
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    asked, at = program(), MORNING - timedelta(minutes=20)
    for _ in range(people):
        Event.objects.create(at=at, kind="count", lane="entry-1", people=1, direction="entry")
    cells = asked.get("counts").json()["cells"]

    assert [one["people"] for one in cells if one["lane"] == "entry-1"][-2:] == [told, None]


def test_the_quarter_hour_that_runs_is_not_told(program, monkeypatch):
    """Asked every second, it would show who passes."""
    monkeypatch.setattr(clock, "now", lambda: MORNING + timedelta(minutes=3))
    asked = program()
    Event.objects.create(
        at=MORNING + timedelta(minutes=1), kind="count", lane="entry-1", people=9,
        direction="entry",
    )  # fmt: skip

    assert all(one["people"] is None for one in asked.get("counts").json()["cells"])


def test_a_days_last_quarter_hour_is_told_after_midnight(program, monkeypatch):
    """The day before is told whole, until the new one has a quarter-hour to tell."""
    asked, last = program(), midnight(MORNING) - QUARTER
    Event.objects.create(at=last, kind="count", lane="entry-1", people=7, direction="entry")
    told = []
    for minutes in (-1, 10, 15):
        at = last + QUARTER + timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        counts = asked.get("counts").json()
        people = [one["people"] for one in counts["cells"] if one["lane"] == "entry-1"]
        told.append((counts["day"], len(people), people[-1]))

    assert told == [("2026-11-22", 95, None), ("2026-11-22", 96, 7), ("2026-11-23", 1, None)]


def test_counts_are_told_anew_after_ten_seconds(program, monkeypatch):
    """What a gate files late; until then all programs get the same answer."""
    asked, late = program(), MORNING - timedelta(minutes=20)
    told = []
    for seconds in (0, 9, 10):
        monkeypatch.setattr(clock, "now", lambda at=MORNING + timedelta(seconds=seconds): at)
        told.append(max(one["people"] or 0 for one in asked.get("counts").json()["cells"]))
        Event.objects.create(at=late, kind="count", lane="entry-1", people=7, direction="entry")

    assert told == [0, 0, 14]


def test_openings_name_nobody(program, served):
    """Lists of people are only mentioned."""
    openings = program().get("openings").json()

    assert openings
    assert all("holders" not in one for one in openings)


def test_calls_over_the_limit_wait(program, monkeypatch):
    """With the seconds to wait; another token is not held up."""
    monkeypatch.setattr(limits, "CALLS_MAX", 2)
    asked = program()
    last = [asked.get("health") for _ in range(3)][-1]

    assert last.status_code == 429
    assert 0 < int(last["Retry-After"]) <= 60
    assert program().get("health").status_code == 200


def test_the_limit_begins_anew_with_the_minute(program):
    """Counted by minutes."""
    at, token = MORNING, Answer().pk
    spent = [limits.wait_s(token, at) for _ in range(limits.CALLS_MAX + 1)][-1]

    assert limits.wait_s(token, at + timedelta(seconds=spent)) == 0


def test_what_has_not_changed_is_not_sent_again(program):
    """304 without a body; another content has another mark."""
    asked = program()
    mark = asked.get("gates")["ETag"]
    again = asked.get("gates", **{"If-None-Match": mark})
    Gate.objects.create(gate_id="north-entry", lane="entry-1", x=b"x" * 32, y=b"y" * 32)

    assert (again.status_code, again.content) == (304, b"")
    assert asked.get("gates", **{"If-None-Match": mark}).status_code == 200
