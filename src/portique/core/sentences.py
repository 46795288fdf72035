"""Words for people: every reason and label of the core, in French and in English."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from portique.core.decide import Outcome, Reason
from portique.core.sentences_en import SENTENCES_EN
from portique.core.sentences_fr import SENTENCES_FR
from portique.core.values import Direction, Kind, Language, Medium

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Mapping[Language, Mapping[Reason, tuple[str, str, str]]] = {
    Language.FR: SENTENCES_FR,
    Language.EN: SENTENCES_EN,
}
POINT: Mapping[Language, str] = {Language.FR: "la vie scolaire", Language.EN: "the school office"}
"""The staffed point of a lane that names none, with its article."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One reason in words.

    `agent` says what is the matter, `aloud` is what the agent can read to the
    person before others, `next_step` says what to do and names the staffed point.
    """

    agent: str
    aloud: str
    next_step: str


class AdmitReason(StrEnum):
    """Why an agent let somebody through. Journalled: never reuse a value."""

    KNOWN = "known"
    CHECKED = "checked"
    ESCORTED = "escorted"
    FAULT = "fault"


class DenyReason(StrEnum):
    """Why an agent did not let somebody through. Journalled: never reuse a value."""

    SENT = "sent"
    UNIDENTIFIED = "unidentified"
    NOT_THEIRS = "not-theirs"
    LEFT = "left"


class ManualReason(StrEnum):
    """Why an agent let somebody through who showed no code. Journalled: never reuse a value."""

    FORGOTTEN = "forgotten"
    DAMAGED = "damaged"
    FLAT = "flat"
    GROUP = "group"
    EXPECTED = "expected"
    EMERGENCY = "emergency"


class ForgottenReason(StrEnum):
    """Why somebody has not got their card with them. Journalled: never reuse a value."""

    AT_HOME = "at-home"
    UNREADABLE = "unreadable"
    PHONE = "phone"
    LOST = "lost"


Preset = AdmitReason | DenyReason | ManualReason | ForgottenReason
Label = Outcome | Kind | Medium | Direction | Preset

_OUTCOMES = {
    Outcome.GRANT: ("passe", "grant"),
    Outcome.REFER: ("à voir", "refer"),
    Outcome.REFUSE: ("refus", "refuse"),
}
_KINDS = {
    Kind.PUPIL: ("élève", "pupil"),
    Kind.STAFF: ("personnel", "staff"),
    Kind.GUARDIAN: ("responsable", "guardian"),
    Kind.TRAINEE: ("stagiaire", "trainee"),
    Kind.CANDIDATE: ("candidat ou candidate", "candidate"),
    Kind.RESIDENT: ("personne logée sur place", "resident"),
    Kind.VISITOR: ("visite", "visitor"),
}
_MEDIA = {
    Medium.PAPER: ("papier", "paper"),
    Medium.PHONE: ("téléphone", "phone"),
    Medium.BADGE: ("badge", "badge"),
}
_DIRECTIONS = {Direction.ENTRY: ("entrée", "entry"), Direction.EXIT: ("sortie", "exit")}
_ADMIT = {
    AdmitReason.KNOWN: ("je connais la personne", "I know this person"),
    AdmitReason.CHECKED: ("identité vérifiée", "identity checked"),
    AdmitReason.ESCORTED: ("avec un adulte responsable", "with a responsible adult"),
    AdmitReason.FAULT: ("erreur de l’appareil", "the device is wrong"),
}
_DENY = {
    DenyReason.SENT: ("envoi vers un adulte", "sent to a member of staff"),
    DenyReason.UNIDENTIFIED: ("identité non établie", "identity not established"),
    DenyReason.NOT_THEIRS: ("laissez-passer d’une autre personne", "somebody else’s pass"),
    DenyReason.LEFT: ("la personne est repartie", "the person went away"),
}
_MANUAL = {
    ManualReason.FORGOTTEN: ("laissez-passer oublié", "pass forgotten"),
    ManualReason.DAMAGED: ("laissez-passer abîmé", "pass damaged"),
    ManualReason.FLAT: ("téléphone déchargé", "phone flat"),
    ManualReason.GROUP: ("groupe avec un adulte", "group with an adult"),
    ManualReason.EXPECTED: ("personne attendue", "person expected"),
    ManualReason.EMERGENCY: ("secours", "emergency services"),
}
_FORGOTTEN = {
    ForgottenReason.AT_HOME: ("carte oubliée à la maison", "card left at home"),
    ForgottenReason.UNREADABLE: ("carte illisible ou cassée", "card unreadable or broken"),
    ForgottenReason.PHONE: ("téléphone éteint", "phone is off"),
    ForgottenReason.LOST: (
        "carte perdue, à signaler à la vie scolaire",
        "card lost, to be told to school life",
    ),
}
_LABELS: Mapping[type, Mapping[Any, tuple[str, str]]] = {
    Outcome: _OUTCOMES,
    Kind: _KINDS,
    Medium: _MEDIA,
    Direction: _DIRECTIONS,
    AdmitReason: _ADMIT,
    DenyReason: _DENY,
    ManualReason: _MANUAL,
    ForgottenReason: _FORGOTTEN,
}


def sentence(reason: Reason, language: Language, **slots: str) -> Sentence:
    """Say one reason in words.

    Args:
        reason: What objected, or the note.
        language: French or English.
        slots: `point`, the staffed point with its article («la loge», "the
            lodge"), which a school words so that it follows «vers» and «voir».
            Without it the words are those of `POINT`.
    """
    filled = {"point": POINT[language], **slots}
    return Sentence(*(text.format_map(filled) for text in SENTENCES[language][reason]))


def label(value: Label, language: Language) -> str:
    """Name an outcome, kind, medium, direction or preset reason on a screen."""
    french, english = _LABELS[type(value)][value]
    return french if language is Language.FR else english
