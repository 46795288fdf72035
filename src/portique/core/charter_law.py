"""The law's nouns: on what ground, what for, from whom, to whom, how delicate, how long."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portique.core.plain import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portique.core.charter_retention import Retention
    from portique.core.values import Kind


class LegalBasis(StrEnum):
    """The six grounds of GDPR art. 6(1); the value is the letter."""

    CONSENT = "a"
    CONTRACT = "b"
    LEGAL_OBLIGATION = "c"
    VITAL_INTERESTS = "d"
    PUBLIC_TASK = "e"
    LEGITIMATE_INTERESTS = "f"

    @property
    def article(self) -> str:
        """The place in the law."""
        return f"6(1)({self})"


class Sensitivity(StrEnum):
    """What the data would do to somebody if it were read; all but the first are encrypted at rest.

    SENSITIVE is the school's word, wider than art. 9: health, family, discipline.
    """

    PSEUDONYMOUS = "pseudonymous"
    IDENTITY = "identity"
    SENSITIVE = "sensitive"
    SECRET = "secret"  # noqa: S105 - a degree, not a password

    @property
    def encrypted(self) -> bool:
        """Whether it may be stored encrypted only."""
        return self is not Sensitivity.PSEUDONYMOUS


class Recipient(StrEnum):
    """Who may receive data: a role of the school, the person, or a third party bound by charter."""

    HOLDER = "holder"
    GUARDIAN = "guardian"
    AGENT = "agent"
    RECEPTION = "reception"
    SCHOOL_LIFE = "school-life"
    HEAD = "head"
    TECHNICIAN = "technician"
    DPO = "dpo"
    AUDITOR = "auditor"
    BOUND_PARTY = "bound-party"


class Source(StrEnum):
    """Where data comes from (GDPR art. 14(2)(f))."""

    PERSON = "person"
    GUARDIAN = "guardian"
    SCHOOL = "school"
    IMPORT = "import"
    GATE = "gate"
    DRAWN = "drawn"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an activity does with data, and on what ground: each purpose has exactly one."""

    code: str
    title: Words
    basis: LegalBasis


@dataclass(frozen=True, slots=True)
class Activity:
    """One processing of the school's register (GDPR art. 30).

    `retention` is the usual one; no field may outlast every one of `longest`.
    `source` is where its data comes from unless a field says otherwise.
    """

    code: str
    title: Words
    purposes: tuple[Purpose, ...]
    persons: tuple[Kind, ...]
    recipients: frozenset[Recipient]
    source: Source
    retention: Retention
    longest: tuple[Retention, ...]

    def purpose(self, code: str) -> Purpose | None:
        """Return the purpose with this code; None: not of this activity."""
        return next((purpose for purpose in self.purposes if purpose.code == code), None)

    def allows(self, retention: Retention) -> bool:
        """Say whether a retention is no longer than the longest allowed."""
        return any(retention.within(limit) for limit in self.longest)


CONTROLLER = Words("le chef d’établissement", "the head of school")
"""Who answers in law for every activity."""

BASIS_WORDS: Mapping[LegalBasis, Words] = {
    LegalBasis.CONSENT: Words("consentement", "consent"),
    LegalBasis.CONTRACT: Words("contrat", "contract"),
    LegalBasis.LEGAL_OBLIGATION: Words("obligation légale", "legal obligation"),
    LegalBasis.VITAL_INTERESTS: Words("intérêts vitaux", "vital interests"),
    LegalBasis.PUBLIC_TASK: Words("mission d’intérêt public", "public task"),
    LegalBasis.LEGITIMATE_INTERESTS: Words("intérêts légitimes", "legitimate interests"),
}
SENSITIVITY_WORDS: Mapping[Sensitivity, Words] = {
    Sensitivity.PSEUDONYMOUS: Words("pseudonyme", "pseudonymous"),
    Sensitivity.IDENTITY: Words("identité", "identity"),
    Sensitivity.SENSITIVE: Words("sensible", "sensitive"),
    Sensitivity.SECRET: Words("secret", "secret"),
}
RECIPIENT_WORDS: Mapping[Recipient, Words] = {
    Recipient.HOLDER: Words("la personne elle-même", "the person"),
    Recipient.GUARDIAN: Words("ses responsables légaux", "their guardians"),
    Recipient.AGENT: Words("agents à l’entrée", "agents at the gate"),
    Recipient.RECEPTION: Words("accueil", "reception"),
    Recipient.SCHOOL_LIFE: Words("vie scolaire", "school life office"),
    Recipient.HEAD: Words("chef d’établissement", "head of school"),
    Recipient.TECHNICIAN: Words("technicien", "technician"),
    Recipient.DPO: Words("délégué à la protection des données", "data protection officer"),
    Recipient.AUDITOR: Words("auditeur", "auditor"),
    Recipient.BOUND_PARTY: Words(
        "tiers lié par une adhésion signée", "third party bound by a signed agreement"
    ),
}
SOURCE_WORDS: Mapping[Source, Words] = {
    Source.PERSON: Words("la personne elle-même", "the person"),
    Source.GUARDIAN: Words("ses responsables légaux", "their guardians"),
    Source.SCHOOL: Words("le personnel de l’établissement", "the school’s staff"),
    Source.IMPORT: Words(
        "un fichier de l’académie ou de l’établissement (SIECLE, ONDE, tableau)",
        "a file of the academy or the school (SIECLE, ONDE, table)",
    ),
    Source.GATE: Words("le portique, au passage", "the gate, as people pass"),
    Source.DRAWN: Words("tiré au sort par Portique", "drawn at random by Portique"),
}
