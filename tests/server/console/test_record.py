"""What gates file becomes events and referrals."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from tests.server.parcels import parcel

from portique.core.charter import check
from portique.core.decide import Outcome
from portique.core.entries import (
    AlarmBody,
    CountBody,
    ManualAdmissionBody,
    ModeBody,
    NoticeBody,
    PassageBody,
)
from portique.core.values import Direction, to_ms
from portique.core.zones import Mode
from portique.server.clock import now
from portique.server.console import queries, tally
from portique.server.console.actions import forget, record
from portique.server.console.models import Event, EventKind, Referral, ReferralState
from portique.server.console.tally import Tally
from portique.server.vault.checks import declared_fields


def test_each_entry_becomes_one_event_in_order(filed, decision):
    """What came first has the lower id."""
    filed(decision(0), decision(2, "revoked"), NoticeBody("unknown-codes", 40))

    kinds = [event.kind for event in queries.events_after(0, 10)]
    assert kinds == [EventKind.DECISION, EventKind.DECISION, EventKind.NOTICE]


def test_a_crossing_that_a_sensor_saw_says_nothing_here(filed):
    """Counts follow decisions, as on the gate."""
    filed(PassageBody("entry-1", "sensor"))

    assert tally.newest() == 0


def test_what_was_not_granted_waits_for_an_answer(filed, decision):
    """A referral and a refusal wait, a grant does not."""
    filed(decision(0), decision(1), decision(2, "revoked"))

    assert [one.outcome for one in queries.waiting(now())] == [1, 2]


def test_the_same_pass_shown_again_waits_once(filed, decision):
    """Its newest showing is the one that waits at the gate."""
    again = decision(pass_id="0123456789abcdef")
    filed(again, again)
    filed(again)

    assert [one.number for one in queries.waiting(now())] == [3]


def test_yesterdays_referral_waits_for_nobody(filed, decision):
    """A backlog that arrives today opens nothing."""
    filed(decision(), at_ms=to_ms(now() - timedelta(days=1)))

    assert queries.waiting(now()) == []


def test_the_gates_own_agent_closes_a_referral(filed, decision, ruling):
    """Its entry says who answered what."""
    filed(decision())
    filed(ruling(1, "loge"))

    closed = Referral.objects.get()
    assert (closed.state, closed.agent, closed.verdict) == (
        ReferralState.ELSEWHERE,
        "loge",
        "admit",
    )


def test_an_answer_filed_with_its_question_closes_it(filed, decision, ruling):
    """A backlog holds both."""
    filed(decision(), ruling(1))

    assert queries.waiting(now()) == []


def test_a_lane_counts_who_was_let_through(filed, decision, ruling):
    """Grants, admissions by an agent, by hand and without a code; the rest does not count."""
    filed(decision(0), decision(1), ruling(2), decision(2, "revoked"))
    filed(ManualAdmissionBody("entry-1", "group", "loge", 12))
    filed(CountBody("entry-1", Direction.ENTRY, -1, 0, 0))

    today = queries.lanes(now())[0].today
    assert (today.entered, today.left) == (13, 0)


def test_a_lanes_new_machine_begins_its_numbers_anew(gate, decision):
    """Its referral takes the place of the former machine's, and nothing is held up."""
    first, second = decision(1), decision(1)
    for body in (first, second):
        record([parcel(gate.pk, [(1, to_ms(now()), body)])])

    assert [one.pass_id for one in queries.waiting(now())] == [second.pass_id]


def test_a_tally_that_is_kept_counts_what_a_new_one_does(filed, decision):
    """What came since it was last asked is added: grants, taking back, last showing, mode."""
    filed(decision(0), ManualAdmissionBody("entry-1", "group", "loge", 12))
    kept = Tally()
    began = kept.at(now())["entry-1"].entered
    filed(decision(2, "revoked"), CountBody("entry-1", Direction.ENTRY, -1, 0, 0))
    filed(ModeBody("entry-1", Mode.FREE, "loge"))

    today = kept.at(now())["entry-1"]
    assert (began, today.entered, today.outcome, today.mode) == (13, 12, Outcome.REFUSE, Mode.FREE)
    assert kept.at(now()) == Tally().at(now())


def test_a_lane_tells_what_became_of_its_last_showing(filed, decision, ruling):
    """An answer settles it; one to an earlier card leaves it as it is."""
    filed(decision(), decision(2, "revoked"), ruling(1))
    kept = Tally()
    before = kept.at(now())["entry-1"].outcome
    filed(ruling(2), ruling(1))

    assert (before, kept.at(now())["entry-1"].outcome) == (Outcome.REFUSE, Outcome.GRANT)
    assert kept.at(now()) == Tally().at(now())


def test_a_tally_that_could_not_be_read_whole_is_begun_again(filed, decision, monkeypatch):
    """The database failed in between: nothing is missing, nothing counts twice."""
    kept, learn = Tally(), tally._learn

    def fail(lanes, rows) -> None:
        monkeypatch.setattr(tally, "_learn", learn)
        raise OperationalError

    for _ in range(2):
        filed(decision(0), ModeBody("entry-1", Mode.FREE, "loge"))
        monkeypatch.setattr(tally, "_learn", fail)
        with pytest.raises(OperationalError):
            kept.at(now())
        assert kept.at(now()) == Tally().at(now())


def test_an_alarm_is_an_alert_until_it_ends(filed):
    """The end dismisses it on every console."""
    filed(AlarmBody("evacuation", drill=True, source="line"))
    began = len(queries.alerts(now()))
    filed(AlarmBody("normal", drill=True, source="line"))

    assert (began, queries.alerts(now())) == (1, [])


@pytest.mark.parametrize("reason", ["status-unlisted", "exit-not-permitted"])
def test_what_concerns_everybody_is_an_alert(filed, reason, decision):
    """A number never issued; a pupil who left without the right to."""
    filed(decision(2, reason))

    assert len(queries.alerts(now())) == 1


def test_nothing_outlives_the_next_school_day(filed, decision):
    """Fifteen days later nothing is left, today's is."""
    filed(decision(), at_ms=to_ms(now() - timedelta(days=15)))
    filed(decision())

    forget(now())

    assert Event.objects.count() == Referral.objects.count() == 1


def test_an_event_holds_no_holder_and_no_name(filed, decision):
    """A pass's number finds the name when it is shown."""
    filed(decision())

    assert "ab" * 8 not in str(Event.objects.values())
    assert Event.objects.get().gate


def test_each_field_of_the_console_is_declared():
    """The charter finds no fault in events and referrals."""
    ours = [info for info in declared_fields() if info.model.startswith("console.")]

    assert ours
    assert check(ours) == []
