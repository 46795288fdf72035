"""What no longer works at a lane: an alert when it begins, a line when it ends, an amber tile."""

import re
from datetime import timedelta

import pytest

from portique.core.values import Organ
from portique.core.wire_news import Health, Report
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.console import queries, telling
from portique.server.console.lines import Line
from portique.server.console.models import Event, EventKind
from portique.server.gates.actions import take_report
from portique.server.gates.models import Gate


@pytest.fixture
def report(gate):
    """Return what takes a report of the gate: what fails at its lane."""

    def take(*failing: str, fresh: bool = True) -> None:
        health = Health(
            "0.2.0", 1, 0, 0, 40, clock_trusted=True, mode="control", set_aside=0, failing=failing
        )
        row = Gate.objects.get(pk=gate.pk)
        row.contact_at = now()
        take_report(row, Report(0, health), fresh=fresh)

    return take


def lines() -> list[Line]:
    """Return the lines that tell of failures, oldest first."""
    events = list(Event.objects.filter(kind=EventKind.FAILURE).order_by("pk"))
    return telling.Telling(events).lines()


def test_a_camera_that_fails_rings_once(report):
    """However often it is reported; the alert says what fails and what to do, in amber."""
    for _ in range(3):
        report(Organ.CAMERA)
    [alert] = queries.alerts(now())
    line = telling.Telling([alert]).line(alert)

    assert (line.lane, line.tone) == ("Entrée 1", "refer")
    assert line.headline == "Sa caméra ne donne plus d’image"
    assert "Vérifiez son câble" in line.details[0]
    assert len(lines()) == 1


def test_the_end_of_a_failure_is_one_line_and_silences_its_alert(report):
    """What fails on keeps its own; whoever has the page open sees the alert go."""
    report(Organ.CAMERA, Organ.READER)
    for _ in range(2):
        report(Organ.READER)

    assert [event.data["code"] for event in queries.alerts(now())] == [Organ.READER]
    assert [line.headline for line in lines()][2:] == ["La caméra donne de nouveau des images."]
    assert Event.objects.filter(kind=EventKind.DISMISSED).count() == 1


def test_a_failure_that_lasts_is_still_an_alert_the_next_day(report, signed_in):
    """With its day; once it is over, or its time, it is none."""
    report(Organ.CAMERA, Organ.READER)
    Event.objects.update(at=now() - timedelta(days=1))
    report(Organ.READER)
    page = signed_in(Role.AGENT).get("/direct/").content.decode()

    assert [event.data["code"] for event in queries.alerts(now())] == [Organ.READER]
    assert re.search(r"data-alert=[^>]*><p><time[^>]*>\d\d/\d\d \d\d:\d\d</time>", page)


def test_a_newer_gate_s_own_failure_is_told_in_general_words(report):
    """Begun and over."""
    report("turnstile.left")
    report()

    assert [line.headline for line in lines()] == [
        "Signale une panne que ce serveur ne connaît pas",
        "La panne signalée est finie.",
    ]


def test_an_old_report_hides_no_failure_that_follows(report):
    """Whoever sends an old one again can't have a camera that is cut ring for nothing."""
    report(Organ.CAMERA, fresh=False)
    report(Organ.CAMERA)

    assert len(lines()) == 1


def test_of_two_reports_that_waited_each_change_rings_once(gate, report):
    """Both were read before either was written; the one that was overtaken says nothing."""
    first, second = (Gate.objects.get(pk=gate.pk) for _ in range(2))
    second.called_ms += 1
    for row in (second, first):
        health = Health(
            "0.2.0", 1, 0, 0, 40, clock_trusted=True, mode="control", set_aside=0,
            failing=(Organ.CAMERA,) if row is second else (Organ.CAMERA, Organ.READER),
        )  # fmt: skip
        row.contact_at = now()
        take_report(row, Report(0, health), fresh=True)

    assert [event.data["code"] for event in queries.alerts(now())] == [Organ.CAMERA]
    assert Gate.objects.get(pk=gate.pk).failing == Organ.CAMERA


def test_an_old_report_that_comes_again_rings_for_nothing(report):
    """Somebody who kept one can't have the office run to a lane that works."""
    report(Organ.CAMERA, fresh=False)

    assert lines() == []


def test_a_failure_that_cannot_be_shown_is_still_kept(report, monkeypatch):
    """And the gate gets its news."""
    monkeypatch.setattr("portique.server.console.actions.append", lambda _: 1 / 0)
    report(Organ.CAMERA)

    assert Gate.objects.get().failing == "camera"
    assert lines() == []


@pytest.mark.parametrize(("language", "online"), [("fr", "En ligne"), ("en", "Online")])
def test_a_lane_without_its_camera_is_not_simply_online(signed_in, report, language, online):
    """Its tile is amber, whatever it did last, and says what is wrong and the next step."""
    client, headers = signed_in(Role.AGENT), {"accept-language": language}
    pages = []
    for failing in ((), (Organ.CAMERA,)):
        report(*failing)
        pages.append(client.get("/direct/", headers=headers).content.decode())
    tiles = [re.findall(r'<li class="lane ([a-z]*)".*?</li>', page, re.DOTALL) for page in pages]

    assert [tile[0] for tile in tiles] == ["", "refer"]
    assert [f"{online}</p>" in page for page in pages] == [True, False]
    assert {"fr": "Vérifiez son câble", "en": "Check its cable"}[language] in pages[1]


def test_what_a_silent_gate_last_said_is_not_shown_as_the_present(report):
    """The tile then says since when it is silent."""
    report(Organ.CAMERA)
    later = now() + timedelta(minutes=2)
    [state] = [state for state in queries.lanes(later) if state.enrolled]

    assert (state.offline, state.failing) == (True, [])
