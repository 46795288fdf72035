"""One lane at work: decide, journal, then act, then show. The order of effects is the safety case.

    judged ─▶ journal (durable) ─▶ remembered ─▶ door, lamp ─▶ board

If the journal refuses, the door gets no order: the same showing is decided
again as *journal unavailable* (entry refers, exit stays free), and shown.
Agents' answers go the same way. One lock makes every effect of the lane
follow the one before, whichever thread asks. Only `follow` takes no lock: a
fire must not wait for a disk.

In counting mode each showing is counted, then lets one person through. In
free mode the door is released again and again for a few seconds, once the
mode is in the journal. Both modes rest while the school is not in its normal
posture: an intrusion refuses whoever comes, open day or not.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portique.core.alarms import CALM, Posture
from portique.core.calendars import default_calendar
from portique.core.decide import Outcome, Reason
from portique.core.entries import (
    CountBody,
    ManualAdmissionBody,
    ModeBody,
    NoticeBody,
    Ruling,
    RulingBody,
)
from portique.core.errors import JournalError, TooLate
from portique.core.facts import forgotten
from portique.core.plain import Words
from portique.core.sentences import ManualReason
from portique.core.values import Direction, from_ms
from portique.core.zones import Mode
from portique.gate import board as shown
from portique.gate.cards import Cards, Waiting, card_of
from portique.gate.judge import Bench, Judged, judge, without_journal
from portique.gate.knowing import local_day
from portique.gate.recall import Recall, whose
from portique.gate.showing import Opened
from portique.gate.spot_checks import never
from portique.gate.writing import Writer, decision_body

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from portique.core.alarms import Alarm
    from portique.core.daylists import DayList, Listed
    from portique.core.facts import Presented, Situation
    from portique.core.sentences import AdmitReason, DenyReason, ForgottenReason, Preset
    from portique.core.values import HolderId
    from portique.core.wire_news import ConsoleAdmission
    from portique.gate.board import Board
    from portique.gate.flood import Flood
    from portique.gate.journal import Journal
    from portique.gate.journal_values import Receipt, Recent, Whose
    from portique.gate.metrics import Metrics
    from portique.gate.ports import Clock, Door

COUNT_MS_MIN = 1_000  # nobody follows sooner: a phone that cycles through codes is one person
HOLD_EVERY_MS = 2_000
HOLD_S = 5.0  # outlives two renewals, so that one lost order shuts nothing; ends a dead gate's hold
UNTOLD = default_calendar()  # until the school says where it is
NOT_SERVED = Words(
    "Le portique n’a pas su traiter cette présentation. Vérifiez vous-même, puis répondez.",
    "The gate could not handle this showing. Check it yourself, then answer.",
)
FROM_CONSOLE = Words(
    "La porte a été ouverte depuis la console.", "The door was opened from the console."
)
TOO_MANY = Words(
    "Trop de codes inconnus d’affilée : ils sont comptés, sans carte ni ligne au journal. "
    "Les laissez-passer de l’établissement passent comme d’habitude. Voyez qui présente ces codes.",
    "Too many unknown codes in a row: they are counted, without a card or a line in the journal. "
    "The school’s own passes work as usual. See who is showing these codes.",
)


@dataclass(frozen=True, slots=True)
class Ports:
    """What a lane acts through, and what limits it."""

    journal: Journal
    door: Door
    clock: Clock
    board: Board
    metrics: Metrics
    open_for_s: float
    flood: Flood | None = None  # None: every code has its entry
    draws_check: Callable[[int | None], bool] = never  # by the share that the school tells


class Lane:
    """The lane: decides showings and carries out what agents ask (it is the screens' `Desk`)."""

    def __init__(self, bench: Bench, ports: Ports, *, take_number: Callable[[], int]) -> None:
        self._bench = bench
        self._ports = ports
        self._take_number = take_number
        self._lock = threading.RLock()
        self._write = Writer(ports).write
        self._cards = Cards(ports.board)
        self._mode = self._school_mode = bench.lane.mode
        self._mode_written = False  # the one it starts with is in no entry yet
        self._alarm: Alarm | None = None
        self._end_fire: Callable[[str], None] = lambda _agent: None
        self._counts = shown.Counts()
        self._counted_ms: int | None = None  # when a showing was last counted
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
        """Take up what the journal remembers, after a restart at `at_ms`: memory, counts, cards."""
        lane = self._bench.lane
        with self._lock:
            self._day = self._day_of(at_ms)
            self.recall.restore(recent, at_ms, self._is_today)
            counts = shown.Counts()
            for counted in recent.counted:
                if counted.lane in {None, lane.name} and self._is_today(counted.at_ms):
                    counts = added(counts, counted.direction or lane.direction, counted.people)
            self._show_counts(counts)
            self._cards.bring_back(
                one
                for one in recent.unanswered
                if one.body.lane == lane.name and self._is_today(one.at_ms)
            )

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

    def serve(self, opened: Opened) -> Judged | None:
        """Decide one showing and carry it through; None if it was only counted."""
        with self._lock:
            self.keep_day(opened.at_ms)
            if self._let_pass(opened.at_ms):
                return None
            presented = self._bench.present(opened.text, typed=opened.typed)
            if presented.held is None and self._floods(opened):
                return None
            return self._carry_through(presented, opened)

    def _carry_through(self, presented: Presented, opened: Opened) -> Judged:
        judged, receipt = self._decide(presented, opened)
        self._remember(judged, opened.at_ms)
        self._act(judged)
        self._show(judged, opened, receipt)
        return judged

    def _floods(self, opened: Opened) -> bool:
        """Send on to the agent, without an entry, somebody whose code is one of a flood."""
        flood = self._ports.flood
        if flood is None or flood.takes(opened.at_ms):
            return False
        self._ports.door.lamp(Outcome.REFUSE)
        self._ports.board.see_agent(opened.showing)
        if flood.begins:
            self._cards.alert(shown.AlertKind.NOTICE, opened.at_ms, TOO_MANY)
        return True

    def write_flood(self) -> None:
        """Journal how many codes had no entry of their own; call every minute.

        Raises:
            JournalError: Nothing is lost: the next call says them all.
        """
        flood = self._ports.flood
        with self._lock:
            if flood is not None and flood.beyond:
                self._write(NoticeBody("unknown-codes", flood.beyond))
                flood.beyond = 0

    def refer(self, opened: Opened) -> None:
        """Send to the agent somebody whose showing could not be served; no order to the door."""
        with self._lock:
            self._ports.door.lamp(Outcome.REFER)
            card = shown.Card(opened.showing, opened.at_ms, Outcome.REFER, None, note=NOT_SERVED)
            self._cards.show(card, Waiting())

    def _decide(self, presented: Presented, opened: Opened) -> tuple[Judged, Receipt | None]:
        situation = self._situation(presented, opened.at_ms)
        judged = judge(presented, situation)
        try:
            return judged, self._write(decision_body(judged, opened.showing, self._bench))
        except JournalError:
            return judge(presented, without_journal(situation)), None

    def keep_day(self, at_ms: int) -> None:
        """Begin anew at the school's midnight: counts, directions, and cards nobody answered."""
        with self._lock:
            day = self._day_of(at_ms)
            if self._day is not None and day != self._day:
                self.recall.forget_directions()
                self._show_counts(shown.Counts())
                self._cards.end_day(at_ms)
            self._day = day

    def _is_today(self, at_ms: int) -> bool:
        return self._day_of(at_ms) == self._day

    def _day_of(self, at_ms: int) -> date:
        knowledge = self._bench.knowledge
        return local_day(knowledge.calendar if knowledge else UNTOLD, from_ms(at_ms))

    def _situation(self, presented: Presented, at_ms: int) -> Situation:
        memory = self.recall.of(presented)
        situation = self._bench.situation(presented, at_ms, memory)
        clock = self._ports.clock.state
        return replace(
            situation,
            alarm=self._alarm_now(),
            clock_trusted=clock.trusted,
            clock_uncertainty_ms=clock.claim_ms,
            spot_check=self._draws_check(presented),
        )

    def _draws_check(self, presented: Presented) -> bool:
        """Draw before looking at who it is; a check once drawn holds until an agent answered it."""
        drawn = self._ports.draws_check(self._bench.checked)
        held = presented.held
        return drawn or (held is not None and self._cards.checking(whose(held)))

    def _alarm_now(self) -> Alarm:
        knowledge = self._bench.knowledge
        return self._alarm or (knowledge.alarm if knowledge else CALM)

    def _remember(self, judged: Judged, at_ms: int) -> None:
        self.recall.note_proof(judged.presented, at_ms)
        if judged.granted:
            held = judged.presented.held
            self._passed(whose(held) if held else None, at_ms)

    def _passed(self, holder: Whose | None, at_ms: int) -> None:
        if holder is not None:
            self.recall.note_grant(holder, at_ms)
        self._add(self._bench.lane.direction, 1)

    def _act(self, judged: Judged) -> None:
        if judged.granted and judged.facts.journal_available:
            self._ports.door.release(for_s=self._ports.open_for_s)
        self._ports.door.lamp(judged.decision.outcome)
        self._ports.metrics.decided(judged.decision, judged.presented.medium)

    def _show(self, judged: Judged, opened: Opened, receipt: Receipt | None) -> None:
        held = judged.presented.held
        checking = Reason.IDENTITY_TO_CONFIRM in judged.decision.reasons
        waiting = Waiting(receipt, whose(held) if held else None, checking)
        self._cards.show(card_of(judged, opened), waiting)
        self._cards.alert_of(judged, self._bench.lane, opened.at_ms)

    def tell(self, detail: Words, at_ms: int) -> None:
        """Show agents a notice until one of them dismisses it."""
        with self._lock:
            self._cards.alert(shown.AlertKind.NOTICE, at_ms, detail)

    # --- modes that ask nothing ------------------------------------------------------------------

    def _let_pass(self, at_ms: int) -> bool:
        """Let somebody pass in a mode that asks nothing; False: decide this showing as usual."""
        if not self._asks_nothing:
            return False
        if self._mode is Mode.COUNTING and not self._just_counted(at_ms):
            try:
                self.count(self._bench.lane.direction, 1)
            except JournalError:  # no door without an entry: deciding will say what is wrong
                return False
            self._counted_ms = at_ms
        return True

    def _just_counted(self, at_ms: int) -> bool:
        return self._counted_ms is not None and 0 <= at_ms - self._counted_ms < COUNT_MS_MIN

    @property
    def _asks_nothing(self) -> bool:
        calm = self._alarm_now().posture is Posture.NORMAL
        return calm and self._mode is not Mode.CONTROL

    def hold_open(self) -> None:
        """In free mode, keep the door open for `HOLD_S` more; call every `HOLD_EVERY_MS`.

        Each release carries its own end: nothing has to be undone when the mode ends, when an
        alarm begins, or when the gate dies; a fire's `free` and `reset` know nothing of it.

        Raises:
            JournalError: The mode is in no entry and can't be written: the door stays shut.
        """
        with self._lock:
            if self._mode is Mode.FREE and self._asks_nothing:
                self._write_mode()
                self._ports.door.release(for_s=HOLD_S)

    def _write_mode(self) -> None:
        """Journal the mode that the lane started with, once."""
        if not self._mode_written:
            self._write(ModeBody(self._bench.lane.name, str(self._mode), None))
            self._mode_written = True

    # --- what agents ask (the screens' Desk) ------------------------------------------------------

    def rule(self, showing: int, ruling: Ruling, reason: Preset, agent: str) -> None:
        """Give an agent's answer to a waiting card; see `Desk.rule`."""
        with self._lock:
            waiting = self._cards.waiting(showing)
            at_ms = self._ports.clock.now_ms()
            epoch, number = (
                (waiting.receipt.epoch, waiting.receipt.number) if waiting.receipt else (0, 0)
            )
            self._write(RulingBody(showing, epoch, number, ruling, str(reason), agent))
            if ruling is Ruling.ADMIT:
                self._passed(waiting.whose, at_ms)
                self._let_through()
            self._cards.settle(showing, shown.Ruled(ruling, reason, agent, at_ms))

    def rule_on(
        self, receipt: Receipt, ruling: Ruling, reason: AdmitReason | DenyReason, agent: str
    ) -> None:
        """Give the answer of somebody at a console to the decision of an entry.

        Raises:
            TooLate: The gate's own agent was first, or the card waits no longer.
            JournalError: It could not be written; nothing was done.
        """
        with self._lock:
            self.rule(self._cards.showing_of(receipt), ruling, reason, agent)

    def note_elsewhere(self, holder: HolderId, at_ms: int) -> None:
        """Remember that another lane let a holder through, as the server tells."""
        with self._lock:
            self.recall.note_elsewhere(holder, min(at_ms, self._ports.clock.now_ms()))

    def _let_through(self) -> None:
        self._ports.door.release(for_s=self._ports.open_for_s)
        self._ports.door.lamp(Outcome.GRANT)

    def admit_manually(self, reason: ManualReason, agent: str) -> None:
        """Let somebody through who showed no code; see `Desk.admit_manually`."""
        with self._lock:
            self._admit(ManualAdmissionBody(self._bench.lane.name, str(reason), agent, 1))

    def open_for(self, asked: ConsoleAdmission) -> None:
        """Let through somebody without a pass because a console asks it; once, and now or never.

        Raises:
            TooLate: Done already, asked more than a minute ago, or of another lane.
            ValueError: The reason is none of the presets.
            JournalError: It could not be written; nothing was done.
        """
        with self._lock:
            at_ms = self._ports.clock.now_ms()
            done = self.recall.has_admitted(asked.admission)
            if done or not asked.is_timely(at_ms) or asked.lane != self._bench.lane.name:
                raise TooLate("this door was opened already, or is asked for too late")
            reason = str(ManualReason(asked.reason))
            body = ManualAdmissionBody(
                asked.lane, reason, asked.agent, 1, admission=asked.admission
            )
            self._admit(body, FROM_CONSOLE)
            self.recall.note_admission(asked.admission, at_ms)

    def _admit(self, body: ManualAdmissionBody, note: Words | None = None) -> None:
        at_ms = self._ports.clock.now_ms()
        self._write(body)
        self._passed(None, at_ms)
        self._let_through()
        ruled = shown.Ruled(Ruling.ADMIT, ManualReason(body.reason), body.agent, at_ms)
        card = shown.Card(self._take_number(), at_ms, Outcome.GRANT, None, ruled=ruled, note=note)
        self._ports.board.list_manual(card)

    def find_forgotten(self, letters: str, label: str) -> list[Listed] | None:
        """Find who of today's list is meant; see `Desk.find_forgotten`."""
        today = self._list_now()
        return None if today is None else today.find(letters, label)

    def admit_forgotten(self, card: str, reason: ForgottenReason, agent: str) -> bool:
        """Decide on a card that is not there, and answer; see `Desk.admit_forgotten`."""
        with self._lock:
            at_ms = self._ports.clock.now_ms()
            self.keep_day(at_ms)
            today = self._list_now()
            found = today.get(card) if today else None
            if found is None:
                raise TooLate("today's list has no such card")
            opened = Opened(self._take_number(), "", found.pass_id, at_ms)
            judged = self._carry_through(forgotten(found.card(self._bench.uai)), opened)
            if not judged.granted and _only_unproved(judged):
                self.rule(opened.showing, Ruling.ADMIT, reason, agent)
                return True
            return judged.granted

    def _list_now(self) -> DayList | None:
        knowledge = self._bench.knowledge
        return knowledge.list_at(self._ports.clock.now_ms()) if knowledge else None

    def count(self, direction: Direction, step: int) -> None:
        """Count somebody, or take one back; see `Desk.count`.

        In counting mode, whoever is counted in the lane's direction is let through.
        """
        with self._lock:
            at_ms = self._ports.clock.now_ms()
            self._write(CountBody(self._bench.lane.name, direction, step, at_ms, at_ms))
            self._add(direction, step)
            counting = self._mode is Mode.COUNTING and self._asks_nothing
            if counting and step > 0 and direction is self._bench.lane.direction:
                self._let_through()

    def _add(self, direction: Direction, step: int) -> None:
        self._show_counts(added(self._counts, direction, step))

    def _show_counts(self, counts: shown.Counts) -> None:
        self._counts = counts
        self._ports.board.set_counts(counts)

    def set_mode(self, mode: Mode, agent: str | None) -> None:
        """Change how the lane works; see `Desk.set_mode`."""
        with self._lock:
            self._write(ModeBody(self._bench.lane.name, str(mode), agent))
            self._mode, self._mode_written = mode, True
            if mode is not Mode.CONTROL:
                self.recall.forget_directions()  # people now pass unasked
            self._ports.board.set_mode(mode)

    def end_evacuation(self, agent: str) -> None:
        """End a fire because an agent says that it is over; see `Desk.end_evacuation`."""
        self._end_fire(agent)

    def dismiss_alert(self, alert: int, agent: str) -> None:  # noqa: ARG002 - nothing is journalled: an alert holds no decision
        """Take an alert off every screen; see `Desk.dismiss_alert`."""
        self._ports.board.drop_alert(alert)


def _only_unproved(judged: Judged) -> bool:
    """Say whether nothing objects but that no medium proves who it is."""
    objecting = {o.reason for o in judged.decision.objections if o.outcome is not Outcome.GRANT}
    return objecting == {Reason.LOW_ASSURANCE}


def added(counts: shown.Counts, direction: Direction, people: int) -> shown.Counts:
    """Add people who went one way, or take them back; never below nought."""
    entered, left = (people, 0) if direction is Direction.ENTRY else (0, people)
    return shown.Counts(max(0, counts.entered + entered), max(0, counts.left + left))
