"""What the screens show, and what they may ask of the gate.

The gate's loop writes to one `Board`; the screens read immutable snapshots of
it from other threads. The board holds no decision of its own: it remembers
what was decided until an agent has seen to it. Names stay in this memory only,
and go when their card goes.

What the screens ask (a ruling, a manual admission…) goes through a `Desk`,
which the loop implements: journal first, then act, then tell the board.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from portique.core.alarms import Posture
from portique.core.decide import Outcome
from portique.core.entries import Ruling
from portique.core.errors import TooLate
from portique.core.plain import Words
from portique.core.sentences import AdmitReason, DenyReason, ManualReason
from portique.core.values import Organ
from portique.core.zones import Mode
from portique.gate.screen.desk import Desk
from portique.gate.screen.shown import (
    Advice,
    Aim,
    Alert,
    AlertKind,
    Card,
    Counts,
    Fault,
    Freshness,
    FreshnessState,
    HolderState,
    HolderView,
    Quad,
    Ruled,
    Snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from portique.core.zones import Lane

__all__ = [
    "AdmitReason",
    "Advice",
    "Aim",
    "Alert",
    "AlertKind",
    "Board",
    "Card",
    "Counts",
    "DenyReason",
    "Desk",
    "Fault",
    "Freshness",
    "FreshnessState",
    "HolderState",
    "HolderView",
    "ManualReason",
    "Mode",
    "Organ",
    "Posture",
    "Quad",
    "Ruled",
    "Ruling",
    "Snapshot",
    "Words",
]

WAITING_MAX = (
    40  # cards waiting for an agent; beyond, the least useful one is set aside and counted
)
RECENT_MAX = 12  # a quiet list, not a history
ANSWERED_MAX = 4  # the last answers stay in it while grants stream by: an agent sees what was done
RECENT_MS = 10 * 60 * 1000  # names of people who passed leave the screen after ten minutes
RULINGS_KEPT = 256  # who ruled on what, for the agent who comes second; holds no name
ALERTS_MAX = 20
AIMS_MAX = 4  # as many codes as one frame may hold
ASKED_MS_MIN = 2_000  # long enough to be read, whatever the next frame shows
COUNTED = -1  # on the holder's screen: whoever was just counted, without a showing of their own
BLINDING = frozenset({Organ.CAMERA, Organ.DECODER})  # without them no code is sure to be read
OLD_MS = 15 * 60 * 1000  # whoever waited that long is not at the gate any more
UNSEEN_MS_MAX = (
    10_000  # a decision whose code nobody sees any more must not wave the next one through
)


class Board:
    """The state that screens show; every method may be called from any thread."""

    def __init__(self, lane: Lane) -> None:
        self._changed = threading.Condition()
        self._snapshot = Snapshot(version=1, lane=lane)
        self._holder = HolderView(version=1, state=HolderState.IDLE, turn=0)
        self._current: int | None = None  # the showing on the holder's screen
        self._seen_ms: int | None = None  # when its code was last seen; None: not told since a beat
        self._since_ms: dict[int, int] = {}  # from which beat on each showing waits
        self._rulings: OrderedDict[int, Ruled] = OrderedDict()
        self._listeners: list[Callable[[], None]] = []
        self._beat_ms: int | None = None
        self._asked_ms = 0  # when the holder's screen last asked the queue something

    # -- written by the gate's loop ---------------------------------------------------------------

    def present(self, card: Card) -> None:
        """Show a decision on both screens."""
        granted = card.outcome is Outcome.GRANT
        with self._changed:
            if granted:
                self._list_recent(card)
            else:
                self._wait_for_agent(card)
            self._decided(card.showing, HolderState.PASS if granted else HolderState.AGENT)

    def gone(self, showing: int) -> None:
        """Tell that a showing's medium has left; its card, if it waits, stays."""
        with self._changed:
            if self._current in {showing, COUNTED}:
                self._rest()

    def settle(self, showing: int, ruled: Ruled) -> Card:
        """Move a waiting card to the recent ones, ruled.

        Raises:
            TooLate: The card does not wait (any more); see `ruled_on`.
        """
        with self._changed:
            card = self._waiting_card(showing)
            self._rulings[showing] = ruled
            while len(self._rulings) > RULINGS_KEPT:
                self._rulings.popitem(last=False)
            rest = tuple(c for c in self._snapshot.waiting if c.showing != showing)
            self._set(waiting=rest)
            settled = replace(card, ruled=ruled)
            self._list_recent(settled)
            if ruled.ruling is Ruling.ADMIT and self._current == showing:
                self._decided(showing, HolderState.PASS)
            return settled

    def list_manual(self, card: Card) -> None:
        """List a manual admission among the recent cards, and show the holder to pass."""
        with self._changed:
            self._list_recent(card)
            self._decided(card.showing, HolderState.PASS)

    def bring_back(self, cards: Iterable[Card]) -> None:
        """Let cards of before a restart wait for an agent; the holder's screen does not change."""
        with self._changed:
            for card in cards:
                self._wait_for_agent(replace(card, old=True))

    def clear_waiting(self) -> int:
        """Take away every card that waits, and return how many had no answer."""
        with self._changed:
            left = len(self._snapshot.waiting) + self._snapshot.set_aside
            if left:
                self._set(waiting=(), set_aside=0)
            return left

    def see_agent(self, showing: int) -> None:
        """Send to the agent somebody who gets no card of their own."""
        with self._changed:
            self._decided(showing, HolderState.AGENT)

    def forget(self, before_ms: int) -> None:
        """Drop the recent cards (and their names) older than `before_ms`."""
        with self._changed:
            kept = tuple(c for c in self._snapshot.recent if c.at_ms >= before_ms)
            if kept != self._snapshot.recent:
                self._set(recent=kept)

    def set_counts(self, counts: Counts) -> None:
        """Show how many came and went; in counting mode, one person more is shown to pass."""
        with self._changed:
            before = self._snapshot.counts
            more = counts.entered > before.entered or counts.left > before.left
            self._set(counts=counts)
            if more and self._snapshot.mode is Mode.COUNTING and self._is_calm():
                self._decided(COUNTED, HolderState.PASS)

    def set_lane(self, lane: Lane) -> None:
        """Show the lane as newer knowledge has it: its title, the point people are sent to."""
        with self._changed:
            self._set(lane=lane)

    def set_mode(self, mode: Mode) -> None:
        """Show how the lane works; where nothing is checked any more, what waited is old."""
        with self._changed:
            waiting = self._snapshot.waiting
            if mode is not Mode.CONTROL:
                waiting = tuple(replace(card, old=True) for card in waiting)
            self._set(mode=mode, waiting=waiting)
            self._rest_if_idle()

    def set_posture(self, posture: Posture, *, drill: bool = False) -> None:
        """Show what the whole school is doing."""
        with self._changed:
            self._set(posture=posture, drill=drill)
            self._rest_if_idle()

    def set_freshness(self, parts: Iterable[Freshness]) -> None:
        """Show the age of each part of the knowledge and of the clock."""
        with self._changed:
            self._set(freshness=tuple(parts))

    def set_fault(self, organ: Organ, detail: Words | None) -> None:
        """Show that an organ fails, or (None) that it works again."""
        with self._changed:
            others = tuple(f for f in self._snapshot.faults if f.organ is not organ)
            fault = () if detail is None else (Fault(organ, detail),)
            if set(others + fault) != set(self._snapshot.faults):  # each change redraws screens
                self._set(faults=others + fault)
                self._rest_if_idle()

    def raise_alert(self, alert: Alert) -> None:
        """Show an alert until it is dismissed; the oldest goes beyond `ALERTS_MAX`."""
        with self._changed:
            others = tuple(a for a in self._snapshot.alerts if a.alert != alert.alert)
            self._set(alerts=(*others, alert)[-ALERTS_MAX:])

    def drop_alert(self, alert: int) -> None:
        """Take an alert off the screens.

        Raises:
            TooLate: It is not there (any more).
        """
        with self._changed:
            kept = tuple(a for a in self._snapshot.alerts if a.alert != alert)
            if len(kept) == len(self._snapshot.alerts):
                raise TooLate("this alert was dismissed already")
            self._set(alerts=kept)

    def aim(
        self, aims: Iterable[Aim], *, advice: Advice | None = None, aspect: float = 4 / 3
    ) -> None:
        """Show the outlines of the codes seen in the newest frame; once a frame at most.

        `advice` is for the whole frame (one at a time, take the code away), and
        shown to agents too, for `ASKED_MS_MIN` at least; each outline may carry
        its own.
        """
        with self._changed:
            self._ask(advice)
            shown = tuple(aims)[:AIMS_MAX]
            if any(each.advice is None for each in shown):
                self._seen_ms = self._beat_ms
            before = (self._holder.aims, self._holder.advice, self._holder.aspect)
            if before != (shown, advice, aspect):
                self._set_holder(aims=shown, advice=advice, aspect=aspect)

    def beat(self, monotonic_ms: int) -> None:
        """Tell that the loop lives; call at least once a second, screens distrust a silent loop.

        It also ends a decision on the holder's screen once no code has been
        seen for `UNSEEN_MS_MAX`: nobody can tell when what a hand-held reader
        read has left, and a camera that died says nothing either. And it tells
        the cards that wait for longer than `OLD_MS` from those of who is there.
        """
        with self._changed:
            self._beat_ms = monotonic_ms
            if self._seen_ms is None:
                self._seen_ms = monotonic_ms
            if self._current is not None and monotonic_ms - self._seen_ms >= UNSEEN_MS_MAX:
                self._rest()
            if self._snapshot.asked is not None and monotonic_ms - self._asked_ms >= ASKED_MS_MIN:
                self._set(asked=None)
            self._age(monotonic_ms)

    # -- read by the screens ----------------------------------------------------------------------

    @property
    def beat_ms(self) -> int | None:
        """When the loop last said it lives, by the monotonic clock; None: it never has."""
        return self._beat_ms

    def snapshot(self) -> Snapshot:
        """Return what the agents' screens show now."""
        with self._changed:
            return self._snapshot

    def holder(self) -> HolderView:
        """Return what the holder's screen shows now."""
        with self._changed:
            return self._holder

    def ruled_on(self, showing: int) -> Ruled | None:
        """Return the ruling on a showing, if one was given lately."""
        with self._changed:
            return self._rulings.get(showing)

    def wait(self, version: int, timeout_s: float) -> Snapshot:
        """Return the snapshot once it differs from `version`, or after `timeout_s`."""
        with self._changed:
            self._changed.wait_for(lambda: self._snapshot.version != version, timeout_s)
            return self._snapshot

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each change, from the thread that made it.

        It must return at once and not raise. Returns what ends the
        subscription.
        """
        with self._changed:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._changed:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    # -- inside, under the lock -------------------------------------------------------------------

    def _set(self, **fields: object) -> None:
        version = self._snapshot.version + 1
        self._snapshot = replace(self._snapshot, version=version, **fields)  # type: ignore[arg-type]  # names checked by the dataclass
        self._tell()

    def _set_holder(self, **fields: object) -> None:
        version = self._holder.version + 1
        self._holder = replace(self._holder, version=version, **fields)  # type: ignore[arg-type]  # names checked by the dataclass
        self._tell()

    def _tell(self) -> None:
        self._changed.notify_all()
        for listener in self._listeners:
            listener()

    def _decided(self, showing: int, state: HolderState) -> None:
        self._current, self._seen_ms = showing, self._beat_ms
        evacuating = self._snapshot.posture is Posture.EVACUATION
        shown = HolderState.EVACUATE if evacuating else state
        self._set_holder(state=shown, turn=self._holder.turn + 1)

    def _ask(self, advice: Advice | None) -> None:
        if advice is None:
            return  # the beat ends it: what comes and goes with each frame can't be read
        self._asked_ms = self._beat_ms or 0
        if self._snapshot.asked is not advice:
            self._set(asked=advice)

    def _resting(self) -> HolderState:
        if self._snapshot.posture is Posture.EVACUATION:
            return HolderState.EVACUATE
        if self._snapshot.mode is Mode.FREE and self._is_calm():
            return HolderState.FREE
        blind = any(fault.organ in BLINDING for fault in self._snapshot.faults)
        return HolderState.AGENT if blind else HolderState.IDLE

    def _is_calm(self) -> bool:
        """Say whether the lane's own mode holds: an alarm suspends it."""
        return self._snapshot.posture is Posture.NORMAL

    def _rest(self) -> None:
        self._current = None
        if self._holder.state is not self._resting():
            self._set_holder(state=self._resting())

    def _rest_if_idle(self) -> None:
        """Follow a new mode or posture, unless a decision is still being read."""
        decided = self._holder.state in {HolderState.PASS, HolderState.AGENT}
        if self._current is None or not decided or self._resting() is HolderState.EVACUATE:
            self._rest()

    def _age(self, monotonic_ms: int) -> None:
        waiting = self._snapshot.waiting
        since = {c.showing: self._since_ms.get(c.showing, monotonic_ms) for c in waiting}
        self._since_ms = since
        aged = tuple(
            replace(c, old=True) if monotonic_ms - since[c.showing] >= OLD_MS else c
            for c in waiting
        )
        if aged != waiting:
            self._set(waiting=aged)

    def _waiting_card(self, showing: int) -> Card:
        for card in self._snapshot.waiting:
            if card.showing == showing:
                return card
        raise TooLate("this showing was ruled already, or is no longer on the board")

    def _list_recent(self, card: Card) -> None:
        since = card.at_ms - RECENT_MS
        kept = tuple(c for c in self._snapshot.recent if c.at_ms >= since)
        self._set(recent=_fewer((card, *kept)))

    def _wait_for_agent(self, card: Card) -> None:
        waiting = list(self._snapshot.waiting)
        for place, waits in enumerate(waiting):
            if _same_wait(waits, card):
                first = waits.first or waits.showing
                waiting[place] = replace(card, times=waits.times + 1, first=first)
                break
        else:
            waiting.append(card)
        dropped = max(0, len(waiting) - WAITING_MAX)
        if dropped:
            waiting.remove(_least_useful(waiting))
        self._set(waiting=tuple(waiting), set_aside=self._snapshot.set_aside + dropped)


def _same_wait(waits: Card, shown: Card) -> bool:
    return (
        shown.pass_id is not None
        and waits.pass_id == shown.pass_id
        and waits.outcome == shown.outcome
        and waits.reasons == shown.reasons
    )


def _fewer(recent: tuple[Card, ...]) -> tuple[Card, ...]:
    """Drop the oldest cards beyond `RECENT_MAX`, but the last answers after the grants."""
    answered = [card.showing for card in recent if card.ruled][:ANSWERED_MAX]
    grants = [card.showing for card in recent if card.showing not in answered]
    kept = {*answered, *grants[: RECENT_MAX - len(answered)]}
    return tuple(card for card in recent if card.showing in kept)


def _least_useful(waiting: list[Card]) -> Card:
    """Choose what a flood pushes out: an anonymous refusal before a genuine person's referral."""
    return max(waiting, key=lambda c: (c.pass_id is None, c.outcome, -c.at_ms))
