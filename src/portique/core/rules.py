"""The decision table, as data: what a gate may know, and when each reason objects.

Nothing here runs. `decide` interprets the table in Python and the handheld's
JavaScript interprets the same one, so it holds only texts, whole numbers,
truths and tuples. `docs/decision.md` is printed from it.

Three habits keep it safe.

* *Doubt objects.* A fact that is missing makes every comparison false, so a
  rule states what is right and negates it: `not (validity is current or …)`.
* *No objection hides another.* A rule may presuppose only facts whose contrary
  is itself refused (a genuine pass, a valid proof), or the direction and the
  posture, which are no objections: adding an objection never softens. (One
  exception: a gate without any key judges no pass, and accuses nobody.)
* *Nobody is trapped.* While people flee (evacuation or intrusion, on the way
  out), no rule about hours, regimes or passages speaks. What still objects is
  the pass itself, and the doubts about time and status without which no grant
  is ever said; a door on an exit is free all the same, and the holder's screen
  shows the way out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

Expression = Sequence[Any]
"""A condition: `(operator, operand, …)`. See `OPERATORS`."""

Row = Mapping[str, Any]
"""`{"code", "outcome", "alert", "when"}`: one way for one reason to object."""

OPERATORS = {
    "and": "every operand holds",
    "or": "at least one operand holds",
    "not": "the operand does not hold",
    "is": "the fact is known and equals the value",
    "in": "the fact is known and equals one of the values",
    "known": "the fact is known",
    "over": "the fact is known and greater than the number (plus slack)",
    "under": "the fact is known and less than the number (minus slack)",
    "upto": "the fact is known and at most the number (plus slack)",
}
"""Slack is two more operands, a fact and its cap: that fact, from 0 to the cap, 0 if unknown."""

GRANT, REFER, REFUSE = 0, 1, 2

PHONE_OLD_MS = 30_000  # a phone redraws every 15 s: two redraws
PHONE_AHEAD_MS = 5_000
CLOCK_SLACK_MS = 30_000  # the gate's own uncertainty widens a phone's window by no more
SAME_LANE_MS = 5 * 60_000
OTHER_LANE_MS = 60_000  # nobody walks from one lane to another faster with a reason
LATE_MS = 5 * 60_000


def _one_of(*values: str, null: bool = False) -> dict[str, Any]:
    return {"type": "text", "in": values, "null": null}


_TRUTH = {"type": "truth", "null": False}
_TRUTH_OR_NULL = {"type": "truth", "null": True}
_WHOLE = {"type": "whole", "null": False}
_WHOLE_OR_NULL = {"type": "whole", "null": True}

FACTS: Mapping[str, Mapping[str, Any]] = {
    "at_ms": _WHOLE,
    "direction": _one_of("entry", "exit"),
    "posture": _one_of("normal", "evacuation", "intrusion", "shelter"),
    "pass_state": _one_of(
        "genuine", "not-a-pass", "unreadable", "bad-seal", "unknown-key", "no-keys", "other-school"
    ),
    "medium": _one_of("paper", "phone", "badge", null=True),
    "assurance": _one_of("full", "low", null=True),
    "kind": _one_of(
        "pupil", "staff", "guardian", "trainee", "candidate", "resident", "visitor", null=True
    ),
    "validity": _one_of("current", "not-yet", "expired", null=True),
    "proof": _one_of("not-needed", "valid", "missing", "bad", null=True),
    "proof_age_ms": _WHOLE_OR_NULL,
    "proof_used": _TRUTH,
    "clock_trusted": _TRUTH,
    "clock_uncertainty_ms": _WHOLE,
    "status": _one_of(
        "valid", "revoked", "suspended", "valid-without-template", "unlisted", null=True
    ),
    "status_list": _one_of("fresh", "stale", "missing"),
    "knowledge": _one_of("fresh", "stale", "missing"),
    "table_as_expected": _TRUTH,
    "journal_available": _TRUTH,
    "same_lane_ms": _WHOLE_OR_NULL,
    "other_lane_ms": _WHOLE_OR_NULL,
    "pairing": _one_of("off", "consistent", "mismatch", null=True),
    "opening": _one_of("open", "closed", "not-covered", null=True),
    "visit_in_hours": _TRUTH_OR_NULL,
    "visit_here": _TRUTH_OR_NULL,
    "lesson_begun_ms": _WHOLE_OR_NULL,
    "exit_verdict": _one_of(
        "permitted", "not-permitted", "regime-unknown", "timetable-unknown", "not-applicable",
        null=True,
    ),
    "permission_used": _TRUTH,
    "spot_check": _TRUTH,
    "face": _one_of("not-compared", "match", "doubtful"),
}  # fmt: skip
"""Every fact a decision may depend on. `null`: may be unknown; a null makes comparisons false."""

# --- the words conditions are made of ------------------------------------------------------------

ENTRY: Expression = ("is", "direction", "entry")
EXIT: Expression = ("is", "direction", "exit")
GENUINE: Expression = ("is", "pass_state", "genuine")
FLEEING: Expression = ("and", EXIT, ("in", "posture", ("evacuation", "intrusion")))
PUPIL: Expression = ("is", "kind", "pupil")
VISITOR: Expression = ("is", "kind", "visitor")
PHONE: Expression = ("is", "medium", "phone")
# Of a phone it says nothing about its holder: it may be lost, or the school may have none. The card
# counts.
SUSPENDED: Expression = ("is", "status", "suspended")
# Everybody else may be a minor, and a kind that couldn't be unsealed may be a child: never refused
# for a date.
ADULT: Expression = ("in", "kind", ("visitor", "staff", "guardian"))
EXPIRED: Expression = ("is", "validity", "expired")
CLOSED: Expression = ("is", "opening", "closed")
DATES_UNKNOWN: Expression = ("not", ("known", "validity"))
NOT_YET: Expression = ("is", "validity", "not-yet")


def _row(code: str, outcome: int, when: Expression, *, alert: bool = False) -> Row:
    return {"code": code, "outcome": outcome, "alert": alert, "when": when}


def _of_pass(*conditions: Expression) -> Expression:
    """Concern the pass itself: objects in every posture, once the signature holds."""
    return ("and", GENUINE, *conditions)


def _of_order(*conditions: Expression) -> Expression:
    """Concern rights and passages: silent towards people who flee."""
    return ("and", GENUINE, ("not", FLEEING), *conditions)


ROWS: tuple[Row, ...] = (
    # The school's posture
    _row("alarm-intrusion", REFUSE, ("and", ENTRY, ("is", "posture", "intrusion"))),
    _row("alarm-evacuation", REFER, ("and", ENTRY, ("is", "posture", "evacuation"))),
    _row("alarm-shelter", REFER, ("and", ENTRY, ("is", "posture", "shelter"))),
    # The code
    _row("not-a-pass", REFUSE, ("is", "pass_state", "not-a-pass")),
    _row("unreadable-pass", REFUSE, ("is", "pass_state", "unreadable")),
    _row("bad-seal", REFUSE, ("is", "pass_state", "bad-seal")),
    _row("unknown-key", REFUSE, ("is", "pass_state", "unknown-key")),
    _row("other-school", REFUSE, ("is", "pass_state", "other-school")),
    # The phone's proof
    _row(
        "phone-proof-missing",
        REFUSE,
        _of_pass(
            (
                "or",
                ("not", ("in", "proof", ("not-needed", "valid", "bad"))),
                ("and", PHONE, ("not", ("in", "proof", ("valid", "bad")))),
            )
        ),
    ),
    _row("phone-proof-bad", REFUSE, _of_pass(("is", "proof", "bad"))),
    _row(
        "phone-code-old",
        REFUSE,
        _of_pass(
            ("is", "proof", "valid"),
            (
                "not",
                ("upto", "proof_age_ms", PHONE_OLD_MS, "clock_uncertainty_ms", CLOCK_SLACK_MS),
            ),
        ),
    ),
    _row(
        "phone-code-ahead",
        REFUSE,
        _of_pass(
            ("is", "proof", "valid"),
            ("under", "proof_age_ms", -PHONE_AHEAD_MS, "clock_uncertainty_ms", CLOCK_SLACK_MS),
        ),
    ),
    _row("replayed", REFUSE, _of_pass(("is", "proof", "valid"), ("is", "proof_used", True))),
    # Status and validity
    _row("revoked", REFUSE, _of_pass(("is", "status", "revoked"))),
    _row("suspended", REFUSE, _of_pass(SUSPENDED, ("not", PHONE))),
    _row("phone-suspended", REFUSE, _of_pass(SUSPENDED, PHONE)),
    _row("status-unlisted", REFUSE, _of_pass(("is", "status", "unlisted")), alert=True),
    _row("expired", REFUSE, _of_pass(ADULT, EXPIRED)),
    _row("expired", REFER, _of_pass(("or", DATES_UNKNOWN, ("and", ("not", ADULT), EXPIRED)))),
    _row("not-yet-valid", REFUSE, _of_pass(ADULT, NOT_YET)),
    _row("not-yet-valid", REFER, _of_pass(("not", ADULT), NOT_YET)),
    # Where and when
    _row("outside-opening", REFUSE, _of_pass(ENTRY, VISITOR, CLOSED)),
    _row(
        "outside-opening",
        REFER,
        _of_pass(ENTRY, ("or", ("not", ("known", "opening")), ("and", ("not", VISITOR), CLOSED))),
    ),
    _row("zone-not-covered", REFER, _of_pass(ENTRY, ("is", "opening", "not-covered"))),
    _row("visit-destination", REFER, _of_pass(ENTRY, VISITOR, ("not", ("is", "visit_here", True)))),
    _row("visit-hours", REFER, _of_pass(ENTRY, VISITOR, ("not", ("is", "visit_in_hours", True)))),
    # Leaving: the lamp and the agent only; nothing ever locks
    _row(
        "exit-not-permitted",
        REFUSE,
        _of_order(EXIT, ("is", "exit_verdict", "not-permitted")),
        alert=True,
    ),
    _row(
        "exit-regime-unknown",
        REFER,
        _of_order(
            EXIT,
            PUPIL,
            ("not", ("in", "exit_verdict", ("permitted", "not-permitted", "timetable-unknown"))),
        ),
    ),
    _row("timetable-unknown", REFER, _of_order(EXIT, ("is", "exit_verdict", "timetable-unknown"))),
    # Who holds it
    _row("identity-sealed", REFER, _of_order(("not", ("known", "kind")))),
    _row(
        "identity-to-confirm",
        REFER,
        _of_order(("or", ("is", "spot_check", True), ("is", "face", "doubtful"))),
    ),
    _row("low-assurance", REFER, _of_order(("not", ("is", "assurance", "full")))),
    _row(
        "double-use",
        REFER,
        _of_order(
            ("or", ("upto", "same_lane_ms", SAME_LANE_MS), ("upto", "other_lane_ms", OTHER_LANE_MS))
        ),
    ),
    _row("in-out-mismatch", REFER, _of_order(("not", ("in", "pairing", ("off", "consistent"))))),
    # What the gate itself doubts
    _row("time-untrusted", REFER, ("not", ("is", "clock_trusted", True))),
    _row(
        "status-missing",
        REFER,
        _of_pass(
            (
                "or",
                ("not", ("in", "status_list", ("fresh", "stale"))),
                ("not", ("known", "status")),
            )
        ),
    ),
    _row("status-stale", REFER, _of_pass(("is", "status_list", "stale"))),
    _row(
        "knowledge-missing",
        REFER,
        (
            "or",
            ("is", "pass_state", "no-keys"),
            ("and", ("not", FLEEING), ("not", ("in", "knowledge", ("fresh", "stale")))),
        ),
    ),
    _row("knowledge-stale", REFER, ("and", ("not", FLEEING), ("is", "knowledge", "stale"))),
    _row(
        "table-differs",
        REFER,
        ("and", ("not", FLEEING), ("not", ("is", "table_as_expected", True))),
    ),
    _row("journal-unavailable", REFER, ("and", ENTRY, ("not", ("is", "journal_available", True)))),
    # Notes: they inform the agent and never soften anything
    _row("journal-unavailable", GRANT, ("and", EXIT, ("not", ("is", "journal_available", True)))),
    _row("alarm-intrusion", GRANT, ("and", EXIT, ("is", "posture", "intrusion"))),
    _row("alarm-evacuation", GRANT, ("and", EXIT, ("is", "posture", "evacuation"))),
    _row("alarm-shelter", GRANT, ("and", EXIT, ("is", "posture", "shelter"))),
    _row("late", GRANT, _of_pass(ENTRY, PUPIL, ("over", "lesson_begun_ms", LATE_MS))),
    _row("exit-note", GRANT, _of_order(EXIT, ("is", "permission_used", True))),
)

TABLE: Mapping[str, Any] = {"format": 1, "facts": FACTS, "rows": ROWS}


def to_json() -> str:
    """Write the table as canonical JSON: keys sorted, no spaces, ASCII only."""
    return json.dumps(TABLE, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


TABLE_HASH = hashlib.sha256(to_json().encode("ascii")).hexdigest()
"""The table's name, 64 hexadecimal digits: two gates with one hash decide alike."""
