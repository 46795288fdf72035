"""From a text to a decision: what is wrong becomes a reason, never an exception."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portique.core.decide import Outcome
from portique.core.facts import Memory, Presented
from portique.core.revocation import Status
from portique.core.rights import Rights
from portique.core.values import Kind, Medium, Uai
from portique.core.zones import default_site
from portique.gate.judge import NOBODYS_BADGE, Bench, Judged, judge, without_journal
from portique.testing.fakes import MONDAY_0800_MS as NOW
from portique.testing.lanes import PocketSchool, Told

BADGE = "04A2B93C7D1E80"


def judged(bench: Bench, text: str, *, at_ms: int = NOW, typed: bool = False) -> Any:
    presented = bench.present(text, typed=typed)
    return judge(presented, bench.situation(presented, at_ms, Memory()))


def bench_of(school: PocketSchool, lane: str = "entry-1", told: Told | None = None, **options):
    known = school.knowledge(told=told, **options)
    return Bench(school.uai, known.site.lane(lane), known)


def reasons(answer: Judged) -> list[str]:
    return [str(reason) for reason in answer.decision.reasons]


def test_a_genuine_pass_is_granted_with_its_holder(school):
    """Signed, listed, in hours: granted, and the holder is known to the agent's screen."""
    held = school.issue("Inès Aubry")
    answer = judged(bench_of(school), held.text)

    assert answer.granted
    assert (answer.identity.name, answer.label) == ("Inès Aubry", "Service")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not-a-pass"),
        ("https://example.org", "not-a-pass"),
        ("PQ1:", "unreadable-pass"),
        ("PQ2:%%%", "unreadable-pass"),
        ("\x00\ud800", "not-a-pass"),
    ],
)
def test_whatever_is_no_pass_is_refused(school, text, reason):
    """No text raises; nobody is behind it."""
    answer = judged(bench_of(school), text)

    assert (answer.decision.outcome, reasons(answer)[0]) == (Outcome.REFUSE, reason)
    assert answer.identity is None
    assert answer.label is None


def test_a_changed_signature_is_a_bad_seal(school):
    """One changed byte inside the claims, and the seal breaks."""
    held = school.issue()
    forger = PocketSchool(seed=1)
    forged = replace(held.signed, signature=forger.issue().signed.signature)

    assert reasons(judged(bench_of(school), replace(held, signed=forged).text)) == ["bad-seal"]


def test_a_pass_of_another_school_is_refused(school):
    """Whatever key signed it."""
    other = PocketSchool(seed=2, uai=Uai("0999002X"))

    assert reasons(judged(bench_of(school), other.issue().text)) == ["other-school"]


def test_a_key_the_gate_does_not_know_is_refused(school):
    """Same school by name, another key."""
    stranger = PocketSchool(seed=3).issue()

    assert reasons(judged(bench_of(school), stranger.text)) == ["unknown-key"]


def test_without_knowledge_nothing_is_genuine(school):
    """A gate that was told nothing can't accuse anybody: it refers, and says why."""
    bench = Bench(school.uai, default_site().lane("entry-1"), None)

    assert reasons(judged(bench, school.issue().text)) == ["knowledge-missing"]


def test_a_name_that_stays_sealed_is_referred(school):
    """A gate that isn't enrolled reads no name: somebody must look."""
    held = school.issue()
    answer = judged(bench_of(school, enrolled=False), held.text)

    assert answer.decision.outcome is Outcome.REFER
    assert "identity-sealed" in reasons(answer)
    assert answer.identity is None


# --- badges --------------------------------------------------------------------------------------


def badge_bench(school, held, **options):
    return bench_of(school, told=Told(badges={BADGE: held.text}), **options)


@pytest.mark.parametrize("typed", [BADGE, "04:a2:b9:3c:7d:1e:80\r"])
def test_a_badges_bare_number_is_of_low_assurance(school, typed):
    """What a reader types stands for the holder's pass, and an agent looks who it is."""
    held = school.issue("Inès Aubry")
    answer = judged(badge_bench(school, held), typed, typed=True)

    assert (reasons(answer), answer.presented.medium) == (["low-assurance"], Medium.BADGE)
    assert answer.identity.name == "Inès Aubry"


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.REVOKED])
def test_a_badge_suspended_or_revoked_is_refused_as_its_pass(school, status):
    """Whose it was is still shown."""
    held = school.issue()
    school.set_status(held, status)
    answer = judged(badge_bench(school, held), BADGE, typed=True)

    assert reasons(answer)[0] == status.name.lower()
    assert answer.identity is not None


def test_a_badge_nobody_enrolled_is_one_refusal_of_nobody(school):
    """The agent is told that it is a badge, and that it is nobody's."""
    answer = judged(badge_bench(school, school.issue()), "04FFFFFFFFFF80", typed=True)

    assert (reasons(answer), answer.presented.medium) == (["not-a-pass"], Medium.BADGE)
    assert (answer.identity, answer.note) == (None, NOBODYS_BADGE)


def test_knowledge_from_before_badges_still_works(school):
    """No number is known; passes are read as ever."""
    bench = bench_of(school)

    assert reasons(judged(bench, BADGE, typed=True)) == ["not-a-pass"]
    assert judged(bench_of(school), school.issue().text, typed=True) is not None


def test_a_number_in_front_of_the_camera_is_no_badge(school):
    """Anybody can print a number; only a reader's line is looked up."""
    assert reasons(judged(badge_bench(school, school.issue()), BADGE)) == ["not-a-pass"]


def test_a_badges_pass_printed_on_paper_is_worth_no_more(school):
    """Who opened a stolen gate could print it: it is referred, as the badge is."""
    held = school.issue()

    assert reasons(judged(badge_bench(school, held), held.text)) == ["low-assurance"]


def test_a_gate_without_keys_accuses_no_badge(school):
    """It can't tell one number from another: it refers, and says that it knows nothing."""
    untold = Bench(school.uai, default_site().lane("entry-1"), None)
    unenrolled = badge_bench(school, school.issue(), enrolled=False)

    for bench in (untold, unenrolled):
        answer = judged(bench, BADGE, typed=True)
        assert answer.decision.outcome is Outcome.REFER
        assert "knowledge-missing" in reasons(answer)


def test_a_badge_of_a_key_the_gate_lost_is_no_stranger_s_pass(school):
    """Its pass can't be verified any more: said as a badge's, refused."""
    forger = PocketSchool(seed=4)
    answer = judged(badge_bench(school, forger.issue()), BADGE, typed=True)

    assert (reasons(answer), answer.presented.medium) == (["unknown-key"], Medium.BADGE)


def test_todays_rights_win_over_the_sealed_label(school):
    """A pupil who changed class is shown in the class of today."""
    held = school.issue(kind=Kind.PUPIL)
    told = Told(rights={held.holder: Rights(label="1re 2")})

    assert judged(bench_of(school, told=told), held.text).label == "1re 2"


def test_another_table_than_the_schools_refers(school):
    """A gate of another version doubts itself."""
    held = school.issue()

    assert reasons(judged(bench_of(school, told=Told(table="0" * 64)), held.text)) == [
        "table-differs"
    ]


def test_knowledge_that_ran_out_refers(school):
    """After its expiry the agent confirms; nobody is refused for the school's silence."""
    held = school.issue()
    bench = bench_of(school, days=1)
    later = NOW + int(timedelta(days=1).total_seconds() * 1000)
    answer = judged(bench, held.text, at_ms=later)

    assert answer.decision.outcome is Outcome.REFER
    assert {"knowledge-stale", "status-stale"} <= set(reasons(answer))


@pytest.mark.parametrize(
    ("lane", "outcome"), [("entry-1", Outcome.REFER), ("exit-1", Outcome.GRANT)]
)
def test_without_a_journal_entry_refers_and_exit_is_free(school, lane, outcome):
    """The same showing again, with nowhere to write."""
    held = school.issue()
    bench = bench_of(school, lane)
    presented = bench.present(held.text)
    situation = bench.situation(presented, NOW, Memory())

    answer = judge(presented, without_journal(situation))

    assert (answer.decision.outcome, reasons(answer)) == (outcome, ["journal-unavailable"])


def test_a_pupil_at_the_exit_is_explained_in_words(school):
    """The agent reads why, not a code."""
    held = school.issue(kind=Kind.PUPIL)
    answer = judged(bench_of(school, "exit-1"), held.text)

    assert answer.note.fr
    assert answer.note.en


def test_a_pupil_is_not_explained_where_nothing_is_known(school):
    """Without a plan of the day there is nothing to say."""
    held = school.issue(kind=Kind.PUPIL)
    bench = bench_of(school, "exit-1")
    presented = bench.present(held.text)
    blind = Bench(school.uai, bench.lane, None)

    answer = judge(presented, blind.situation(presented, NOW, Memory()))

    assert isinstance(presented, Presented)
    assert answer.note is None
