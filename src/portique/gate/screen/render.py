"""Turn the board into what pages receive: words and codes, ready to be shown as text.

Everything from outside the project (names, labels, details) goes through
`plain`. A locked screen receives neither names nor reasons, rather than hiding them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from portique.core.decide import Outcome
from portique.core.sentences import Label, ManualReason, Sentence, label, sentence
from portique.gate.board import WAITING_MAX, AlertKind, FreshnessState, Posture
from portique.gate.screen.plain import plain

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from portique.core.decide import Reason
    from portique.core.zones import Lane, Mode
    from portique.gate.board import (
        Alert,
        Card,
        Fault,
        Freshness,
        HolderView,
        Ruled,
        Snapshot,
    )
    from portique.gate.screen.catalogue import Catalogue

Payload = dict[str, Any]

_OUTCOMES = {Outcome.GRANT: "grant", Outcome.REFER: "refer", Outcome.REFUSE: "refuse"}
_WORST_LAST = tuple(FreshnessState)
DETAIL_MAX = 500  # characters: the longest of the gate's own sentences, with a file's name in it
CLOCK, SERVER = "clock", "server"  # the parts that are no knowledge
COORDINATE_DIGITS = 4  # a ten-thousandth of the frame's width: finer than any screen


class AgentRenderer:
    """Writes the board's snapshots for one language, time zone and degree of trust."""

    def __init__(self, words: Catalogue, zone: ZoneInfo, *, locked: bool) -> None:
        self._words = words
        self._say = words.say
        self._zone = zone
        self._locked = locked

    def payload(self, board: Snapshot) -> Payload:
        """Return one snapshot as JSON-able values."""
        return {
            "version": board.version,
            "locked": self._locked,
            "lane": plain(board.lane.title.in_language(self._words.language)),
            "mode": self._mode(board.mode),
            "asked": board.asked and self._say(f"asked.{board.asked}"),
            "posture": self._posture(board),
            "waiting": [self._card(card, board.lane) for card in _newest_first(board.waiting)],
            "recent": [self._card(card, board.lane) for card in board.recent],
            "setAside": self._set_aside(board.set_aside),
            "counts": {"entered": board.counts.entered, "left": board.counts.left},
            "freshness": self._freshness(board.freshness),
            "faults": [
                *self._untold(board.freshness),
                *(self._fault(fault) for fault in board.faults),
            ],
            "alerts": [self._alert(alert, board.lane) for alert in board.alerts],
        }

    def ruling(self, ruled: Ruled) -> str:
        """Say who answered what."""
        return self._say(
            f"ruled.{ruled.ruling}", agent=plain(ruled.agent), reason=self._label(ruled.reason)
        )

    def too_late(self, ruled: Ruled | None) -> str:
        """Tell the agent who comes second who came first."""
        if ruled is None:
            return self._say("ruled.gone")
        return self._say(
            "ruled.first",
            agent=plain(ruled.agent),
            ruling=self._say(f"ruled.first.{ruled.ruling}"),
            reason=self._label(ruled.reason),
        )

    def _label(self, value: Label) -> str:
        return label(value, self._words.language)

    def _card(self, card: Card, lane: Lane) -> Payload:
        outcome = _OUTCOMES[card.outcome]
        return {
            "showing": card.showing,
            "key": card.first or card.showing,
            "time": self._time(card.at_ms),
            "outcome": outcome,
            "outcomeWord": self._outcome_word(card),
            "medium": card.medium and self._label(card.medium),
            "times": self._say("card.times", times=card.times) if card.times > 1 else None,
            "old": card.old,
            "ruled": card.ruled and card.ruled.ruling,
            "ruledBy": card.ruled and self.ruling(card.ruled),
            **self._person(card),
            **self._why(card, lane),
        }

    def _why(self, card: Card, lane: Lane) -> Payload:
        if self._locked:
            return {"reasons": [], "aloud": None, "next": None, "note": None}
        spoken = [self._sentence(reason, card, lane) for reason in card.reasons]
        return {
            "reasons": [each.agent for each in spoken],
            "aloud": spoken[0].aloud if spoken else None,
            "next": spoken[0].next_step if spoken else None,
            "note": card.note and plain(card.note.in_language(self._words.language)),
        }

    def _outcome_word(self, card: Card) -> str:
        if _manual(card):
            return self._say("outcome.manual")
        return capital(self._label(card.outcome))

    def _person(self, card: Card) -> Payload:
        if self._locked or _manual(card):
            return {"name": None, "nameless": None, "label": None, "kind": None}
        return {
            "name": plain(card.name) if card.name else None,
            "nameless": None if card.name else self._say("card.nameless"),
            "label": plain(card.label) if card.label else None,
            "kind": card.kind and self._label(card.kind),
        }

    def _sentence(self, reason: Reason, card: Card, lane: Lane) -> Sentence:
        language = self._words.language
        slots = {"point": lane.point.in_language(language), **dict(card.slots)}
        shown = {name: plain(value) for name, value in slots.items()}
        return sentence(reason, language, **shown)

    def _mode(self, mode: Mode) -> Payload:
        word = self._say(f"mode.{mode}")
        now = self._say("mode.now", mode=word[:1].lower() + word[1:])
        return {"code": mode, "word": word, "now": now}

    def _posture(self, board: Snapshot) -> Payload | None:
        if board.posture is Posture.NORMAL:
            return None
        drill = self._say("posture.drill") if board.drill else None
        return {
            "code": board.posture,
            "word": self._say(f"posture.{board.posture}"),
            "drill": drill,
        }

    def _set_aside(self, count: int) -> str | None:
        if not count:
            return None
        key = "waiting.set-aside.one" if count == 1 else "waiting.set-aside.many"
        return self._say(key, count=count, most=WAITING_MAX)

    def _freshness(self, parts: tuple[Freshness, ...]) -> Payload:
        told = [part for part in parts if part.part not in {CLOCK, SERVER}]  # faults tell of those
        states = [part.state for part in told] or [FreshnessState.MISSING]
        worst = max(states, key=_WORST_LAST.index)
        ages = [part.age_s for part in told if part.state is worst and part.age_s is not None]
        return {
            "state": worst,
            "word": self._say(f"fresh.all.{worst}", age=self._age(max(ages, default=None))),
            "parts": [self._part(part) for part in parts],
        }

    def _part(self, part: Freshness) -> Payload:
        if part.part == CLOCK:
            sure = part.state is FreshnessState.FRESH
            word = self._say("time.sure" if sure else "time.unsure")
            return {"part": self._say("part.clock"), "state": part.state, "word": "", "age": word}
        if part.part == SERVER:
            return self._server(part)
        return {
            "part": self._words.say_or(f"part.{part.part}", plain(part.part)),
            "state": part.state,
            "word": "" if part.age_s is None else self._say(f"fresh.{part.state}"),
            "age": self._age(part.age_s),
        }

    def _server(self, part: Freshness) -> Payload:
        """Say when the school's server was last heard, and what waits for it."""
        waiting = self._say("server.waiting", count=part.waiting) if part.waiting else ""
        heard = "server.never" if part.age_s is None else "server.heard"
        return {
            "part": self._say("part.server"),
            "state": part.state,
            "word": waiting,
            "age": self._say(heard, age=self._age(part.age_s)),
        }

    def _age(self, age_s: int | None) -> str:
        if age_s is None:
            return self._say("age.never")
        for unit, seconds in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
            if age_s >= seconds * (2 if unit == "days" else 1):
                return self._say(f"age.{unit}", count=age_s // seconds)
        return self._say("age.now")

    def _untold(self, parts: tuple[Freshness, ...]) -> list[Payload]:
        """Say that the school has told this gate nothing at all, if so."""
        told = [part.state for part in parts if part.part not in {CLOCK, SERVER}]
        if not told or set(told) != {FreshnessState.MISSING}:
            return []
        return [{"organ": self._say("fault.untold"), "detail": self._say("fault.untold.text")}]

    def _fault(self, fault: Fault) -> Payload:
        detail = fault.detail.in_language(self._words.language)
        return {"organ": self._say(f"fault.{fault.organ}"), "detail": detail}

    def _alert(self, alert: Alert, lane: Lane) -> Payload:
        language = self._words.language
        title = plain(lane.title.in_language(language))
        notice = alert.kind is AlertKind.NOTICE  # its detail says all
        text = None if notice else self._say(f"alert.{alert.kind}.text", lane=title)
        detail = alert.detail and plain(alert.detail.in_language(language), most=DETAIL_MAX)
        return {
            "alert": alert.alert,
            "kind": alert.kind,
            "time": self._time(alert.at_ms),
            "title": self._say(f"alert.{alert.kind}"),
            "text": text,
            "detail": detail,
        }

    def _time(self, at_ms: int) -> str:
        return datetime.fromtimestamp(at_ms / 1000, tz=UTC).astimezone(self._zone).strftime("%H:%M")


def _manual(card: Card) -> bool:
    """Say whether the card is for somebody let through without a code: nobody is on it."""
    return card.ruled is not None and isinstance(card.ruled.reason, ManualReason)


def _newest_first(waiting: tuple[Card, ...]) -> list[Card]:
    """Put whoever is at the gate now before whoever has left."""
    return sorted(waiting, key=lambda card: (card.old, -card.showing))


def holder_payload(view: HolderView) -> Payload:
    """Return what the holder's screen receives: the same for a referral and a refusal."""
    return {
        "state": view.state,
        "turn": view.turn,
        "advice": view.advice,
        "aspect": round(view.aspect, COORDINATE_DIGITS),
        "aims": [
            {
                "advice": aim.advice,
                "quad": [
                    [round(x, COORDINATE_DIGITS), round(y, COORDINATE_DIGITS)] for x, y in aim.quad
                ],
            }
            for aim in view.aims
        ],
    }


def capital(text: str) -> str:
    """Return `text` with a capital first letter, the rest untouched."""
    return text[:1].upper() + text[1:]
