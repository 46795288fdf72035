"""Weigh the facts of one showing against the table of rules.

    Facts ──▶ every row of `rules.ROWS` ──▶ the objections ──▶ the strictest outcome

All rows run, so that the agent sees every objection and not just the first.
No objection, and only that, grants.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, Self

from portique.core.rules import FACTS, ROWS, TABLE_HASH, Expression

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Value = str | int | bool | None
    Values = Mapping[str, Value]
    Condition = Callable[[Values], bool]

WHOLE_MAX = 2**53 - 1  # beyond, JavaScript's numbers are not exact


class Outcome(IntEnum):
    """What the gate does. Ordered by severity, so that `max` is the strictest."""

    GRANT = 0
    REFER = 1  # an agent rules
    REFUSE = 2


class Reason(StrEnum):
    """Why. The value is stable: journalled, translated, counted. Never reuse one."""

    ALARM_INTRUSION = "alarm-intrusion"
    ALARM_EVACUATION = "alarm-evacuation"
    ALARM_SHELTER = "alarm-shelter"
    NOT_A_PASS = "not-a-pass"  # noqa: S105 - a reason, not a password
    UNREADABLE_PASS = "unreadable-pass"  # noqa: S105
    BAD_SEAL = "bad-seal"
    UNKNOWN_KEY = "unknown-key"
    OTHER_SCHOOL = "other-school"
    PHONE_PROOF_MISSING = "phone-proof-missing"
    PHONE_PROOF_BAD = "phone-proof-bad"
    PHONE_CODE_OLD = "phone-code-old"
    PHONE_CODE_AHEAD = "phone-code-ahead"
    REPLAYED = "replayed"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    PHONE_SUSPENDED = "phone-suspended"
    STATUS_UNLISTED = "status-unlisted"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    OUTSIDE_OPENING = "outside-opening"
    ZONE_NOT_COVERED = "zone-not-covered"
    VISIT_DESTINATION = "visit-destination"
    VISIT_HOURS = "visit-hours"
    EXIT_NOT_PERMITTED = "exit-not-permitted"
    EXIT_REGIME_UNKNOWN = "exit-regime-unknown"
    TIMETABLE_UNKNOWN = "timetable-unknown"
    IDENTITY_SEALED = "identity-sealed"
    IDENTITY_TO_CONFIRM = "identity-to-confirm"
    LOW_ASSURANCE = "low-assurance"
    DOUBLE_USE = "double-use"
    IN_OUT_MISMATCH = "in-out-mismatch"
    TIME_UNTRUSTED = "time-untrusted"
    STATUS_MISSING = "status-missing"
    STATUS_STALE = "status-stale"
    KNOWLEDGE_MISSING = "knowledge-missing"
    KNOWLEDGE_STALE = "knowledge-stale"
    TABLE_DIFFERS = "table-differs"
    JOURNAL_UNAVAILABLE = "journal-unavailable"
    LATE = "late"
    EXIT_NOTE = "exit-note"


@dataclass(frozen=True, slots=True)
class Facts:
    """All a decision may depend on, checked at birth: texts, whole numbers and truths.

    Holds no name and no number of a person or pass. `rules.FACTS` gives each
    fact's type and values. Times are milliseconds; `…_ms` ages are None when
    there is nothing to measure from, and negative when it lies ahead.

    Raises:
        ValueError: A fact has the wrong type or an unknown value; names the fact.
    """

    at_ms: int
    direction: str
    posture: str
    pass_state: str
    medium: str | None
    assurance: str | None  # low: whoever copies the medium's number is taken for its holder
    kind: str | None  # None: this gate could not unseal it
    validity: str | None
    proof: str | None
    proof_age_ms: int | None
    proof_used: bool
    clock_trusted: bool
    clock_uncertainty_ms: int
    status: str | None
    status_list: str
    knowledge: str
    table_as_expected: bool
    journal_available: bool
    same_lane_ms: int | None  # since this holder was last granted here; None: not remembered
    other_lane_ms: int | None
    pairing: str | None
    opening: str | None
    visit_in_hours: bool | None
    visit_here: bool | None
    lesson_begun_ms: int | None  # since the lesson going on began; None: no lesson, or not known
    exit_verdict: str | None
    permission_used: bool
    spot_check: bool
    face: str

    def __post_init__(self) -> None:
        """Refuse a fact the table would not understand."""
        for name, domain in FACTS.items():
            _check(name, getattr(self, name), domain)

    def to_json(self) -> str:
        """Write the facts as one JSON object, keys sorted."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read facts back.

        Raises:
            ValueError: Not a JSON object, a key is unknown or missing, or a
                value is wrong; names the key.
        """
        try:
            data = json.loads(text)
        except RecursionError as error:
            raise ValueError("facts are nested too deep") from error
        if not isinstance(data, dict):
            raise ValueError("facts are one JSON object")  # noqa: TRY004 - one type for callers
        names = {field.name for field in fields(cls)}
        for name in sorted(names ^ data.keys()):
            raise ValueError(f"{'missing' if name in names else 'unknown'} fact: {name}")
        return cls(**data)


def _check(name: str, value: object, domain: Mapping[str, Any]) -> None:
    if value is None and domain["null"]:
        return
    match domain["type"]:
        case "truth":
            good = isinstance(value, bool)
        case "whole":
            good = type(value) is int and -WHOLE_MAX <= value <= WHOLE_MAX
        case _:
            good = isinstance(value, str) and value in domain["in"]
    if not good:
        raise ValueError(f"fact {name} cannot be {value!r:.40}")


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason and how strict it is this time; GRANT: a note."""

    reason: Reason
    outcome: Outcome
    alert: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate does and why.

    `reasons` come strictest first, then in the table's order; with GRANT they
    are notes. `table_hash` names the table that was applied.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    table_hash: str
    objections: tuple[Objection, ...] = ()

    @property
    def alert(self) -> bool:
        """Say whether every paired screen must be told at once."""
        return any(objection.alert for objection in self.objections)


def decide(facts: Facts) -> Decision:
    """Weigh every rule against the facts; the strictest objection sets the outcome."""
    values: Values = {name: getattr(facts, name) for name in FACTS}
    found = [objection for objects, objection in _TABLE if objects(values)]
    found.sort(key=lambda objection: -objection.outcome)  # stable: the table's order within
    strictest = found[0].outcome if found else Outcome.GRANT
    return Decision(strictest, tuple(o.reason for o in found), TABLE_HASH, tuple(found))


def compiled(condition: Expression) -> Condition:
    """Turn one condition of the table into a function, once, so that weighing is quick.

    Total: a fact that is None makes every comparison false.

    Raises:
        AssertionError: An operator that the language doesn't have.
    """
    operator, *operands = condition
    match operator:
        case "and" | "or":
            parts, stop = [compiled(operand) for operand in operands], operator == "or"
            return lambda values: _until(stop, parts, values)
        case "not":
            part = compiled(operands[0])
            return lambda values: not part(values)
        case "known":
            fact = operands[0]
            return lambda values: values[fact] is not None
        case "is" | "in":
            fact, accepted = operands
            among = frozenset(accepted if operator == "in" else (accepted,))
            return lambda values: values[fact] in among  # None is never a value to accept
        case "over" | "under" | "upto":
            return _bound(operator, *operands)
    raise AssertionError(f"no operator {operator}")


def _until(stop: bool, parts: list[Condition], values: Values) -> bool:  # noqa: FBT001 - a hot path
    """Evaluate until one part is `stop`: "or" stops at true, "and" at false."""
    for part in parts:
        if part(values) is stop:
            return stop
    return not stop


def _bound(
    operator: str, fact: str, limit: int, widener: str | None = None, cap: int = 0
) -> Condition:
    """Compare with a limit that another fact widens, from 0 to `cap`; unknown widens nothing."""

    def objects(values: Values) -> bool:
        value = values[fact]
        if value is None:
            return False
        slack = max(0, min(int(values[widener] or 0), cap)) if widener else 0
        if operator == "over":
            return int(value) > limit + slack
        if operator == "under":
            return int(value) < limit - slack
        return int(value) <= limit + slack

    return objects


_TABLE: tuple[tuple[Condition, Objection], ...] = tuple(
    (
        compiled(row["when"]),
        Objection(Reason(row["code"]), Outcome(row["outcome"]), row["alert"]),
    )
    for row in ROWS
)

assert {row["code"] for row in ROWS} == set(Reason), "each reason needs a row, each row a reason"  # noqa: S101
assert tuple(FACTS) == tuple(field.name for field in fields(Facts)), "one list of facts"  # noqa: S101
