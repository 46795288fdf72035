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
from typing import TYPE_CHECKING, Protocol

from portique.core.alarms import Posture
from portique.core.decide import Outcome
from portique.core.entries import Ruling
from portique.core.errors import TooLate
from portique.core.plain import Words
from portique.core.sentences import AdmitReason, DenyReason, ManualReason
from portique.core.zones import Mode
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
    Lane,
    Organ,
    Quad,
    Ruled,
    Snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from portique.core.values import Direction

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
    "Lane",
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
RECENT_MS = 10 * 60 * 1000  # names of people who passed leave the screen after ten minutes
RULINGS_KEPT = 256  # who ruled on what, for the agent who comes second; holds no name
ALERTS_MAX = 20
AIMS_MAX = 4  # as many codes as one frame may hold


class Desk(Protocol):
    """What the screens may ask of the gate's loop.

    Called from worker threads, never from the web server's event loop. Each
    call returns once its effect is journalled; the board follows.
    """

    def rule(
        self, showing: int, ruling: Ruling, reason: AdmitReason | DenyReason, agent: str
    ) -> None:
        """Give an agent's ruling on a waiting card.

        Raises:
            TooLate: Somebody ruled first, or the card is no longer waiting.
            JournalError: It could not be written; nothing was done.
        """
        ...

    def admit_manually(self, reason: ManualReason, agent: str) -> None:
        """Let somebody through who showed no code.

        Raises:
            JournalError: It could not be written; nothing was done.
        """
        ...

    def count(self, direction: Direction, step: int) -> None:
        """Add (+1) or take back (-1) one person counted by hand."""
        ...

    def set_mode(self, mode: Mode, agent: str) -> None:
        """Change how the lane works."""
        ...

    def dismiss_alert(self, alert: int, agent: str) -> None:
        """Take an alert off every screen.

        Raises:
            TooLate: Somebody did already.
        """
        ...


class Board:
    """The state that screens show; every method may be called from any thread."""

    def __init__(self, lane: Lane) -> None:
        self._changed = threading.Condition()
        self._snapshot = Snapshot(version=1, lane=lane)
        self._holder = HolderView(version=1, state=HolderState.IDLE, turn=0)
        self._current: int | None = None  # the showing on the holder's screen
        self._rulings: OrderedDict[int, Ruled] = OrderedDict()
        self._listeners: list[Callable[[], None]] = []
        self._beat_ms: int | None = None

    # -- written by the gate's loop ---------------------------------------------------------------

    def present(self, card: Card) -> None:
        """Show a decision on both screens."""
        granted = card.outcome is Outcome.GRANT
        with self._changed:
            if granted:
                self._list_recent(card)
            else:
                self._wait_for_agent(card)
            self._current = card.showing
            self._decided(HolderState.PASS if granted else HolderState.AGENT)

    def gone(self, showing: int) -> None:
        """Tell that a showing's medium has left; its card, if it waits, stays."""
        with self._changed:
            if self._current == showing:
                self._current = None
                self._set_holder(state=self._resting())

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
                self._decided(HolderState.PASS)
            return settled

    def list_manual(self, card: Card) -> None:
        """List a manual admission among the recent cards, and show the holder to pass."""
        with self._changed:
            self._list_recent(card)
            self._current = card.showing
            self._decided(HolderState.PASS)

    def forget(self, before_ms: int) -> None:
        """Drop the recent cards (and their names) older than `before_ms`."""
        with self._changed:
            kept = tuple(c for c in self._snapshot.recent if c.at_ms >= before_ms)
            if kept != self._snapshot.recent:
                self._set(recent=kept)

    def set_counts(self, counts: Counts) -> None:
        """Show how many people came and went."""
        with self._changed:
            self._set(counts=counts)

    def set_mode(self, mode: Mode) -> None:
        """Show how the lane works."""
        with self._changed:
            self._set(mode=mode)
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

    def set_fault(self, organ: Organ, detail: str | None) -> None:
        """Show that an organ fails, or (None) that it works again."""
        with self._changed:
            others = tuple(f for f in self._snapshot.faults if f.organ is not organ)
            fault = () if detail is None else (Fault(organ, detail),)
            self._set(faults=others + fault)

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

        `advice` is for the whole frame (one at a time, take the code away);
        each outline may carry its own.
        """
        with self._changed:
            shown = tuple(aims)[:AIMS_MAX]
            before = (self._holder.aims, self._holder.advice, self._holder.aspect)
            if before != (shown, advice, aspect):
                self._set_holder(aims=shown, advice=advice, aspect=aspect)

    def beat(self, monotonic_ms: int) -> None:
        """Tell that the loop lives; call at least once a second, screens distrust a silent loop."""
        self._beat_ms = monotonic_ms

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

    def _decided(self, state: HolderState) -> None:
        evacuating = self._snapshot.posture is Posture.EVACUATION
        shown = HolderState.EVACUATE if evacuating else state
        self._set_holder(state=shown, turn=self._holder.turn + 1)

    def _resting(self) -> HolderState:
        if self._snapshot.posture is Posture.EVACUATION:
            return HolderState.EVACUATE
        return HolderState.IDLE if self._snapshot.mode is Mode.CONTROL else HolderState.FREE

    def _rest_if_idle(self) -> None:
        evacuating = self._snapshot.posture is Posture.EVACUATION
        if (self._current is None or evacuating) and self._holder.state is not self._resting():
            self._set_holder(state=self._resting())

    def _waiting_card(self, showing: int) -> Card:
        for card in self._snapshot.waiting:
            if card.showing == showing:
                return card
        raise TooLate("this showing was ruled already, or is no longer on the board")

    def _list_recent(self, card: Card) -> None:
        since = card.at_ms - RECENT_MS
        kept = tuple(c for c in self._snapshot.recent if c.at_ms >= since)
        self._set(recent=(card, *kept)[:RECENT_MAX])

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


def _least_useful(waiting: list[Card]) -> Card:
    """Choose what a flood pushes out: an anonymous refusal before a genuine person's referral."""
    return max(waiting, key=lambda c: (c.pass_id is None, c.outcome, -c.at_ms))
