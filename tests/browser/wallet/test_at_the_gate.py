"""A phone before the gate: its screen read by the gate's reader, judged by the gate's rules."""

import os

import pytest
from tests.server.conftest import UAI

from portique.cli.judging import Judgement, bench_of
from portique.core import passes
from portique.core.seal import Purpose, private_key
from portique.core.values import from_ms
from portique.server.clock import now
from portique.server.passes.models import IssuedPass

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def judged(served):
    """Judge a text at the entry, some seconds from now."""

    def make(text: str, later_s: float = 0):
        at = from_ms(round(now().timestamp() * 1000 + later_s * 1000))
        decision = Judgement(bench_of(served, "entry-1", at)).judge(text, at).decision
        return decision.outcome.name.lower(), [str(reason) for reason in decision.reasons]

    return make


def test_a_phone_in_flight_mode_is_let_through_and_its_picture_is_not(
    phone, code, judged, wait_until
):
    """Each redraw is granted; a picture 36 s old, a code of the future, the pass alone are not."""
    held = phone(moves=True, alone=True)
    held.enrol(code())
    held.works_offline(wait_until)
    first, drawn = held.read(), held.drawn_at()
    held.later(seconds=15)
    held.page.wait_for_selector(f"canvas[data-seconds='{drawn + 15}']")
    second = held.read()

    assert first != second
    assert judged(second) == ("grant", [])
    assert judged(first, later_s=15) == ("grant", [])
    assert judged(first, later_s=36 - 15) == ("refuse", ["phone-code-old"])
    assert judged(second, later_s=-6) == ("refuse", ["phone-code-ahead"])
    assert judged(IssuedPass.objects.get().text) == ("refuse", ["phone-proof-missing"])
    other = private_key(Purpose.PHONE, os.urandom(40))
    signed = passes.parse(second).sealed.signed
    forged = passes.phone_text(signed, other, uai=UAI, seconds=drawn + 15)
    assert judged(forged) == ("refuse", ["phone-proof-bad"])
