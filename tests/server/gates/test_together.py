"""Several filings in one transaction: as if each had come alone."""

import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import OperationalError
from tests.server.gates.wired import alarms, decision

from portique.core.decide import Outcome
from portique.core.entries import Ruling, RulingBody
from portique.core.wire import Filing
from portique.server.gates.actions import filing
from portique.server.gates.actions.together import Together
from portique.server.gates.models import AlarmKind, Entry, Gate, Note

PATIENCE_S = 20


class Slow:
    """Work that goes on until it is let go, and remembers what was asked of it together."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.rounds: list[list[str]] = []

    def __call__(self, asked: Sequence[str]) -> list[str]:
        self.rounds.append(list(asked))
        self.begun.set()
        assert self.go_on.wait(PATIENCE_S)
        if "bad" in asked:
            raise KeyError(*asked)
        if "gone" in asked:
            raise OperationalError
        return [each.upper() for each in asked]


def ask_for(asked: Sequence[str], enough: int) -> tuple[list[list[str]], dict[str, object]]:
    """Ask once for the first, and for the others while it is worked on."""
    slow = Slow()
    answers: dict[str, object] = {}
    together = Together(
        slow, key=lambda each: each[0], weight=len, enough=enough, of_all=OperationalError
    )

    def ask(one: str) -> None:
        try:
            answers[one] = together.do(one)
        except (KeyError, OperationalError) as error:
            answers[one] = error

    threads = [threading.Thread(target=ask, args=(one,)) for one in asked]
    for place, thread in enumerate(threads):
        thread.start()
        assert slow.begun.wait(PATIENCE_S)
        ends_s = time.monotonic() + PATIENCE_S
        while place and len(together._waiting) < place and time.monotonic() < ends_s:
            pass  # the queue is in the order of the list
    slow.go_on.set()
    for thread in threads:
        thread.join(PATIENCE_S)
    return slow.rounds, answers


def test_who_comes_while_others_are_served_is_served_with_all_that_came():
    """One round for the first, one for the rest."""
    rounds, answers = ask_for(["a", "b", "c", "d"], enough=10)

    assert rounds == [["a"], ["b", "c", "d"]]
    assert answers == {each: each.upper() for each in "abcd"}


def test_no_round_goes_on_once_it_is_heavy_nor_has_a_key_twice():
    """The second of a key comes in a later round."""
    rounds, answers = ask_for(["a", "b1", "b2", "c", "d"], enough=3)

    assert rounds == [["a"], ["b1", "c"], ["b2", "d"]]
    assert len(answers) == 5


def test_one_that_fails_spoils_no_other():
    """Each is done alone then, and only who asked for it has the error."""
    rounds, answers = ask_for(["a", "c", "bad", "d"], enough=10)

    assert rounds == [["a"], ["c", "bad", "d"], ["c"], ["bad"], ["d"]]
    assert [str(answers[each]) for each in ("c", "bad", "d")] == ["C", "'bad'", "D"]


def test_an_error_of_the_database_is_everybodys():
    """Nobody waits while each is tried in vain."""
    rounds, answers = ask_for(["a", "c", "gone", "d"], enough=10)

    assert rounds == [["a"], ["c", "gone", "d"]]
    assert [type(answers[each]) for each in ("c", "gone", "d")] == [OperationalError] * 3


@pytest.fixture
def two(gate_at):
    """Two gates, each with one entry more than the server has."""
    gates = [gate_at(lane).begin(0) for lane in ("entry-1", "exit-1")]
    for gate in gates:
        gate.acknowledged()
    return gates


def file_both(gates) -> list[Any]:
    asked = [
        filing._asked(Gate.objects.get(pk=gate.gate_id), Filing(gate.epoch, tuple(gate.lines)))
        for gate in gates
    ]
    return filing._file_all(asked)


def test_a_dispute_spoils_no_filing_that_came_with_it(two):
    """The other gate's entries are stored, and nothing of the disputed ones."""
    for gate in two:
        gate.write(decision())
    two[0].lines[0] = two[0].lines[0]._replace(chain=b"?" * 32)
    disputed, taken = file_both(two)

    assert isinstance(disputed, filing.Disputed)
    assert taken.number == 2
    assert set(Entry.objects.filter(number=2).values_list("epoch__gate", flat=True)) == {"exit-1"}


@pytest.mark.parametrize("by_an_agent", [False, True])
def test_who_is_let_through_at_two_gates_that_file_together_is_flagged(two, by_an_agent):
    """Each gate is told of the other's, and the second one is an alarm; as if filed apart."""
    first, second = two
    if by_an_agent:
        first.write(decision(outcome=Outcome.REFER, reasons=("outside-opening",)))
        first.write(RulingBody(1, 1, len(first.lines), Ruling.ADMIT, "identity", "loge"))
    else:
        first.write(decision())
    second.write(decision())
    file_both(two)

    assert alarms() == [AlarmKind.TWO_LANES]
    assert list(Note.objects.values_list("origin", flat=True)) == ["entry-1", "exit-1"]
