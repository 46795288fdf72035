"""Cards and answers by which the board's tests speak."""

from typing import Any

from portique.core.decide import Outcome, Reason
from portique.core.entries import Ruling
from portique.core.sentences import AdmitReason, DenyReason
from portique.core.values import Medium
from portique.core.zones import default_site
from portique.gate.board import Aim, Card, Ruled

LANE = default_site().lane("entry-1")
AT_MS = 1_789_970_880_000
ADMITTED = Ruled(Ruling.ADMIT, AdmitReason.KNOWN, "loge", AT_MS)
DENIED = Ruled(Ruling.DENY, DenyReason.SENT, "cpe", AT_MS)
IN_VIEW = Aim(((0.2, 0.2), (0.4, 0.2), (0.4, 0.4), (0.2, 0.4)))


def refer(showing: int, **fields: Any) -> Card:
    """Make a card that waits."""
    reasons = fields.pop("reasons", (Reason.EXPIRED,))
    return Card(showing, AT_MS, Outcome.REFER, Medium.PAPER, reasons, **fields)


def refuse(showing: int, **fields: Any) -> Card:
    """Make a card that waits, of a code that is no pass."""
    return Card(showing, AT_MS, Outcome.REFUSE, Medium.PAPER, (Reason.NOT_A_PASS,), **fields)


def grant(showing: int, at_ms: int = AT_MS, **fields: Any) -> Card:
    """Make a card of somebody who passed."""
    return Card(showing, at_ms, Outcome.GRANT, Medium.PAPER, **fields)
