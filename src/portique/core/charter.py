"""The law as code: what each field is about, and what is wrong with what was said of it.

Whoever writes a model says of each field that it is `personal`, and how, or
that it is not, in one word. `check` finds the fields of which nothing is said
and the declarations that can't be true. A model carries its own:

    charter: ClassVar[Charter] = Charter(
        id=technical("key"),
        name=personal(
            activity="directory",
            purpose="recognise",
            retention=WHILE_KNOWN,
            recipients=(Recipient.SCHOOL_LIFE, Recipient.AGENT, Recipient.HOLDER),
            sensitivity=Sensitivity.IDENTITY,
        ),
    )

How, with an example: `docs/charter.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portique.core.charter_activities import ACTIVITIES
from portique.core.charter_law import (
    Activity,
    LegalBasis,
    Purpose,
    Recipient,
    Sensitivity,
    Source,
)
from portique.core.charter_retention import Event, Retention
from portique.core.plain import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "ACTIVITIES",
    "Activity",
    "Charter",
    "Declaration",
    "Event",
    "Fault",
    "FaultKind",
    "FieldInfo",
    "LegalBasis",
    "NotPersonal",
    "Purpose",
    "Recipient",
    "Retention",
    "Sensitivity",
    "Source",
    "activity_of",
    "check",
    "personal",
    "purpose_of",
    "technical",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What the school says of one personal field; the ground is that of the purpose.

    `recipients` may be empty: nobody reads it, as with a password. `source`
    None: that of the activity.
    """

    activity: str
    purpose: str
    retention: Retention
    recipients: tuple[Recipient, ...]
    sensitivity: Sensitivity
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class NotPersonal:
    """A field that says nothing about anybody by itself; `reason` is a word of `REASONS`."""

    reason: str


REASONS: Mapping[str, Words] = {
    "technical": Words("technique", "technical"),
    "key": Words("clé d’une ligne déclarée", "key to a declared row"),
    "school": Words("texte de l’établissement lui-même", "text of the school itself"),
    "empty": Words("place réservée, toujours vide", "reserved place, always empty"),
}
"""Why a field may be declared not personal."""

personal = Declaration
"""Declare a personal field: `personal(activity=…, purpose=…, retention=…, …)`."""


def technical(reason: str = "technical") -> NotPersonal:
    """Declare a field that is not personal, by a word of `REASONS`."""
    return NotPersonal(reason)


class Charter(Mapping[str, Declaration | NotPersonal]):
    """What a model says of its fields, by name; `Charter(**base, more=…)` extends a base's."""

    def __init__(self, **fields: Declaration | NotPersonal) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> Declaration | NotPersonal:
        """Return what is said of one field."""
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the fields' names."""
        return iter(self._fields)

    def __len__(self) -> int:
        """Count the fields."""
        return len(self._fields)

    def infos(self, model: str, fields: Mapping[str, bool]) -> list[FieldInfo]:
        """List what `check` needs to know of a model.

        Args:
            model: Its name, as people are told it.
            fields: Each field it really has, and whether it is unreadable at rest.
        """
        said = [FieldInfo(model, name, self.get(name), fields[name]) for name in fields]
        gone = [
            FieldInfo(model, name, self[name], encrypted=False, exists=False)
            for name in self
            if name not in fields
        ]
        return said + gone


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field and what is said of it.

    `encrypted`: what is stored can't be read from the file or database alone:
    sealed, or kept only as a salted slow hash. `exists` is false for a
    declaration that names no field.
    """

    model: str
    field: str
    declaration: Declaration | NotPersonal | None
    encrypted: bool
    exists: bool = True


class FaultKind(StrEnum):
    """What can be wrong with what is said of a field."""

    UNDECLARED = "undeclared"
    NO_SUCH_FIELD = "no-such-field"
    UNKNOWN_REASON = "unknown-reason"
    UNKNOWN_ACTIVITY = "unknown-activity"
    FOREIGN_PURPOSE = "foreign-purpose"
    KEPT_TOO_LONG = "kept-too-long"
    FOREIGN_RECIPIENT = "foreign-recipient"
    READABLE_AT_REST = "readable-at-rest"


FAULT_WORDS: Mapping[FaultKind, Words] = {
    FaultKind.UNDECLARED: Words(
        "rien n’est déclaré\u00a0: dites personal(…) ou technical(…)",
        "nothing is declared: say personal(…) or technical(…)",
    ),
    FaultKind.NO_SUCH_FIELD: Words(
        "la déclaration ne nomme aucun champ\u00a0: retirez-la",
        "the declaration names no field: remove it",
    ),
    FaultKind.UNKNOWN_REASON: Words(
        "la raison n’est pas de la liste\u00a0: technical, key, school ou empty",
        "the reason is not in the list: technical, key, school or empty",
    ),
    FaultKind.UNKNOWN_ACTIVITY: Words(
        "le traitement est inconnu du registre", "the activity is not in the register"
    ),
    FaultKind.FOREIGN_PURPOSE: Words(
        "la finalité n’est pas celle de ce traitement", "the purpose is not of that activity"
    ),
    FaultKind.KEPT_TOO_LONG: Words(
        "la conservation dépasse la plus longue que permet le traitement",
        "the retention exceeds the longest that the activity allows",
    ),
    FaultKind.FOREIGN_RECIPIENT: Words(
        "un destinataire n’est pas de ceux du traitement",
        "a recipient is not one of the activity’s",
    ),
    FaultKind.READABLE_AT_REST: Words(
        "la donnée est lisible là où elle est gardée\u00a0: chiffrez-la",
        "the data can be read where it is stored: encrypt it",
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, at one field."""

    model: str
    field: str
    kind: FaultKind

    def words(self) -> Words:
        """Say what is wrong and what to do."""
        return FAULT_WORDS[self.kind]


def check(fields: Iterable[FieldInfo]) -> list[Fault]:
    """Find every fault, in the order of the fields. None: each field is declared, and lawfully."""
    return [Fault(info.model, info.field, kind) for info in fields for kind in _faults(info)]


def activity_of(declaration: Declaration) -> Activity | None:
    """Return the registered activity that a declaration names, if there is one."""
    return ACTIVITIES.get(declaration.activity)


def purpose_of(declaration: Declaration) -> Purpose | None:
    """Return the purpose, and with it the legal basis, if the activity has it."""
    activity = activity_of(declaration)
    return activity.purpose(declaration.purpose) if activity else None


def _faults(info: FieldInfo) -> Iterator[FaultKind]:
    if not info.exists:
        yield FaultKind.NO_SUCH_FIELD
    elif info.declaration is None:
        yield FaultKind.UNDECLARED
    elif isinstance(info.declaration, NotPersonal):
        if info.declaration.reason not in REASONS:
            yield FaultKind.UNKNOWN_REASON
    else:
        yield from _faults_in(info.declaration, encrypted=info.encrypted)


def _faults_in(declaration: Declaration, *, encrypted: bool) -> Iterator[FaultKind]:
    if declaration.sensitivity.encrypted and not encrypted:
        yield FaultKind.READABLE_AT_REST
    activity = activity_of(declaration)
    if activity is None:
        yield FaultKind.UNKNOWN_ACTIVITY
        return
    if activity.purpose(declaration.purpose) is None:
        yield FaultKind.FOREIGN_PURPOSE
    if not activity.allows(declaration.retention):
        yield FaultKind.KEPT_TOO_LONG
    if not activity.recipients.issuperset(declaration.recipients):
        yield FaultKind.FOREIGN_RECIPIENT
