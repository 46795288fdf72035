"""What is kept of a kind of person, why and until when: read from the charter itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portique.core.charter import Declaration, activity_of, purpose_of
from portique.core.charter_law import BASIS_WORDS, RECIPIENT_WORDS, SOURCE_WORDS
from portique.core.charter_today import today
from portique.core.plain import Words
from portique.server.vault.checks import declared_fields
from portique.server.words import spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portique.core.charter import Activity, Purpose
    from portique.core.charter_law import Recipient, Source
    from portique.core.charter_retention import Retention
    from portique.core.values import Kind

WHAT: Mapping[str, Words] = {
    "entry-control": Words(
        "Vos présentations au portique\u00a0: l’heure, la voie, la réponse et sa raison.",
        "Your showings at the gate: the time, the lane, the answer and its reason.",
    ),
    "directory": Words(
        "Votre nom d’usage et votre nom à l’état civil, votre classe ou service, votre date de"
        " naissance et votre identifiant national s’ils étaient dans le fichier importé.",
        "The name you go by and your civil name, your class or service, your birth date and"
        " national number if they were in the imported file.",
    ),
    "passes": Words(
        "Vos laissez-passer\u00a0: leur numéro, leurs dates, s’ils sont valables\u202f; pour un"
        " téléphone, sa clé publique, et l’empreinte d’un code à usage unique.",
        "Your passes: their number, their dates, whether they are valid; for a phone, its public"
        " key, and the hash of a one-time code.",
    ),
    "accounts": Words(
        "Votre compte\u00a0: identifiant, empreinte du mot de passe, dernière connexion.",
        "Your account: login, hash of the password, last sign-in.",
    ),
    "exit-rights": Words(
        "Vos groupes, vos jours de repas, votre régime de sortie, vos autorisations.",
        "Your groups, meal days, exit regime and permissions.",
    ),
    "guardian-messages": Words(
        "Comment écrire à un responsable, et ce qui lui a été écrit.",
        "How to write to a guardian, and what was written.",
    ),
    "access-audit": Words(
        "Qui a consulté ou changé vos données, et pourquoi.",
        "Who looked at or changed your data, and why.",
    ),
    "gate-operation": Words(
        "Ce que vous avez fait à un portique si vous y travaillez.",
        "What you did at a gate, if you work there.",
    ),
}


IN_LAW = Words("{} (RGPD, art. {})", "{} (GDPR, art. {})")


@dataclass(slots=True)
class Reason:
    """Why data is kept: one purpose, its ground, until when, for whom."""

    purpose: Words
    basis: str
    retentions: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Kept:
    """What one activity keeps, and why."""

    title: Words
    what: Words
    reasons: list[Reason]


def kept_of(kind: Kind) -> list[Kept]:
    """Return what is kept of such a person, activity by activity, as the register has it."""
    found: dict[str, dict[str, Reason]] = {}
    activities: dict[str, Activity] = {}
    for said, activity, purpose in _declared():
        if kind not in activity.persons:
            continue
        activities[activity.code] = activity
        reasons = found.setdefault(activity.code, {})
        basis = spoken(IN_LAW).format(spoken(BASIS_WORDS[purpose.basis]), purpose.basis.article)
        reason = reasons.setdefault(purpose.code, Reason(purpose.title, basis))
        _add(reason, said.retention, said.recipients, said.source or activity.source)
    return [
        Kept(activity.title, WHAT.get(code, activity.title), list(found[code].values()))
        for code, activity in sorted(activities.items(), key=_place)
    ]


def _place(item: tuple[str, Activity]) -> int:
    """Put what concerns people most first, in the order of `WHAT`."""
    order = list(WHAT)
    return order.index(item[0]) if item[0] in WHAT else len(order)


def _declared() -> Iterable[tuple[Declaration, Activity, Purpose]]:
    for info in (*declared_fields(), *today()):
        said = info.declaration
        if not isinstance(said, Declaration):
            continue
        activity, purpose = activity_of(said), purpose_of(said)
        if activity is not None and purpose is not None:
            yield said, activity, purpose


def _add(
    reason: Reason, retention: Retention, recipients: Iterable[Recipient], source: Source
) -> None:
    told = [spoken(RECIPIENT_WORDS[one]) for one in recipients]
    for row, more in (
        (reason.retentions, [spoken(retention.words())]),
        (reason.recipients, told),
        (reason.sources, [spoken(SOURCE_WORDS[source])]),
    ):
        row.extend(one for one in more if one not in row)
