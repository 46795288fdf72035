"""Guardians of a SIECLE export: who they are, whose, and one way to write to them.

An e-mail address and a mobile number are kept for legal guardians only, because messages about
their child need one contact; the number only where the family accepted text messages
(`ACCEPTE_SMS`). Other contacts are kept by name: they may come to collect a pupil.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from portique.core.values import Kind
from portique.school.people.limits import count_name
from portique.school.people.records import Cause, Fault, PersonRecord, Role, Skip, Tie
from portique.school.people.refusals import Refusal, refused
from portique.school.people.spelling import is_name, read_email, read_mobile, tidy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from portique.school.people.xml import Element

PERSONS_MAX = 60_000
BONDS_MAX = 120_000
LEGAL_CODES = {"1", "2"}  # RESP_LEGAL: first and second legal guardian; 0 is a contact
LEGAL_LEVEL = "1"  # NIVEAU_RESPONSABILITE, in newer exports; anything else is a contact here
YES = {"1", "true", "oui", "o"}
PERSON_PARTS = frozenset(
    {
        *("NOM", "NOM_DE_FAMILLE", "NOM_USAGE", "PRENOM", "MEL", "TEL_PORTABLE", "ACCEPTE_SMS"),
    }
)
BOND_PARTS = frozenset({"ELEVE_ID", "PERSONNE_ID", "RESP_LEGAL", "NIVEAU_RESPONSABILITE"})


class Guardians:
    """The persons and bonds of one export, gathered element by element."""

    def __init__(self) -> None:
        self.not_imported: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._persons: dict[str, PersonRecord] = {}
        self._bonds: dict[str, dict[str, Role]] = {}
        self._rank = 0
        self._bond_count = 0

    def person(self, element: Element) -> None:
        """Take one person."""
        self._rank += 1
        if self._rank > PERSONS_MAX:
            raise refused(Refusal.TOO_MANY_PEOPLE, f"the file holds over {PERSONS_MAX} guardians")
        self._count(element, PERSON_PARTS)
        record = self._record(element)
        if record:
            self._persons[element.attributes.get("PERSONNE_ID", "")] = record

    def bond(self, element: Element) -> None:
        """Take what one person is to one pupil."""
        self._bond_count += 1
        if self._bond_count > BONDS_MAX:
            raise refused(Refusal.TOO_MANY_PEOPLE, f"the file holds over {BONDS_MAX} bonds")
        self._count(element, BOND_PARTS)
        pupil = element.part("ELEVE_ID") or element.attributes.get("ELEVE_ID", "")
        person = element.part("PERSONNE_ID") or element.attributes.get("PERSONNE_ID", "")
        roles = self._bonds.setdefault(person, {})
        if roles.get(pupil) is not Role.LEGAL:
            roles[pupil] = _role(element)

    def records(
        self, pupils: Mapping[str, PersonRecord], skipped: Counter[Skip]
    ) -> Iterator[PersonRecord]:
        """Yield the guardians of these pupils, in the order of the file."""
        counts = Counter(pupil.match for pupil in pupils.values())
        for number, person in self._persons.items():
            bonds = {p: role for p, role in self._bonds.get(number, {}).items() if p in pupils}
            ties = {Tie(pupils[p].match, role) for p, role in bonds.items()}
            sure = tuple(sorted(tie for tie in ties if counts[tie.pupil] == 1))
            if len(sure) < len(ties):
                # Two pupils without INE share name and birth date: writing to the guardian of
                # one about the other would be worse than asking.
                self.faults.append(Fault(0, Cause.CHILD_UNCLEAR, kept=True, kind=Kind.GUARDIAN))
            if sure:
                yield _tied(person, sure)
            else:
                skipped[Skip.NO_PUPIL] += 1

    def _record(self, element: Element) -> PersonRecord | None:
        usual, family, first = (
            tidy(element.part(*tags))
            for tags in (("NOM_USAGE",), ("NOM_DE_FAMILLE", "NOM"), ("PRENOM",))
        )
        family = family or usual
        if not (is_name(family) and is_name(first)):
            missing = not family or not first
            self._fault(Cause.NAME_MISSING if missing else Cause.NAME_WRONG, kept=False)
            return None
        return PersonRecord(
            Kind.GUARDIAN,
            family,
            first,
            usual if is_name(usual) else "",
            email=self._contact(read_email(element.part("MEL")), element.part("MEL")),
            mobile=self._mobile(element),
        )

    def _mobile(self, element: Element) -> str:
        number = element.part("TEL_PORTABLE")
        if element.part("ACCEPTE_SMS").lower() not in YES:
            if number:
                count_name(self.not_imported, "TEL_PORTABLE")
            return ""
        return self._contact(read_mobile(number), number)

    def _contact(self, read: str | None, text: str) -> str:
        if text and read is None:
            self._fault(Cause.CONTACT_WRONG, kept=True)
        return read or ""

    def _fault(self, cause: Cause, *, kept: bool) -> None:
        self.faults.append(Fault(self._rank, cause, kept, Kind.GUARDIAN))

    def _count(self, element: Element, known: frozenset[str]) -> None:
        for part in element.parts:
            if part.tag not in known and part.text:
                count_name(self.not_imported, part.tag)


def _role(element: Element) -> Role:
    code = element.part("RESP_LEGAL")
    level = element.part("NIVEAU_RESPONSABILITE")
    legal = code in LEGAL_CODES if code else level == LEGAL_LEVEL
    return Role.LEGAL if legal else Role.CONTACT


def _tied(person: PersonRecord, ties: tuple[Tie, ...]) -> PersonRecord:
    """Give a guardian their ties; a mere contact keeps no address to write to."""
    legal = any(tie.role is Role.LEGAL for tie in ties)
    return PersonRecord(
        person.kind,
        person.family_name,
        person.first_name,
        person.usual_family_name,
        ties=ties,
        email=person.email if legal else "",
        mobile=person.mobile if legal else "",
    )
