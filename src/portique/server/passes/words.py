"""What pages say of passes, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.plain import Words
from portique.core.sentences import ForgottenReason
from portique.core.values import Direction, Kind
from portique.school.finding import Standing
from portique.server.passes.models import Use
from portique.server.passes.printing import layout_names

if TYPE_CHECKING:
    from portique.server.passes.queries import PassRow

_HIS = {  # un badge, un billet
    Standing.VALID: Words("valable", "valid"),
    Standing.SUSPENDED: Words("suspendu", "suspended"),
    Standing.REVOKED: Words("annulé", "revoked"),
    Standing.EXPIRED: Words("périmé", "expired"),
}
_HERS = {  # une carte
    Standing.VALID: Words("valable", "valid"),
    Standing.SUSPENDED: Words("suspendue", "suspended"),
    Standing.REVOKED: Words("annulée", "revoked"),
    Standing.EXPIRED: Words("périmée", "expired"),
}
STANDINGS = {Use.CARD: _HERS, Use.SLIP: _HIS, Use.BADGE: _HIS, Use.PHONE: _HIS}
OFF = Words("coupé, comme tous les téléphones", "off, as all phones are")


def standing_words(row: PassRow) -> Words:
    """Say how a pass stands; of a phone where the school uses none, that nobody suspended it."""
    return OFF if row.off else STANDINGS[row.use][row.standing]


USES = {
    Use.CARD: Words("carte", "card"),
    Use.SLIP: Words("billet du jour", "day slip"),
    Use.BADGE: Words("badge", "badge"),
    Use.PHONE: Words("téléphone", "phone"),
}
_OWN_LAYOUTS = {
    "sheet": Words("Planche A4 de dix cartes", "A4 sheet of ten cards"),
    "card": Words("Une carte par page (imprimante à cartes)", "One card a page (card printer)"),
    "slip": Words("Billet A6", "A6 slip"),
}


def _labels(name: str) -> Words:
    size = name.replace("x", " × ")
    return Words(f"Étiquettes {size.replace('.', ',')}\u00a0mm", f"Labels {size}\u00a0mm")


LAYOUTS = {name: _OWN_LAYOUTS.get(name) or _labels(name) for name in layout_names()}
KINDS = {  # of a group of people that has no class or service
    Kind.PUPIL: Words("Élèves sans classe", "Pupils without a class"),
    Kind.STAFF: Words("Personnel", "Staff"),
    Kind.GUARDIAN: Words("Familles", "Guardians"),
    Kind.TRAINEE: Words("Stagiaires", "Trainees"),
    Kind.CANDIDATE: Words("Candidats", "Candidates"),
    Kind.RESIDENT: Words("Résidents", "Residents"),
    Kind.VISITOR: Words("Visiteurs", "Visitors"),
}
WAYS = {Direction.EXIT: Words("sortir", "leave"), Direction.ENTRY: Words("entrer", "enter")}
WEEKDAYS = (
    Words("lundi", "Monday"), Words("mardi", "Tuesday"), Words("mercredi", "Wednesday"),
    Words("jeudi", "Thursday"), Words("vendredi", "Friday"), Words("samedi", "Saturday"),
    Words("dimanche", "Sunday"),
)  # fmt: skip


FORGOTTEN = {
    ForgottenReason.AT_HOME: Words("Oubliée à la maison", "Left at home"),
    ForgottenReason.UNREADABLE: Words("Illisible ou cassée", "Unreadable or broken"),
    ForgottenReason.PHONE: Words("Téléphone éteint", "Phone is off"),
    ForgottenReason.LOST: Words(
        "Perdue\u00a0: la carte est suspendue", "Lost: the card is suspended"
    ),
}
