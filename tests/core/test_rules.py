"""The decision table as data: well formed, complete, and printed where people read it."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from portique.cli import decision_doc
from portique.core import rules
from portique.core.decide import WHOLE_MAX, Reason, compiled
from portique.core.rules import FACTS, OPERATORS, ROWS, TABLE, TABLE_HASH, Expression

PAGE = Path(__file__).parents[2] / "docs" / "decision.md"
CODES = [f"{i}-{row['code']}" for i, row in enumerate(ROWS)]
NOT_RULED_ON = {"at_ms"}  # kept so that a journal's facts say when
VALUES: dict[str, Any] = {
    "proof_age_ms": 10,
    "clock_uncertainty_ms": 3,
    "kind": None,
    "spot_check": True,
}


def conditions(expression: Expression) -> Iterator[Expression]:
    """Walk through a condition and all it is made of."""
    yield expression
    if expression[0] in {"and", "or", "not"}:
        for operand in expression[1:]:
            yield from conditions(operand)


ALL = [condition for row in ROWS for condition in conditions(row["when"])]
COMPARISONS = [condition for condition in ALL if condition[0] not in {"and", "or", "not"}]


def test_the_table_is_json():
    """It survives JSON, texts and whole numbers only."""
    assert json.loads(rules.to_json()) == json.loads(json.dumps(TABLE))
    assert rules.to_json().isascii()


def test_the_hash_names_the_table():
    """Another table has another name."""
    changed = rules.to_json().replace("300000", "300001")

    assert sha256(rules.to_json().encode()).hexdigest() == TABLE_HASH
    assert sha256(changed.encode()).hexdigest() != TABLE_HASH


def test_only_documented_operators_are_used():
    """Each operator of the language is explained and used, save what tests alone use."""
    assert {condition[0] for condition in ALL} == OPERATORS.keys()


@pytest.mark.parametrize("condition", COMPARISONS, ids=str)
def test_a_comparison_fits_its_fact(condition: Expression):
    """Values compared with a fact are values that it can have."""
    operator, name, *operands = condition
    domain = FACTS[name]
    if operator in {"over", "under", "upto"}:
        limit, *slack = operands
        assert domain["type"] == "whole"
        assert type(limit) is int
        assert abs(limit) < WHOLE_MAX
        assert not slack or (FACTS[slack[0]]["type"] == "whole" and slack[1] >= 0)
        return
    values = {"is": operands, "in": operands[0] if operands else (), "known": ()}[operator]
    for value in values:
        assert value in domain["in"] if domain["type"] == "text" else type(value) is bool


def test_every_fact_bears_on_a_rule():
    """A fact that no rule asks for would be collected for nothing."""
    asked = {condition[1] for condition in COMPARISONS}
    widening = {condition[3] for condition in COMPARISONS if len(condition) > 3}

    assert set(FACTS) - asked - widening == NOT_RULED_ON


@pytest.mark.parametrize("row", ROWS, ids=CODES)
def test_a_row_has_a_code_an_outcome_and_a_condition(row: rules.Row):
    """Rows are alike, and their codes are reasons."""
    assert row.keys() == {"code", "outcome", "alert", "when"}
    assert row["code"] in set(Reason)
    assert row["outcome"] in {rules.GRANT, rules.REFER, rules.REFUSE}
    assert type(row["alert"]) is bool


@pytest.mark.parametrize("row", ROWS, ids=CODES)
def test_a_note_never_raises_an_alert(row: rules.Row):
    """Alerts are for objections."""
    assert not (row["alert"] and row["outcome"] == rules.GRANT)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("known", "spot_check"), True),
        (("known", "kind"), False),
        (("is", "kind", "pupil"), False),
        (("in", "kind", ("pupil",)), False),
        (("not", ("is", "kind", "pupil")), True),
        (("over", "proof_age_ms", 10), False),
        (("over", "proof_age_ms", 9), True),
        (("over", "proof_age_ms", 7, "clock_uncertainty_ms", 100), False),
        (("over", "proof_age_ms", 7, "clock_uncertainty_ms", 2), True),
        (("under", "proof_age_ms", 10), False),
        (("under", "proof_age_ms", 11), True),
        (("under", "proof_age_ms", 13, "clock_uncertainty_ms", 100), False),
        (("upto", "proof_age_ms", 10), True),
        (("upto", "proof_age_ms", 9), False),
        (("upto", "proof_age_ms", 7, "clock_uncertainty_ms", 100), True),
        (("upto", "proof_age_ms", 9, "kind", 100), False),
        (("and",), True),
        (("or",), False),
    ],
    ids=str,
)
def test_an_operator_holds_as_documented(condition: Expression, *, expected: bool):
    """The small language means what its table says."""
    assert compiled(condition)(VALUES) is expected


def test_an_operator_nobody_knows_is_our_bug():
    """A table with an unknown operator stops the process rather than deciding."""
    with pytest.raises(AssertionError, match="no operator like"):
        compiled(("like", "spot_check", 1))


def test_the_printed_page_is_up_to_date():
    """docs/decision.md is what the table and the sentences say today."""
    assert PAGE.read_text(encoding="utf-8") == decision_doc.render()


def test_the_printed_page_has_every_row_and_sentence():
    """Nothing of the table is left out."""
    page = decision_doc.render()

    assert page.count("\n| `") == len(ROWS) + 2 * len(Reason) + len(FACTS) + len(OPERATORS)
