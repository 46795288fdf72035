"""What one lane writes: every entry goes to the journal here, and no other way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.entries import DecisionBody
from portique.core.errors import JournalError
from portique.gate.faults import tell_of_journal
from portique.gate.recall import proved_seconds

if TYPE_CHECKING:
    from portique.core.entries import Body
    from portique.gate.journal_values import Receipt
    from portique.gate.judge import Bench, Judged
    from portique.gate.lane import Ports

TABLE_HEAD = 16  # hexadecimal digits of the table's hash in an entry


class Writer:
    """The pen of one lane: agents see when it fails, and its time is measured."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def write(self, body: Body) -> Receipt:
        """Write an entry durably, at the gate's time.

        Raises:
            JournalError: Nothing was written: give no order to the door.
        """
        ports = self._ports
        began = ports.clock.monotonic_ms()
        try:
            receipt = ports.journal.append(body, at_ms=ports.clock.now_ms())
        except JournalError as error:
            tell_of_journal(ports.board, error)
            raise
        tell_of_journal(ports.board, None)
        ports.metrics.appended((ports.clock.monotonic_ms() - began) / 1000)
        return receipt


def decision_body(judged: Judged, showing: int, bench: Bench) -> DecisionBody:
    """Make the entry of a decision, with the versions it was based on."""
    held, identity = judged.presented.held, judged.identity
    version = bench.knowledge.version if bench.knowledge else None
    return DecisionBody(
        showing=showing,
        lane=bench.lane.name,
        outcome=int(judged.decision.outcome),
        reasons=tuple(str(reason) for reason in judged.decision.reasons),
        versions=(("epoch", version.epoch), ("knowledge", version.number)) if version else (),
        table=judged.decision.table_hash[:TABLE_HEAD],
        posture=judged.facts.posture,
        medium=judged.presented.medium,
        pass_id=held.pass_id if held else None,
        holder=identity.holder if identity else None,
        kind=identity.kind if identity else None,
        proof_s=proved_seconds(judged.presented),
    )
