"""What the decision promises, for every combination of facts."""

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portique.core import rules
from portique.core.decide import Facts, Outcome, Reason, decide
from portique.core.rules import FACTS, ROWS, TABLE_HASH

VECTORS = Path(__file__).parent.parent / "vectors" / "decision"
DOCUMENT = json.loads((VECTORS / "facts.json").read_text(encoding="utf-8"))
GOOD = {name: Facts(**facts) for name, facts in DOCUMENT["good"].items()}
ROW_IDS = [
    f"{i}-{row['outcome']}-{'-'.join(row['reasons'])}" for i, row in enumerate(DOCUMENT["rows"])
]
NEVER_REFUSED_ENTRY_FOR: dict[str, list[Any]] = {
    "validity": ["current", "not-yet", "expired", None],
    "opening": ["open", "closed", "not-covered", None],
    "lesson_begun_ms": [None, 0, 300_001, 10**9],
    "exit_verdict": [*FACTS["exit_verdict"]["in"], None],
    "visit_in_hours": [True, False, None],
}
# Where setting a fact right means something else on another medium or on the way out.
RIGHT = DOCUMENT["good"]["entry"] | {
    "proof": "valid",
    "proof_age_ms": 0,
    "exit_verdict": "permitted",
}
DECISION_FIELDS = {"outcome", "reasons", "table_hash", "objections"}
CIRCUMSTANCES = {"at_ms", "direction", "posture", "kind", "medium", "clock_uncertainty_ms"}


def values_of(domain: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Draw one fact, edges of the thresholds included."""
    edges = [0, 1, -1, -5_000, -5_001, 30_000, 30_001, 60_000, 60_001, 300_000, 300_001]
    kinds = {
        "truth": st.booleans(),
        "whole": st.sampled_from(edges) | st.integers(-(2**53) + 1, 2**53 - 1),
        "text": st.sampled_from(list(domain.get("in", ["-"]))),
    }
    drawn = kinds[domain["type"]]
    return st.none() | drawn if domain["null"] else drawn


def facts_like(**fixed: Any) -> st.SearchStrategy[Facts]:
    """Draw any facts at all, but for those that are fixed."""
    drawn = {n: st.just(fixed[n]) if n in fixed else values_of(d) for n, d in FACTS.items()}
    return st.fixed_dictionaries(drawn).map(lambda values: Facts(**values))


def nearly_good() -> st.SearchStrategy[Facts]:
    """Draw a good showing with up to four facts changed, so that few objections meet."""
    change = st.sampled_from(sorted(FACTS)).flatmap(
        lambda name: st.tuples(st.just(name), values_of(FACTS[name]))
    )
    changes = st.lists(change, max_size=4).map(dict)
    good = st.sampled_from(list(GOOD.values()))
    return st.tuples(good, changes).map(lambda drawn: replace(drawn[0], **drawn[1]))


ANY_FACTS = facts_like() | nearly_good()


def spoiled(row: dict[str, Any]) -> Facts:
    """Change a few facts of a good showing."""
    return replace(GOOD[row["from"]], **row["facts"])


@pytest.mark.parametrize("row", DOCUMENT["rows"], ids=ROW_IDS)
def test_spoiled_facts_decide_as_written(row: dict[str, Any]):
    """Each vector gives exactly its outcome and its reasons, in order."""
    decision = decide(spoiled(row))

    assert decision.outcome is Outcome[row["outcome"].upper()]
    assert list(decision.reasons) == row["reasons"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['code']}-{row['outcome']}")
def test_every_row_is_reached_alone(row: dict[str, Any]):
    """No reason, at any strictness, hides behind another."""
    alone = [
        vector
        for vector in DOCUMENT["rows"]
        if vector["reasons"] == [row["code"]]
        and Outcome[vector["outcome"].upper()] == row["outcome"]
    ]

    assert alone


@given(ANY_FACTS)
def test_decide_is_total_and_deterministic(facts: Facts):
    """Any facts decide, always alike, by the table that is named."""
    decision = decide(facts)

    assert decision == decide(Facts.from_json(facts.to_json()))
    assert decision.table_hash == TABLE_HASH


def interpreted(condition: Any, values: Mapping[str, Any]) -> bool:
    """Evaluate the table's JSON by a second reading of its operators' definitions."""
    operator, *operands = condition
    if operator in {"and", "or", "not"}:
        held = [interpreted(operand, values) for operand in operands]
        return {"and": all(held), "or": any(held), "not": not held or not held[0]}[operator]
    value = values[operands[0]]
    if value is None or operator == "known":
        return value is not None
    if operator in {"is", "in"}:
        return bool(value in (operands[1] if operator == "in" else operands[1:]))
    _, limit, *slack = operands
    spare = min(max(values[slack[0]] or 0, 0), slack[1]) if slack else 0
    bounds = {"over": value > limit + spare, "under": value < limit - spare}
    return bool(bounds.get(operator, value <= limit + spare))


@given(ANY_FACTS)
def test_two_interpreters_agree(facts: Facts):
    """The table's own JSON, read by another interpreter, objects to the same facts."""
    values = json.loads(facts.to_json())
    rows = json.loads(rules.to_json())["rows"]

    objecting = [row["code"] for row in rows if interpreted(row["when"], values)]
    assert sorted(objecting) == sorted(decide(facts).reasons)


@given(ANY_FACTS)
def test_the_strictest_objection_is_the_outcome(facts: Facts):
    """The outcome is the maximum over the objections; none grants."""
    decision = decide(facts)

    outcomes = [objection.outcome for objection in decision.objections]
    assert decision.outcome == max(outcomes, default=Outcome.GRANT)
    assert outcomes == sorted(outcomes, reverse=True)
    assert decision.reasons == tuple(objection.reason for objection in decision.objections)


@given(ANY_FACTS)
def test_no_reason_is_given_twice(facts: Facts):
    """Rows of one reason exclude each other."""
    reasons = decide(facts).reasons

    assert len(reasons) == len(set(reasons))


@given(ANY_FACTS, st.sampled_from(sorted(set(FACTS) - CIRCUMSTANCES)))
def test_adding_an_objection_never_softens(facts: Facts, name: str):
    """Setting one fact right never makes the outcome stricter: the wrong one only added.

    A gate without any key has judged no pass: giving it keys takes no objection away, it lets the
    gate see for the first time. What it says until then is shown to be no grant, below.
    """
    assume(name != "pass_state" or facts.pass_state != "no-keys")
    right: Any = RIGHT[name]
    if name == "proof" and facts.medium != "phone":
        right = "not-needed"

    assert decide(replace(facts, **{name: right})).outcome <= decide(facts).outcome


@given(facts_like(pass_state="no-keys"))
def test_a_gate_without_keys_grants_nothing_in_any_posture(facts: Facts):
    """Nothing was judged: an agent looks, whoever it is and whatever the school is doing."""
    decision = decide(facts)

    assert decision.outcome is not Outcome.GRANT
    assert Reason.KNOWLEDGE_MISSING in decision.reasons


@given(ANY_FACTS)
def test_no_grant_without_valid_signature_time_and_status(facts: Facts):
    """A grant means: genuine, proved, within its dates by a trusted clock, and not cancelled."""
    if decide(facts).outcome is not Outcome.GRANT:
        return

    assert (facts.pass_state, facts.validity, facts.status_list) == ("genuine", "current", "fresh")
    assert facts.status in {"valid", "valid-without-template"}
    assert facts.clock_trusted
    assert facts.proof == "valid" or (facts.proof == "not-needed" and facts.medium != "phone")


@given(facts_like(proof="valid", pass_state="genuine") | nearly_good())
def test_no_grant_on_a_used_or_untimely_phone_code(facts: Facts):
    """A granted proof is fresh by the clock's word, and new."""
    if decide(facts).outcome is not Outcome.GRANT or facts.proof != "valid":
        return

    assert not facts.proof_used
    assert facts.proof_age_ms is not None
    assert -35_000 <= facts.proof_age_ms <= 60_000


@given(
    st.sampled_from(["pupil", None]).flatmap(
        lambda kind: st.fixed_dictionaries(
            {
                "kind": st.just(kind),
                **{
                    name: st.sampled_from(values)
                    for name, values in NEVER_REFUSED_ENTRY_FOR.items()
                },
            }
        )
    )
)
def test_a_genuine_pupil_is_never_refused_entry_for_time(changes: dict[str, Any]):
    """Lateness, hours, lessons and dates refer a pupil at most: no child stays in the street."""
    assert decide(replace(GOOD["entry"], **changes)).outcome is not Outcome.REFUSE


@given(facts_like(direction="entry", kind="pupil", pass_state="genuine"))
def test_time_adds_no_refusal_to_a_pupils_entry(facts: Facts):
    """Whatever else is wrong, dates and hours don't make it a refusal."""
    timely: dict[str, Any] = {"validity": "current", "opening": "open", "lesson_begun_ms": None}

    refused = decide(facts).outcome is Outcome.REFUSE
    assert refused == (decide(replace(facts, **timely)).outcome is Outcome.REFUSE)


@given(facts_like(direction="exit"))
def test_no_exit_outcome_locks(facts: Facts):
    """A decision on the way out is an outcome and reasons: it has no lock to give."""
    decision = decide(facts)

    assert {field.name for field in fields(decision)} == DECISION_FIELDS
    assert not any("lock" in text for text in (decision.outcome.name.lower(), *decision.reasons))


@given(
    facts_like(direction="exit", pass_state="genuine"), st.sampled_from(["evacuation", "intrusion"])
)
def test_nobody_who_flees_is_stopped_by_order(facts: Facts, posture: str):
    """On the way out of danger only the pass itself and the clock still object."""
    about_the_pass = {
        *("phone-proof-missing", "phone-proof-bad", "phone-code-old", "phone-code-ahead"),
        *("replayed", "revoked", "suspended", "phone-suspended", "status-unlisted"),
        *("expired", "not-yet-valid", "status-missing", "status-stale", "time-untrusted"),
    }

    objections = decide(replace(facts, posture=posture)).objections
    strict = {o.reason for o in objections if o.outcome is not Outcome.GRANT}
    assert strict <= about_the_pass


def test_a_bare_badge_number_never_grants():
    """T3: whoever copies a badge's number meets the agent."""
    outcomes = [
        decide(replace(good, medium="badge", assurance="low")).outcome for good in GOOD.values()
    ]

    assert outcomes == [Outcome.REFER, Outcome.REFER]


def test_a_stolen_issuing_key_and_a_refused_exit_raise_an_alert():
    """A number never given out, and a child leaving against the rules, are told at once."""
    unlisted = replace(GOOD["entry"], status="unlisted")
    leaving = replace(GOOD["exit"], exit_verdict="not-permitted")

    assert decide(unlisted).alert
    assert decide(leaving).alert
    assert not decide(GOOD["entry"]).alert


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "pirate"),
        ("kind", 1),
        ("direction", None),
        ("proof_used", 1),
        ("at_ms", True),
        ("at_ms", 2**53),
        ("at_ms", 1.0),
        ("same_lane_ms", "3"),
    ],
)
def test_a_wrong_fact_is_named(name: str, value: object):
    """A fact of the wrong type or value is refused by name."""
    wrong: dict[str, Any] = {name: value}

    with pytest.raises(ValueError, match=f"fact {name} "):
        replace(GOOD["entry"], **wrong)


def test_facts_survive_json():
    """Facts written and read back are the same."""
    for facts in GOOD.values():
        assert Facts.from_json(facts.to_json()) == facts


def test_an_unknown_key_is_named():
    """Facts with a key nobody knows are refused by its name."""
    data = json.loads(GOOD["entry"].to_json()) | {"nmae": 1}

    with pytest.raises(ValueError, match="unknown fact: nmae"):
        Facts.from_json(json.dumps(data))


def test_a_missing_key_is_named():
    """Facts that lack a key are refused by its name."""
    data = json.loads(GOOD["entry"].to_json())
    del data["status"]

    with pytest.raises(ValueError, match="missing fact: status"):
        Facts.from_json(json.dumps(data))


@pytest.mark.parametrize(
    "text", ["[]", "3", "null", '"facts"', "{", "", "[" * 100_000], ids=lambda text: text[:5]
)
def test_facts_are_one_json_object(text: str):
    """Anything else is refused as a ValueError."""
    with pytest.raises(ValueError, match=r"."):
        Facts.from_json(text)


def test_every_reason_has_a_stable_code():
    """Codes are what journals keep: short, lowercase, hyphenated."""
    assert all(reason == reason.name.lower().replace("_", "-") for reason in Reason)
