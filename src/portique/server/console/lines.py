"""Events in words: one line of the live list each, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portique.core import sentences
from portique.core.alarms import TITLES, Posture
from portique.core.decide import Outcome, Reason
from portique.core.entries import Ruling
from portique.core.plain import Words
from portique.core.sentences import (
    AdmitReason,
    DenyReason,
    ForgottenReason,
    ManualReason,
    sentence,
)
from portique.core.values import Kind
from portique.server.console.models import EventKind
from portique.server.console.words import (
    CLOCKS,
    EPOCHS,
    MODES,
    NOTICES,
    WORKING,
    WORKING_OTHER,
    said,
)
from portique.server.gates.health import FAILING, FAILING_OTHER
from portique.server.gates.words import ALARM_WORDS
from portique.server.words import language, spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from portique.core.sentences import Preset
    from portique.server.console.models import Event
    from portique.server.console.names import Shown

TONES = {Outcome.GRANT: "grant", Outcome.REFER: "refer", Outcome.REFUSE: "refuse"}
ADMITTING = {each.value: each for each in (*AdmitReason, *ForgottenReason)}
DENYING = {each.value: each for each in DenyReason}
ADMIT = Words("Passage accordé", "Let through")
DENY = Words("Passage refusé", "Not let through")
SENT = Words("Réponse envoyée au portique", "Answer sent to the gate")
OPENING = Words(
    "Ouverture demandée au portique, qui doit confirmer",
    "The gate was asked to open, and is to confirm",
)
UNOPENED = Words(
    "Le portique n’a pas confirmé l’ouverture", "The gate did not confirm that it opened"
)
LOOK_THERE = Words(
    "La porte est peut-être restée fermée\xa0: voyez sur place.",
    "The door may have stayed shut: look there.",
)
FROM_HERE = Words("porte ouverte depuis cette page", "door opened from this page")
MANUAL = Words("Admission manuelle", "Manual admission")
DRILL = Words("exercice", "drill")
STARTED = Words("Le portique a démarré.", "The gate started.")
STARTED_AGAIN = Words(
    "Le portique a redémarré après un arrêt brutal.", "The gate started again after a sudden stop."
)
COUNTED = Words("Comptage à la main : {people}", "Counted by hand: {people}")
NEWLY = Words("mode : {mode}", "mode: {mode}")


@dataclass(slots=True)
class Line:
    """One line of the live list, in the reader's language."""

    at: datetime
    lane: str
    tone: str
    headline: str
    who: Shown | None = None
    details: list[str] = field(default_factory=list)
    by: str = ""


def line_of(event: Event) -> Line:
    """Say an event; whose pass, which lane and who answered are added by `telling`."""
    return _LINES[EventKind(event.kind)](event)


def reasons_in(codes: Iterable[str]) -> list[Reason]:
    """Return the reasons of a decision; a newer gate's own are left out."""
    return [Reason(code) for code in codes if code in set(Reason)]


def _decision(event: Event) -> Line:
    outcome = Outcome(event.data["outcome"])
    headline = label(outcome).capitalize()
    if event.data.get("kind"):
        headline += f" · {label(Kind(event.data['kind']))}"
    reasons = reasons_in(event.data["reasons"])
    details = [sentence(reason, language()).agent for reason in reasons]
    return Line(event.at, "", TONES[outcome], headline, details=details)


def _ruling(event: Event) -> Line:
    tone = "grant" if event.data["verdict"] == Ruling.ADMIT else "refuse"
    return Line(event.at, "", tone, answer_of(event.data["verdict"], event.data["reason"]))


def _asked(event: Event) -> Line:
    answer = answer_of(event.data["verdict"], event.data["reason"])
    return Line(event.at, "", "note", spoken(SENT), details=[answer])


def _opening(event: Event) -> Line:
    why = _manual_reason(event.data["reason"])
    if event.alert:
        return Line(event.at, "", "refer", spoken(UNOPENED), details=[why, spoken(LOOK_THERE)])
    return Line(event.at, "", "note", spoken(OPENING), details=[why])


def _manual(event: Event) -> Line:
    details = [_manual_reason(event.data["reason"])]
    if "admission" in event.data:
        details.append(spoken(FROM_HERE))
    return Line(event.at, "", "grant", spoken(MANUAL), details=details)


def _manual_reason(code: str) -> str:
    return label(ManualReason(code)) if code in set(ManualReason) else code


def _gate(event: Event) -> Line:
    """Say an alarm of a gate as the gates' page does: what, and what to do."""
    what, do = ALARM_WORDS[event.data["code"]]
    return Line(event.at, "", "refuse", spoken(what), details=[spoken(do)])


def _failure(event: Event) -> Line:
    """Say what no longer works at a lane as the gates' page does, or that it works again."""
    code = event.data["code"]
    if event.data["works"]:
        return Line(event.at, "", "note", spoken(WORKING.get(code, WORKING_OTHER)))
    trouble = FAILING.get(code, FAILING_OTHER)
    return Line(event.at, "", "refer", spoken(trouble.what), details=[spoken(trouble.do)])


def _mode(event: Event) -> Line:
    mode = spoken(said(MODES, event.data["mode"]))
    return Line(event.at, "", "note", spoken(NEWLY).format(mode=mode).capitalize())


def _alarm(event: Event) -> Line:
    posture = event.data["posture"]
    title = spoken(TITLES[Posture(posture)]) if posture in set(Posture) else posture
    details = [spoken(DRILL)] if event.data["drill"] else []
    tone = "note" if posture == Posture.NORMAL else "refuse"
    return Line(event.at, "", tone, title.capitalize(), details=details)


def _notice(event: Event) -> Line:
    return Line(event.at, "", "refer", spoken(said(NOTICES, event.data["code"])))


def _clock(event: Event) -> Line:
    return Line(event.at, "", "note", spoken(said(CLOCKS, event.data["code"])))


def _epoch(event: Event) -> Line:
    return Line(event.at, "", "note", spoken(said(EPOCHS, event.data["code"])))


def _count(event: Event) -> Line:
    return Line(event.at, "", "note", spoken(COUNTED).format(people=f"{event.people:+d}"))


def _boot(event: Event) -> Line:
    return Line(event.at, "", "note", spoken(STARTED if event.data["clean"] else STARTED_AGAIN))


def _dismissed(event: Event) -> Line:
    return Line(event.at, "", "note", "")


_LINES: Mapping[EventKind, Callable[[Event], Line]] = {
    EventKind.DECISION: _decision,
    EventKind.RULING: _ruling,
    EventKind.ASKED: _asked,
    EventKind.MANUAL: _manual,
    EventKind.MODE: _mode,
    EventKind.ALARM: _alarm,
    EventKind.NOTICE: _notice,
    EventKind.CLOCK: _clock,
    EventKind.EPOCH: _epoch,
    EventKind.COUNT: _count,
    EventKind.BOOT: _boot,
    EventKind.DISMISSED: _dismissed,
    EventKind.OPENING: _opening,
    EventKind.GATE: _gate,
    EventKind.FAILURE: _failure,
}


def answer_of(verdict: str, reason: str) -> str:
    """Say an answer and its preset reason."""
    admitted = verdict == Ruling.ADMIT
    presets: Mapping[str, Preset] = ADMITTING if admitted else DENYING
    why = label(presets[reason]) if reason in presets else reason
    return f"{spoken(ADMIT if admitted else DENY)} · {why}"


def label(value: sentences.Label) -> str:
    """Name an outcome, kind or preset reason in the language of the page."""
    return sentences.label(value, language())
