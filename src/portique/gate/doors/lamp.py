"""The holder's lamp: two signs for three outcomes, so that nobody is humiliated in the queue."""

from __future__ import annotations

from portique.core.decide import Outcome
from portique.gate.doors.orders import Command, Order, Sign


def sign_of(outcome: Outcome) -> Sign:
    """Return green for a grant; amber, the same, for anything else."""
    return Sign.GO if outcome is Outcome.GRANT else Sign.AGENT


def lamp_order(outcome: Outcome, for_s: float) -> Order:
    """Return the order that shows ``outcome`` for ``for_s`` seconds."""
    return Order(Command.LAMP, for_s, sign_of(outcome))
