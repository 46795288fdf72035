"""The values that screens show: cards, alerts, freshness, and the words to ask with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portique.core.alarms import Posture
from portique.core.zones import Mode

if TYPE_CHECKING:
    from portique.core.decide import Outcome, Reason
    from portique.core.entries import Ruling
    from portique.core.plain import Words
    from portique.core.sentences import Preset
    from portique.core.values import Kind, Medium, Organ, PassId
    from portique.core.zones import Lane


class FreshnessState(StrEnum):
    """How far one part of the knowledge, or the clock, can be trusted."""

    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"
    MISSING = "missing"


class AlertKind(StrEnum):
    """What an alert is about."""

    EXIT_REFUSED = "exit-refused"
    STOLEN_ISSUER = "stolen-issuer"
    JOURNAL = "journal"
    NOTICE = "notice"


class Advice(StrEnum):
    """What would help the reader see a code."""

    CLOSER = "closer"
    FLATTER = "flatter"
    HOLD_STILL = "hold-still"
    LESS_GLARE = "less-glare"
    ONE_AT_A_TIME = "one-at-a-time"
    TAKE_AWAY = "take-away"


class HolderState(StrEnum):
    """Everything the holder's screen can say. Refer and refuse are one state, on purpose."""

    IDLE = "idle"
    PASS = "pass"  # noqa: S105 - a state, not a secret
    AGENT = "agent"
    FREE = "free"
    EVACUATE = "evacuate"


@dataclass(frozen=True, slots=True)
class Ruled:
    """Who answered, what and when. `agent` is an alias, never a civil name."""

    ruling: Ruling
    reason: Preset
    agent: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Card:
    """One showing as the agent sees it; `medium` is None where nothing is known of it.

    A manual admission is a card ruled for a `ManualReason`. `slots` fill the
    holes of the reasons' sentences beside `point`, which the lane gives.
    `note` is the exit rule explained in words. `times` counts the showings of
    one pass that waits: shown again, it does not wait twice but keeps its
    place, with its `first` showing's number beside the newest. `old` is a card
    nobody stands behind any more: of before a restart or a change of mode, or
    unanswered for long.
    """

    showing: int
    at_ms: int
    outcome: Outcome
    medium: Medium | None
    reasons: tuple[Reason, ...] = ()
    pass_id: PassId | None = None
    name: str | None = None
    label: str | None = None
    kind: Kind | None = None
    note: Words | None = None
    slots: tuple[tuple[str, str], ...] = ()
    times: int = 1
    first: int | None = None
    old: bool = False
    ruled: Ruled | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """People through this lane since its counters were last set to zero."""

    entered: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Freshness:
    """Age of one part of the knowledge; None: never had.

    `clock` is a part too, and `server`: since when it was not heard, and how many
    entries wait for it.
    """

    part: str
    age_s: int | None
    state: FreshnessState
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """An organ that does not work; `detail` tells an agent what it means and what to do now."""

    organ: Organ
    detail: Words


@dataclass(frozen=True, slots=True)
class Alert:
    """Something every agent's screen must show until somebody dismisses it."""

    alert: int
    kind: AlertKind
    at_ms: int
    detail: Words | None = None


Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Aim:
    """A code the camera sees: its corners as fractions of the frame's width and height.

    `advice` is None when the code reads well.
    """

    quad: Quad
    advice: Advice | None = None


@dataclass(frozen=True, slots=True)
class HolderView:
    """All that the holder's screen receives: no name, no reason, no number of a pass.

    `turn` grows with each decision, so that two grants in a row are seen as
    two. `aspect` is the frame's width divided by its height.
    """

    version: int
    state: HolderState
    turn: int
    aims: tuple[Aim, ...] = ()
    advice: Advice | None = None
    aspect: float = 4 / 3


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The board at one version: what the agents' screens show.

    `waiting` is oldest first, `recent` newest first. `set_aside` counts the
    cards dropped because more than `WAITING_MAX` waited. `asked` is what the
    holder's screen asks of the whole queue.
    """

    version: int
    lane: Lane
    mode: Mode = Mode.CONTROL
    posture: Posture = Posture.NORMAL
    drill: bool = False
    waiting: tuple[Card, ...] = ()
    recent: tuple[Card, ...] = ()
    set_aside: int = 0
    counts: Counts = Counts()
    freshness: tuple[Freshness, ...] = ()
    faults: tuple[Fault, ...] = ()
    alerts: tuple[Alert, ...] = ()
    asked: Advice | None = None
