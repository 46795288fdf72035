"""One lane at work: decide, journal, then act, then show. The order of effects is the safety case.

    judged ─▶ journal (durable) ─▶ remembered ─▶ door, lamp ─▶ board

If the journal refuses, the door gets no order: the same showing is decided
again as *journal unavailable* (entry refers, exit stays free), and shown.
Agents' answers go the same way. One lock makes every effect of the lane
follow the one before, whichever thread asks. Only `follow` takes no lock: a
fire must not wait for a disk.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portique.core.decide import Outcome, Reason
from portique.core.entries import (
    CountBody,
    DecisionBody,
    ManualAdmissionBody,
    ModeBody,
    Ruling,
    RulingBody,
)
from portique.core.errors import JournalError, TooLate
from portique.core.values import Direction, from_ms
from portique.core.zones import Mode
from portique.gate import board as shown
from portique.gate.faults import tell_of_journal
from portique.gate.judge import Bench, Judged, judge, without_journal
from portique.gate.knowing import local_day
from portique.gate.recall import Recall, proved_seconds

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from portique.core.alarms import Alarm
    from portique.core.entries import Body
    from portique.core.facts import Presented, Situation
    from portique.core.plain import Words
    from portique.core.sentences import AdmitReason, DenyReason, ManualReason
    from portique.core.values import HolderId
    from portique.gate.board import Board
    from portique.gate.journal import Journal
    from portique.gate.journal_values import Receipt, Recent
    from portique.gate.metrics import Metrics
    from portique.gate.ports import Clock, Door
    from portique.gate.showing import Opened

TABLE_HEAD = 16  # hexadecimal digits of the table's hash in an entry


@dataclass(frozen=True, slots=True)
class Ports:
    """What a lane acts through."""

    journal: Journal
    door: Door
    clock: Clock
    board: Board
    metrics: Metrics
    open_for_s: float


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A decision not granted: what an agent's answer will point to."""

    receipt: Receipt | None
    holder: HolderId | None


class Lane:
    """The lane: decides showings and carries out what agents ask (it is the screens' `Desk`)."""

    def __init__(self, bench: Bench, ports: Ports, *, take_number: Callable[[], int]) -> None:
        self._bench = bench
        self._ports = ports
        self._take_number = take_number
        self._lock = threading.RLock()
        self._waiting: dict[int, _Waiting] = {}
        self._mode = self._school_mode = bench.lane.mode
        self._alarm: Alarm | None = None
        self._end_fire: Callable[[str], None] = lambda _agent: None
        self._counts = shown.Counts()
        self._alerts = 0
        self._day: date | None = None
        self.recall = Recall(bench.lane.name, bench.lane.direction)

    @property
    def bench(self) -> Bench:
        """Where the lane judges now."""
        return self._bench

    def learn(self, bench: Bench) -> None:
        """Judge by newer knowledge from now on, and take up a mode the school has changed.

        Raises:
            JournalError: The change of mode could not be written: the lane keeps the former mode.
        """
        with self._lock:
            self._bench = bench
            self._ports.board.set_lane(bench.lane)
            if bench.lane.mode is not self._school_mode:
                self.set_mode(bench.lane.mode, None)
                self._school_mode = bench.lane.mode

    def restore(self, recent: Recent, at_ms: int) -> None:
        """Remember what the journal does, after a restart at `at_ms`."""
        with self._lock:
            self._day = self._day_of(at_ms)
            self.recall.restore(recent, at_ms, lambda then: self._day_of(then) == self._day)

    def follow(self, alarm: Alarm | None) -> None:
        """Follow an alarm from now on, without waiting for anything; None: what the school says."""
        self._alarm = alarm

    def end_fires_by(self, end_fire: Callable[[str], None]) -> None:
        """Pass on to `end_fire` an agent's word, by alias, that a fire is over."""
        self._end_fire = end_fire

    def forget(self, at_ms: int) -> None:
        """Let go what may no longer be remembered; call every few minutes."""
        with self._lock:
            self.recall.forget(at_ms)

    # --- showings --------------------------------------------------------------------------------

    def serve(self, opened: Opened, *, badge: bool = False) -> Judged | None:
        """Decide one showing and carry it through; None in a mode that decides nothing."""
        with self._lock:
            if self._mode is not Mode.CONTROL:
                self._count_only()
                return None
            self._keep_day(opened.at_ms)
            presented = self._bench.present(opened.text, badge=badge)
            judged, receipt = self._decide(presented, opened)
            self._remember(judged, opened.at_ms)
            self._act(judged)
            self._show(judged, opened, receipt)
            return judged

    def _decide(self, presented: Presented, opened: Opened) -> tuple[Judged, Receipt | None]:
        situation = self._situation(presented, opened.at_ms)
        judged = judge(presented, situation)
        try:
            receipt = self._append(self._entry(judged, opened.showing))
        except JournalError as error:
            tell_of_journal(self._ports.board, error)
            return judge(presented, without_journal(situation)), None
        tell_of_journal(self._ports.board, None)
        return judged, receipt

    def _keep_day(self, at_ms: int) -> None:
        """At the school's midnight, let go which way everybody went last."""
        day = self._day_of(at_ms)
        if self._day is not None and day != self._day:
            self.recall.forget_directions()
        self._day = day

    def _day_of(self, at_ms: int) -> date | None:
        knowledge = self._bench.knowledge
        return local_day(knowledge.calendar, from_ms(at_ms)) if knowledge else None

    def _situation(self, presented: Presented, at_ms: int) -> Situation:
        memory = self.recall.of(presented)
        situation = self._bench.situation(presented, at_ms, memory)
        clock = self._ports.clock.state
        knowledge = self._bench.knowledge
        alarm = self._alarm or (knowledge.alarm if knowledge else situation.alarm)
        return replace(
            situation,
            alarm=alarm,
            clock_trusted=clock.trusted,
            clock_uncertainty_ms=clock.claim_ms,
        )

    def _append(self, body: Body) -> Receipt:
        began = self._ports.clock.monotonic_ms()
        receipt = self._ports.journal.append(body, at_ms=self._ports.clock.now_ms())
        self._ports.metrics.appended((self._ports.clock.monotonic_ms() - began) / 1000)
        return receipt

    def _entry(self, judged: Judged, showing: int) -> DecisionBody:
        held, identity = judged.presented.held, judged.identity
        knowledge = self._bench.knowledge
        version = knowledge.version if knowledge else None
        return DecisionBody(
            showing=showing,
            lane=self._bench.lane.name,
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

    def _remember(self, judged: Judged, at_ms: int) -> None:
        self.recall.note_proof(judged.presented, at_ms)
        if judged.granted:
            self._passed(judged.identity.holder if judged.identity else None, at_ms)

    def _passed(self, holder: HolderId | None, at_ms: int) -> None:
        if holder is not None:
            self.recall.note_grant(holder, at_ms)
        self._add(self._bench.lane.direction, 1)

    def _act(self, judged: Judged) -> None:
        if judged.granted and judged.facts.journal_available:
            self._ports.door.release(for_s=self._ports.open_for_s)
        self._ports.door.lamp(judged.decision.outcome)
        self._ports.metrics.decided(judged.decision, judged.presented.medium)

    def _show(self, judged: Judged, opened: Opened, receipt: Receipt | None) -> None:
        identity = judged.identity
        if not judged.granted:
            self._waiting[opened.showing] = _Waiting(receipt, identity.holder if identity else None)
        self._ports.board.present(card_of(judged, opened))
        self._keep_what_waits()
        self._alert(judged, opened.at_ms)

    def _keep_what_waits(self) -> None:
        """Keep for ruling just the decisions whose cards wait: the board alone sets the limit."""
        cards = {card.showing for card in self._ports.board.snapshot().waiting}
        self._waiting = {number: held for number, held in self._waiting.items() if number in cards}

    def _alert(self, judged: Judged, at_ms: int) -> None:
        lane = self._bench.lane
        alerting = {each.reason for each in judged.decision.objections if each.alert}
        if Reason.STATUS_UNLISTED in alerting:
            self._raise(shown.AlertKind.STOLEN_ISSUER, at_ms)
        unseen = lane.direction is Direction.EXIT and not lane.staffed and not judged.granted
        if unseen or Reason.EXIT_NOT_PERMITTED in alerting:
            self._raise(shown.AlertKind.EXIT_REFUSED, at_ms)

    def _raise(self, kind: shown.AlertKind, at_ms: int) -> None:
        self._alerts += 1
        self._ports.board.raise_alert(shown.Alert(self._alerts, kind, at_ms))

    def tell(self, detail: Words, at_ms: int) -> None:
        """Show agents a notice until one of them dismisses it."""
        with self._lock:
            self._alerts += 1
            notice = shown.Alert(self._alerts, shown.AlertKind.NOTICE, at_ms, detail)
            self._ports.board.raise_alert(notice)

    def _count_only(self) -> None:
        """Count somebody in a mode that asks nothing; in free mode not even that."""
        if self._mode is not Mode.COUNTING:
            return
        try:
            self.count(self._bench.lane.direction, 1)
        except JournalError as error:  # nobody is stopped: the fault is shown, the count is short
            tell_of_journal(self._ports.board, error)

    # --- what agents ask (the screens' Desk) ------------------------------------------------------

    def rule(
        self, showing: int, ruling: Ruling, reason: AdmitReason | DenyReason, agent: str
    ) -> None:
        """Give an agent's answer to a waiting card; see `Desk.rule`."""
        with self._lock:
            waiting = self._waiting.get(showing)
            # Asked first: what no screen shows any more must not open a door from a stale page.
            cards = self._ports.board.snapshot().waiting
            if waiting is None or all(card.showing != showing for card in cards):
                raise TooLate("this showing was ruled on already")
            at_ms = self._ports.clock.now_ms()
            epoch, number = (
                (waiting.receipt.epoch, waiting.receipt.number) if waiting.receipt else (0, 0)
            )
            self._append(RulingBody(showing, epoch, number, ruling, str(reason), agent))
            del self._waiting[showing]
            if ruling is Ruling.ADMIT:
                self._passed(waiting.holder, at_ms)
                self._admit()
            self._ports.board.settle(showing, shown.Ruled(ruling, reason, agent, at_ms))

    def _admit(self) -> None:
        self._ports.door.release(for_s=self._ports.open_for_s)
        self._ports.door.lamp(Outcome.GRANT)

    def admit_manually(self, reason: ManualReason, agent: str) -> None:
        """Let somebody through who showed no code; see `Desk.admit_manually`."""
        with self._lock:
            at_ms = self._ports.clock.now_ms()
            lane = self._bench.lane
            self._append(ManualAdmissionBody(lane.name, str(reason), agent, 1))
            self._passed(None, at_ms)
            self._admit()
            ruled = shown.Ruled(Ruling.ADMIT, reason, agent, at_ms)
            card = shown.Card(self._take_number(), at_ms, Outcome.GRANT, None, ruled=ruled)
            self._ports.board.list_manual(card)

    def count(self, direction: Direction, step: int) -> None:
        """Count somebody, or take one back; see `Desk.count`."""
        with self._lock:
            at_ms = self._ports.clock.now_ms()
            self._append(CountBody(self._bench.lane.name, direction, step, at_ms, at_ms))
            self._add(direction, step)

    def _add(self, direction: Direction, step: int) -> None:
        counts = self._counts
        entering = direction is Direction.ENTRY
        self._counts = shown.Counts(
            max(0, counts.entered + (step if entering else 0)),
            max(0, counts.left + (0 if entering else step)),
        )
        self._ports.board.set_counts(self._counts)

    def set_mode(self, mode: Mode, agent: str | None) -> None:
        """Change how the lane works; see `Desk.set_mode`."""
        with self._lock:
            self._append(ModeBody(self._bench.lane.name, str(mode), agent))
            self._mode = mode
            if mode is not Mode.CONTROL:
                self.recall.forget_directions()  # people now pass unasked
            self._ports.board.set_mode(mode)

    def end_evacuation(self, agent: str) -> None:
        """End a fire because an agent says that it is over; see `Desk.end_evacuation`."""
        self._end_fire(agent)

    def dismiss_alert(self, alert: int, agent: str) -> None:  # noqa: ARG002 - nothing is journalled: an alert holds no decision
        """Take an alert off every screen; see `Desk.dismiss_alert`."""
        self._ports.board.drop_alert(alert)


def card_of(judged: Judged, opened: Opened) -> shown.Card:
    """Make what the agent sees of a decision."""
    held, identity = judged.presented.held, judged.identity
    return shown.Card(
        showing=opened.showing,
        at_ms=opened.at_ms,
        outcome=judged.decision.outcome,
        medium=judged.presented.medium,
        reasons=judged.decision.reasons,
        pass_id=held.pass_id if held else None,
        name=identity.name if identity else None,
        label=judged.label,
        kind=identity.kind if identity else None,
        note=judged.note,
    )
