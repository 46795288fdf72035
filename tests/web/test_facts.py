"""A device in JavaScript and a gate in Python, given the same bytes, find the same facts."""

import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import pytest
from tests.web.drawing import Drawing
from tests.web.node_lines import Answers, answering
from tests.web.schools import UAI, Case, School, school

from portique.core.alarms import CALM
from portique.core.facts import Face, Memory
from portique.core.values import Direction
from portique.gate.judge import Bench, judge
from portique.gate.writing import decision_body

CASES = int(os.environ.get("PORTIQUE_WEB_CASES", "50000"))
SEED = int(os.environ.get("PORTIQUE_WEB_SEED", secrets.randbits(32)))
SHOWINGS = 150
SHOWING = 7
SCHOOLS = max(5, CASES // 5_000)


@pytest.fixture(scope="module")
def node() -> Iterator[Answers]:
    """Start one Node process for this file."""
    with answering() as answers:
        yield answers


def judged(bench: Bench, case: Case) -> dict[str, Any]:
    """Judge one case as a gate does."""
    presented = bench.present(case.text, typed=case.typed)
    last = case.memory["last_direction"]
    memory = Memory(**case.memory | {"last_direction": last and Direction(last)})
    situation = replace(
        bench.situation(presented, case.at_ms, memory),
        **case.better | {"face": Face(case.better["face"])},
        alarm=bench.knowledge.alarm if bench.knowledge else CALM,
    )
    found = judge(presented, situation)
    return {
        "facts": asdict(found.facts),
        "decision": [int(found.decision.outcome), *map(str, found.decision.reasons)],
        "label": found.label,
        "note": found.note and asdict(found.note),
        "entry": decision_body(found, SHOWING, bench).to_body().hex(),
    }


def expected(drawn: School) -> list[dict[str, Any]]:
    """Judge all cases of a school in Python."""
    known = drawn.known()
    benches = {lane.name: Bench(UAI, lane, known) for lane in known.site.lanes}
    return [judged(benches[case.lane], case) for case in drawn.cases]


def test_a_device_finds_the_facts_that_a_gate_finds(node: Answers):
    """From one bundle and code, at one instant: facts, decision, label, words and entry."""
    drawing = Drawing(SEED)
    for number in range(SCHOOLS):
        drawn = school(drawing, SHOWINGS)
        answers = node.ask("showings", drawn.question())
        for case, answer, wanted in zip(drawn.cases, answers, expected(drawn), strict=True):
            assert answer == wanted, f"seed {SEED}, school {number}: {case}"
