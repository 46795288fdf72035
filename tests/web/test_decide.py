"""The phones' JavaScript and Python decide the same, reasons and their order included."""

import json
import os
import random
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.web.node_lines import Answers, answering

from portique.cli import web_tables
from portique.core.decide import Facts, decide
from portique.core.rules import FACTS

ROOT = Path(__file__).parents[2]
GOOD = json.loads(
    (ROOT / "tests" / "vectors" / "decision" / "facts.json").read_text(encoding="utf-8")
)["good"]
CASES = int(os.environ.get("PORTIQUE_WEB_CASES", "50000"))
SEED = int(os.environ.get("PORTIQUE_WEB_SEED", secrets.randbits(32)))
AT_ONCE = 5_000
WRONG_FACTS = 2_000
CHANGES_MAX = 4
# The thresholds of the table, and what lies beside them.
EDGES = [
    *(near + step for near in (0, -5_000, 30_000, 60_000, 300_000) for step in (-1, 0, 1)),
    *(-35_001, -35_000, 59_999, 60_001, 2**53 - 1, -(2**53) + 1, 1_795_417_200_000),
]
WRONG: list[Any] = [None, True, 0, 1, 1.5, 2**53, "", "pupil", "ghost", [], {}, "é\u0000"]


def values_of(domain: Any) -> list[Any]:
    """List what one fact can be."""
    by_type: dict[str, list[Any]] = {"truth": [False, True], "whole": EDGES}
    held = by_type.get(domain["type"]) or list(domain["in"])
    return [*held, None] if domain["null"] else held


DOMAINS = [values_of(domain) for domain in FACTS.values()]
STARTS = [[good[name] for name in FACTS] for good in GOOD.values()]


def cases(number: int, seed: int) -> Iterator[list[Any]]:
    """Draw facts: half anything at all, half a good showing with a few facts changed."""
    drawn = random.Random(seed)
    choice, places = drawn.choice, range(len(DOMAINS))
    for place in range(number):
        if place % 2:
            yield [choice(domain) for domain in DOMAINS]
            continue
        values = list(choice(STARTS))
        for changed in drawn.choices(places, k=drawn.randint(0, CHANGES_MAX)):
            values[changed] = choice(DOMAINS[changed])
        yield values


def batches(number: int, seed: int) -> Iterator[list[list[Any]]]:
    """Draw facts by the thousand: one line to Node costs more than one case."""
    drawn = cases(number, seed)
    while batch := [values for values, _ in zip(drawn, range(AT_ONCE), strict=False)]:
        yield batch


def decided(values: list[Any]) -> list[Any]:
    """Decide in Python."""
    decision = decide(Facts(*values))
    return [int(decision.outcome), decision.alert, *map(str, decision.reasons)]


def is_facts(text: str) -> bool:
    """Say whether Python takes a text for facts."""
    try:
        Facts.from_json(text)
    except ValueError:
        return False
    return True


@pytest.fixture(scope="module")
def node() -> Iterator[Answers]:
    """Start one Node process for this file."""
    with answering() as answers:
        yield answers


def test_javascript_and_python_decide_the_same(node: Answers):
    """Whatever the facts, both name the same outcome, alert and reasons, in the same order."""
    assert list(FACTS) == list(Facts.__dataclass_fields__)
    for batch in batches(CASES, SEED):
        answers = node.ask("decide", batch)
        wrong = [
            (values, decided(values), answer)
            for values, answer in zip(batch, answers, strict=True)
            if decided(values) != answer
        ]
        assert not wrong, f"seed {SEED}: {wrong[0]}"


def test_javascript_and_python_refuse_the_same_facts(node: Answers):
    """A fact of a wrong type or value, missing or unknown is refused by both."""
    drawn = random.Random(SEED)
    texts = []
    for values in cases(WRONG_FACTS, SEED):
        facts = dict(zip(FACTS, values, strict=True))
        facts[drawn.choice([*FACTS, "mood"])] = drawn.choice(WRONG)
        if drawn.random() < 1 / 16:
            facts.pop(drawn.choice(list(facts)))
        texts.append(json.dumps(facts))

    expected = [is_facts(text) for text in texts]
    assert node.ask("isFacts", texts) == expected, f"seed {SEED}"
    assert {True, False} == set(expected)


@pytest.mark.parametrize("name", web_tables.MODULES)
def test_the_generated_modules_are_up_to_date(name: str):
    """web/core/NAME.js is what Python's tables say today."""
    module = ROOT / "web" / "core" / f"{name}.js"

    assert module.read_text(encoding="utf-8") == web_tables.MODULES[name]()
