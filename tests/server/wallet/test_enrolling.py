"""A code becomes a phone's pass, once."""

from datetime import timedelta

import pytest
from tests.server.conftest import AT, NAME, UAI

from portique.cli.judging import Judgement, bench_of
from portique.core.decide import Outcome
from portique.server.wallet.actions import Lasts, codes_for

MONDAY = AT + timedelta(minutes=30)
pytestmark = pytest.mark.usefixtures("monday")


def judged(served, text: str, at=MONDAY):
    return Judgement(bench_of(served, "entry-1", at)).judge(text, at).decision


def test_from_a_code_to_a_gate_that_grants(served, by, person, phone):
    """The phone's drawn code is granted; its pass alone, and the same code a minute later, not."""
    (new,) = codes_for(by, [person(1, regime="green")], Lasts.PAPER)
    status, said = phone.enrol(new.code)
    shown = phone.shown(int(MONDAY.timestamp()))

    assert (status, said["kind"], said["label"]) == (200, "pupil", "2de 4")
    assert said["school"] == {"uai": UAI, "name": NAME}
    assert judged(served, shown).outcome is Outcome.GRANT
    assert judged(served, said["pass"]).outcome is Outcome.REFUSE
    late = judged(served, shown, MONDAY + timedelta(minutes=1))
    assert late.outcome is not Outcome.GRANT
