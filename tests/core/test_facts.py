"""From a showing and what the gate knows to facts."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest

from portique.core import errors
from portique.core.alarms import Alarm, Posture
from portique.core.calendars import PARIS, default_calendar
from portique.core.dayplans import plan_day
from portique.core.decide import Outcome, Reason, decide
from portique.core.exits import BUILT_IN
from portique.core.facts import (
    Face,
    Known,
    Memory,
    PassState,
    Presented,
    Situation,
    exit_answer,
    forgotten,
    gather,
    genuine,
    label_of,
    mistrusted,
)
from portique.core.localtime import local_day, read_instant
from portique.core.passes import Identity, Pass, Proof, Verified
from portique.core.revocation import Status, StatusList, pack
from portique.core.rights import Rights
from portique.core.rules import TABLE_HASH
from portique.core.values import Direction, HolderId, Kind, Medium, PassId, Uai, Window, to_ms
from portique.core.zones import default_site

AT = read_instant("2026-11-23T10:00", PARIS)
AT_MS = to_ms(AT)
DAY = timedelta(days=1)
IDENTITY = Identity(HolderId("00000000000000aa"), Kind.PUPIL, "Aminata Diallo", "2A", "free", 5)
HELD = Pass(
    PassId("00000000000000ab"), Uai("0000000A"), Window(AT - DAY, AT + DAY), b"", None, IDENTITY
)
GOOD = Presented(PassState.GENUINE, HELD, Medium.PAPER, Proof.NOT_NEEDED)
STATUSES = dict(enumerate(Status)) | {5: Status.VALID}
KNOWN = Known(
    plan=plan_day(default_calendar(), local_day(AT_MS, PARIS)),
    rights=Rights(),
    regimes={regime.code: regime for regime in BUILT_IN},
    status=StatusList(pack(STATUSES, 8), AT - DAY, AT + DAY, 60),
    until_ms=AT_MS + 1,
)
HERE = Situation(AT_MS, default_site().lane("entry-1"), KNOWN)
LEAVING = replace(HERE, lane=default_site().lane("exit-1"))


def known(**changes: Any) -> Situation:
    """Stand at the entry knowing something else."""
    return replace(HERE, known=replace(KNOWN, **changes))


def holding(**changes: Any) -> Presented:
    """Hold up the same pass sealed for somebody else."""
    return replace(GOOD, held=replace(HELD, identity=replace(IDENTITY, **changes)))


def fact(name: str, presented: Presented = GOOD, situation: Situation = HERE) -> object:
    """Gather and look at one fact."""
    return getattr(gather(presented, situation), name)


def test_a_good_entry_is_granted():
    """On a school day, a genuine pass, nothing in doubt."""
    assert decide(gather(GOOD, HERE)).reasons == ()


def test_no_name_and_no_number_reaches_the_facts():
    """Neither the holder's name or number nor the pass's id is in what is decided on."""
    said = str(asdict(gather(GOOD, HERE)))

    for secret in ("Aminata", "Diallo", "2A", "00000000000000aa", "00000000000000ab", "0000000A"):
        assert secret not in said


def test_without_any_key_nobody_is_a_forger():
    """An issuer is unknown only to a gate that knows one; other faults stay what they are."""
    unknown = mistrusted(errors.UnknownIssuer("x"), keys=False)

    assert unknown.state is PassState.NO_KEYS
    assert mistrusted(errors.BadSeal("x"), keys=False).state is PassState.BAD_SEAL
    assert decide(gather(unknown, HERE)).outcome is Outcome.REFER


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (errors.NotAPass("x"), PassState.NOT_A_PASS),
        (errors.UnreadablePass("x"), PassState.UNREADABLE),
        (errors.BadSeal("x"), PassState.BAD_SEAL),
        (errors.UnknownIssuer("x"), PassState.UNKNOWN_KEY),
        (errors.OtherSchool("x"), PassState.OTHER_SCHOOL),
        (errors.PassError("x"), PassState.UNREADABLE),
    ],
    ids=str,
)
def test_what_could_not_be_verified_is_refused_alone(error: errors.PassError, state: PassState):
    """A mistrusted code gives its own reason and no other."""
    presented = mistrusted(error)

    assert presented == Presented(state)
    decision = decide(gather(presented, HERE))
    assert decision.outcome is Outcome.REFUSE
    assert len(decision.reasons) == 1


@pytest.mark.parametrize(
    ("badge", "proved", "medium", "assurance"),
    [
        (False, False, "paper", "full"),
        (True, False, "badge", "low"),
        (True, True, "badge", "full"),
    ],
)
def test_only_a_bare_badge_is_of_low_assurance(
    *, badge: bool, proved: bool, medium: str, assurance: str
):
    """A badge's number alone proves nothing."""
    presented = genuine(Verified(HELD, Proof.NOT_NEEDED, None), badge=badge, badge_proved=proved)

    assert fact("medium", presented) == medium
    assert fact("assurance", presented) == assurance


def test_a_forgotten_card_objects_by_nothing_but_its_absence():
    """The card's own rules are asked as if it were there; the agent has to say who it is."""
    answer = decide(gather(forgotten(HELD), HERE))
    shown = decide(gather(genuine(Verified(HELD, Proof.NOT_NEEDED, None)), HERE))

    assert (fact("medium", forgotten(HELD)), fact("assurance", forgotten(HELD))) == (None, "low")
    assert answer.outcome is Outcome.REFER
    assert set(answer.reasons) - set(shown.reasons) == {Reason.LOW_ASSURANCE}


@pytest.mark.parametrize(
    ("opens", "closes", "validity"),
    [
        (AT, AT + DAY, "current"),
        (AT - DAY, AT, "expired"),
        (AT + timedelta(seconds=1), AT + DAY, "not-yet"),
    ],
)
def test_a_pass_counts_from_its_first_instant_to_before_its_last(
    opens: Any, closes: Any, validity: str
):
    """Half-open, like every window."""
    presented = replace(GOOD, held=replace(HELD, window=Window(opens, closes)))

    assert fact("validity", presented) == validity


@pytest.mark.parametrize(
    ("proof", "seconds", "age_ms"),
    [
        (Proof.VALID, AT_MS // 1000 - 3, 3_000),
        (Proof.VALID, AT_MS // 1000 + 3, -3_000),
        (Proof.VALID, None, None),
        (Proof.BAD, AT_MS // 1000, None),
        (Proof.MISSING, None, None),
    ],
)
def test_a_proof_has_an_age_once_it_holds(proof: Proof, seconds: int | None, age_ms: int | None):
    """An unproved second means nothing."""
    presented = replace(GOOD, medium=Medium.PHONE, proof=proof, proof_seconds=seconds)

    assert fact("proof_age_ms", presented) == age_ms
    assert fact("proof", presented) == str(proof)


@pytest.mark.parametrize(
    ("index", "status"),
    [
        (0, "valid"),
        (1, "revoked"),
        (2, "suspended"),
        (3, "valid-without-template"),
        (4, "revoked"),
        (8, "unlisted"),
    ],
)
def test_the_status_is_looked_up(index: int, status: str):
    """An index never handed out reads revoked; beyond the list it is unlisted."""
    assert fact("status", holding(status_index=index)) == status


@pytest.mark.parametrize(
    ("expires", "state"), [(AT + DAY, "fresh"), (AT, "stale"), (AT - DAY / 2, "stale")]
)
def test_a_status_list_runs_out(expires: Any, state: str):
    """At its expiry, not after."""
    listed = StatusList(pack(STATUSES, 8), AT - DAY, expires, 60)

    assert fact("status_list", situation=known(status=listed)) == state


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": None}, Reason.STATUS_MISSING),
        ({"until_ms": None}, Reason.KNOWLEDGE_MISSING),
        ({"until_ms": AT_MS}, Reason.KNOWLEDGE_STALE),
        ({"table_hash": "0" * 64}, Reason.TABLE_DIFFERS),
        ({"plan": None}, Reason.OUTSIDE_OPENING),
        ({"plan": plan_day(default_calendar(), local_day(0, PARIS))}, Reason.OUTSIDE_OPENING),
    ],
    ids=["status", "knowledge", "stale", "table", "no plan", "another day's plan"],
)
def test_what_a_gate_lacks_is_referred(changes: dict[str, Any], reason: Reason):
    """In doubt the agent decides, for one reason."""
    decision = decide(gather(GOOD, known(**changes)))

    assert decision.outcome is Outcome.REFER
    assert decision.reasons == (reason,)


def test_the_same_table_is_as_expected():
    """Named or not named by the school."""
    assert fact("table_as_expected", situation=known(table_hash=TABLE_HASH)) is True
    assert fact("table_as_expected") is True


def test_a_gate_without_the_name_key_refers():
    """Who it is, and so their status, is unknown; hours for everybody still are known."""
    presented = replace(GOOD, held=replace(HELD, identity=None))

    decision = decide(gather(presented, HERE))
    assert decision.reasons == (Reason.IDENTITY_SEALED, Reason.STATUS_MISSING)
    assert fact("opening", presented) == "open"
    assert exit_answer(presented, LEAVING) is None


@pytest.mark.parametrize(
    ("memory", "reasons"),
    [
        (Memory(same_lane_ms=AT_MS - 300_000), (Reason.DOUBLE_USE,)),
        (Memory(same_lane_ms=AT_MS - 300_001), ()),
        (Memory(other_lane_ms=AT_MS - 60_000), (Reason.DOUBLE_USE,)),
        (Memory(other_lane_ms=AT_MS - 60_001), ()),
    ],
)
def test_a_holder_seen_just_now_is_double_use(memory: Memory, reasons: tuple[Reason, ...]):
    """Within five minutes here, within one elsewhere."""
    assert decide(gather(GOOD, replace(HERE, memory=memory))).reasons == reasons


@pytest.mark.parametrize(
    ("pairing", "last", "state"),
    [
        (False, Direction.ENTRY, "off"),
        (True, Direction.ENTRY, "mismatch"),
        (True, Direction.EXIT, "consistent"),
        (True, None, "consistent"),
    ],
)
def test_pairing_compares_directions_where_it_is_on(
    *, pairing: bool, last: Direction | None, state: str
):
    """Two entries in a row are a mismatch; the first of the day isn't."""
    lane = replace(HERE.lane, pairing=pairing)
    situation = replace(HERE, lane=lane, memory=Memory(last_direction=last))

    assert fact("pairing", situation=situation) == state


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"clock_trusted": False}, (Reason.TIME_UNTRUSTED,)),
        ({"journal_available": False}, (Reason.JOURNAL_UNAVAILABLE,)),
        ({"spot_check": True}, (Reason.IDENTITY_TO_CONFIRM,)),
        ({"face": Face.DOUBTFUL}, (Reason.IDENTITY_TO_CONFIRM,)),
        ({"face": Face.MATCH}, ()),
        ({"alarm": Alarm(Posture.SHELTER, drill=True, since_ms=0)}, (Reason.ALARM_SHELTER,)),
        ({"clock_uncertainty_ms": 10**9}, ()),
    ],
    ids=str,
)
def test_the_gates_own_state_is_passed_on(changes: dict[str, Any], reasons: tuple[Reason, ...]):
    """Clock, journal, spot check, face and alarm."""
    assert decide(gather(GOOD, replace(HERE, **changes))).reasons == reasons


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.PUPIL])
def test_others_than_pupils_leave_without_a_regime(kind: Kind):
    """Exit regimes are for pupils."""
    assert exit_answer(holding(kind=kind), LEAVING) is None
    assert decide(gather(holding(kind=kind), LEAVING)).outcome is Outcome.GRANT


def test_a_pupil_leaves_by_todays_plan_only():
    """Without a plan of the day the timetable is unknown."""
    situation = replace(LEAVING, known=replace(KNOWN, plan=None))

    assert decide(gather(GOOD, situation)).reasons == (Reason.TIMETABLE_UNKNOWN,)


def test_without_regimes_the_regime_is_unknown():
    """A code means nothing to a gate that was given no regimes."""
    situation = replace(LEAVING, known=replace(KNOWN, regimes=None))

    assert decide(gather(GOOD, situation)).reasons == (Reason.EXIT_REGIME_UNKNOWN,)


def test_todays_label_wins_over_the_sealed_one():
    """A pupil who changed class shows the new one without a new card."""
    assert label_of(GOOD, Rights(label="2B")) == "2B"
    assert label_of(GOOD, Rights()) == label_of(GOOD, None) == "2A"
    assert label_of(Presented(PassState.BAD_SEAL), None) is None
