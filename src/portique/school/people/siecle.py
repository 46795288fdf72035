"""SIECLE's exports: pupils, their structures, and their guardians, as XML or zipped.

There is no public specification, and versions differ: files are recognised by their root, names of
elements have their older forms, unknown ones are counted and shown, and what a gate has no use for
is dropped at once. `ELEVE_ID` and `PERSONNE_ID` change from export to export: they tie the parts of
one export together and are then forgotten.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO

from portique.core.values import Kind, Uai
from portique.school.people import limits
from portique.school.people.guardians import Guardians
from portique.school.people.records import (
    BOARDING_OF_DIGIT,
    Cause,
    Caution,
    Fault,
    PersonRecord,
    Reading,
    Skip,
)
from portique.school.people.refusals import Refusal, refused
from portique.school.people.spelling import (
    CODE_CHARACTERS_MAX,
    is_name,
    read_date,
    read_ine,
    tidy,
)
from portique.school.people.xml import Element, Wanted, read_xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

PEOPLE_MAX = 20_000
GROUPS_MAX = 60
ROOTS = frozenset({"BEE_ELEVES", "BEE_RESPONSABLES", "BEE_STRUCTURES"})
PUPIL_PARTS = frozenset(
    {
        *("ID_NATIONAL", "INE_RNIE", "INE_BEA", "NOM", "NOM_DE_FAMILLE", "NOM_USAGE", "PRENOM"),
        *("PRENOM_USAGE", "DATE_NAISS", "CODE_REGIME", "DATE_SORTIE"),
    }
)
_DIVISION, _GROUP = "D", "G"


@dataclass(slots=True)
class _Pupil:
    """A pupil of the file, by rank, before classes and groups are known."""

    rank: int
    record: PersonRecord
    left: bool


@dataclass(slots=True)
class _Export:
    """What the parts of one export gave so far."""

    today: date
    guardians: Guardians = field(default_factory=Guardians)
    roots: list[str] = field(default_factory=list)
    uai: str = ""
    rank: int = 0
    pupils: dict[str, _Pupil] = field(default_factory=dict)
    structures: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    not_imported: Counter[str] = field(default_factory=Counter)

    def wanted(self) -> Wanted:
        """Say which elements of a file go where."""
        return Wanted(
            ROOTS,
            {
                "PARAMETRES": self.parameters,
                "ELEVE": self.pupil,
                "STRUCTURES_ELEVE": self.pupil_structures,
                "PERSONNE": self.guardians.person,
                "RESPONSABLE_ELEVE": self.guardians.bond,
                "DIVISION": self.structure_name,
                "GROUPE": self.structure_name,
            },
            self.not_imported,
        )

    def parameters(self, element: Element) -> None:
        """Take the school's UAI; all parts of an export name the same one."""
        self.uai = self.uai or element.part("UAJ", "UAI", "RNE")[:CODE_CHARACTERS_MAX]

    def pupil(self, element: Element) -> None:
        """Take one pupil."""
        self.rank += 1
        if self.rank > PEOPLE_MAX:
            raise refused(Refusal.TOO_MANY_PEOPLE, f"the file holds over {PEOPLE_MAX} pupils")
        for part in element.parts:
            if part.tag not in PUPIL_PARTS and (part.text or part.parts):
                limits.count_name(self.not_imported, part.tag)
        number = element.attributes.get("ELEVE_ID", "")
        if number in self.pupils or not number:
            self.faults.append(Fault(self.rank, Cause.TWICE))
        elif record := self._record(element):
            gone = read_date(element.part("DATE_SORTIE"))
            self.pupils[number] = _Pupil(self.rank, record, gone is not None and gone < self.today)

    def pupil_structures(self, element: Element) -> None:
        """Take a pupil's class and groups."""
        listed = self.structures.setdefault(element.attributes.get("ELEVE_ID", ""), [])
        for part in element.parts:
            code = tidy(part.part("CODE_STRUCTURE"))
            if 0 < len(code) <= CODE_CHARACTERS_MAX and len(listed) < GROUPS_MAX:
                listed.append((part.part("TYPE_STRUCTURE"), code))

    def structure_name(self, element: Element) -> None:
        """Take the long name of a class or group, from Structures.xml."""
        given = element.attributes
        code = tidy(given.get("CODE") or given.get("CODE_STRUCTURE", ""))
        name = tidy(element.part("LIBELLE_LONG", "LIBELLE_EDITION", "LIBELLE"))
        code = code or tidy(element.part("CODE_STRUCTURE"))
        if code and name and len(self.names) < PEOPLE_MAX:
            self.names[code[:CODE_CHARACTERS_MAX]] = name[:CODE_CHARACTERS_MAX]

    def _record(self, element: Element) -> PersonRecord | None:
        family, first = (
            tidy(element.part(*tags)) for tags in (("NOM_DE_FAMILLE", "NOM"), ("PRENOM",))
        )
        if not (is_name(family) and is_name(first)):
            missing = not family or not first
            self._fault(Cause.NAME_MISSING if missing else Cause.NAME_WRONG)
            return None
        return PersonRecord(
            Kind.PUPIL,
            family,
            first,
            self._usual(element.part("NOM_USAGE")),
            self._usual(element.part("PRENOM_USAGE")),
            self._birth_date(element.part("DATE_NAISS")),
            self._ine(element.part("ID_NATIONAL", "INE_RNIE", "INE_BEA")),
            boarding=BOARDING_OF_DIGIT.get(element.part("CODE_REGIME")[:1]),
        )

    def _fault(self, cause: Cause, *, kept: bool = False) -> None:
        self.faults.append(Fault(self.rank, cause, kept))

    def _usual(self, text: str) -> str:
        name = tidy(text)
        if name and not is_name(name):
            self._fault(Cause.NAME_WRONG, kept=True)
            return ""
        return name

    def _birth_date(self, text: str) -> date | None:
        born = read_date(text)
        if text and born is None:
            self._fault(Cause.DATE_WRONG, kept=True)
        return born

    def _ine(self, text: str) -> str:
        ine = read_ine(text)
        if text and ine is None:
            self._fault(Cause.INE_WRONG, kept=True)
        return ine or ""


def read_siecle(streams: Sequence[BinaryIO], *, today: date, uai: Uai) -> Reading:
    """Read one export, given as one or several files: XML, or zips of XML.

    Args:
        streams: The files, each at its start and able to seek.
        today: The day by which a pupil has left.
        uai: The school's own; another in the file is a caution, not a refusal.

    Raises:
        FileRefused: Hostile, damaged, of another kind, or without pupils; nothing is returned.
    """
    export = _Export(today)
    for stream in streams:
        limits.size_of(stream)
        for chunks in _files(stream):
            export.roots.append(read_xml(chunks, export.wanted()))
    _check_roots(export.roots)
    return _reading(export, uai)


def _files(stream: BinaryIO) -> Iterator[Iterable[bytes]]:
    """Part a stream into its XML files; other files of a zip are left alone."""
    if not limits.is_zip(stream):
        yield limits.chunks_of_stream(stream)
        return
    with limits.open_zip(stream) as opened:
        for member in opened.infolist():
            if member.filename.lower().endswith(".xml"):
                yield limits.chunks_of(opened, member)


def _check_roots(roots: list[str]) -> None:
    if not ROOTS & set(roots):
        raise refused(Refusal.WRONG_ROOT, "this is no SIECLE export of pupils")
    if "BEE_ELEVES" not in roots:
        raise refused(
            Refusal.NO_PUPILS, "the export has no pupils: add ElevesSansAdresses.xml to it"
        )
    if roots.count("BEE_ELEVES") > 1:
        raise refused(Refusal.TWO_LISTS, "the export has two lists of pupils: keep one")


def _reading(export: _Export, uai: Uai) -> Reading:
    skipped: Counter[Skip] = Counter()
    pupils = {
        number: placed
        for number, pupil in export.pupils.items()
        if (placed := _placed(pupil, export.structures.get(number, []), skipped))
    }
    guardians = export.guardians.records(pupils, skipped)
    return Reading(
        (*pupils.values(), *guardians),
        dict(export.not_imported + export.guardians.not_imported),
        dict(skipped),
        (*export.faults, *export.guardians.faults),
        tuple(_cautions(export.uai, uai)),
        export.uai,
        export.names,
    )


def _placed(
    pupil: _Pupil, structures: list[tuple[str, str]], skipped: Counter[Skip]
) -> PersonRecord | None:
    """Give a pupil their class and groups; None for those who left or have no class."""
    divisions = [code for kind, code in structures if kind == _DIVISION]
    if pupil.left or not divisions:
        skipped[Skip.LEFT_SCHOOL if pupil.left else Skip.NO_CLASS] += 1
        return None
    groups = {code for kind, code in structures if kind == _GROUP} | set(divisions[1:])
    return replace(pupil.record, label=divisions[0], groups=tuple(sorted(groups - {divisions[0]})))


def _cautions(named: str, uai: Uai) -> Iterator[Caution]:
    if not named:
        yield Caution.NO_SCHOOL_NAMED
    elif named.upper() != uai:
        yield Caution.OTHER_SCHOOL
