"""A fictional school and its SIECLE export, the same for each seed.

Nobody here exists. The school has what real files have: homonyms, compound names, œ, apostrophes,
usual names, several groups each, pupils who left and pupils without a class, guardians of several
children, and columns that no gate needs.
"""

from __future__ import annotations

import random
import zipfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

from faker import Faker

if TYPE_CHECKING:
    from collections.abc import Iterator

UAI = "0999001W"
ENCODING = "ISO-8859-15"
CLASS_SIZE = 28
LEVELS = (("6", 11), ("5", 12), ("4", 13), ("3", 14))
GROUPS = ("LATIN", "ANG", "ESP", "ALL", "SCI", "CHORALE", "AP MATHS", "EURO")
REGIMES = ("0", "1", "24", "24", "25", "29", "3", "35", "4", "6")
ODD_NAMES = (
    ("LEBŒUF", "Zoé"), ("D’ARTAGNAN", "Éloïse"), ("N'DIAYE", "Fatou-Bintou"),
    ("DE LA TOUR--MARTIN", "Jean-Baptiste"), ("ÇELIK", "Ægir"), ("LE GOFF", "Maël"),
    ("O'BRIEN", "Siobhán"), ("SAINT-EXUPÉRY", "Lætitia"), ("MÜLLER", "Noël"), ("LY", "My"),
)  # fmt: skip
LEFT_SHARE = 0.03
WITHOUT_CLASS_SHARE = 0.01
USUAL_NAME_SHARE = 0.05
ZIP_TIME = (2026, 11, 23, 6, 0, 0)


@dataclass(frozen=True, slots=True)
class FictionalGuardian:
    """A guardian who doesn't exist; `pupils` are numbers of pupils."""

    number: int
    family_name: str
    first_name: str
    legal: bool
    accepts_texts: bool
    pupils: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FictionalPupil:
    """A pupil who doesn't exist. `label` is empty without a class, `left_on` set for who left."""

    number: int
    ine: str
    family_name: str
    first_name: str
    birth_date: date
    label: str
    groups: tuple[str, ...]
    regime: str
    usual_family_name: str = ""
    left_on: date | None = None

    @property
    def is_here(self) -> bool:
        """Say whether an import keeps this pupil."""
        return bool(self.label) and self.left_on is None


@dataclass(frozen=True, slots=True)
class FictionalSchool:
    """Everybody of a school that doesn't exist, on one day."""

    uai: str
    today: date
    pupils: tuple[FictionalPupil, ...]
    guardians: tuple[FictionalGuardian, ...]

    @property
    def here(self) -> tuple[FictionalPupil, ...]:
        """Return the pupils whom an import keeps."""
        return tuple(pupil for pupil in self.pupils if pupil.is_here)


@dataclass(slots=True)
class _Maker:
    """Draws the school's people, one after another."""

    names: Faker
    draw: random.Random
    today: date
    count: int
    pupils: list[FictionalPupil] = field(default_factory=list)

    def pupil(self, number: int) -> FictionalPupil:
        """Draw one pupil; every fiftieth is named like the one before, born another day."""
        level, age, label = self._class(number)
        family, first = self._name(number)
        born = date(self.today.year - age, 1, 1) + timedelta(days=self.draw.randrange(365))
        left = self.draw.random() < LEFT_SHARE
        groups = sorted(self.draw.sample(GROUPS, self.draw.randint(1, 5)))
        return FictionalPupil(
            number,
            f"{number:09}{self.draw.choice('ABCDEFGHJK')}{self.draw.choice('ABCDEFGHJK')}",
            family,
            first,
            born,
            "" if self.draw.random() < WITHOUT_CLASS_SHARE else label,
            tuple(f"{level}{group}" for group in groups),
            self.draw.choice(REGIMES),
            self._last_name() if self.draw.random() < USUAL_NAME_SHARE else "",
            self.today - timedelta(days=self.draw.randint(5, 60)) if left else None,
        )

    def guardians(self) -> Iterator[FictionalGuardian]:
        """Draw two guardians for each pupil; brothers and sisters, one in six, share theirs."""
        families: list[list[int]] = []
        for pupil in self.pupils:
            if families and self.draw.random() < 1 / 6:
                families[-1].append(pupil.number)
            else:
                families.append([pupil.number])
        for number, children in enumerate(families):
            for place in range(2):
                yield FictionalGuardian(
                    number * 2 + place + 1,
                    self._last_name(),
                    self.names.first_name(),
                    legal=place == 0 or self.draw.random() < 0.8,
                    accepts_texts=self.draw.random() < 0.7,
                    pupils=tuple(children),
                )

    def _class(self, number: int) -> tuple[str, int, str]:
        classes = max(1, -(-self.count // CLASS_SIZE))
        rank = (number - 1) * classes // self.count
        level, age = LEVELS[rank * len(LEVELS) // classes]
        return level, age, f"{level}E{rank + 1:02}"

    def _name(self, number: int) -> tuple[str, str]:
        if number % 50 == 0 and self.pupils:
            return self.pupils[-1].family_name, self.pupils[-1].first_name
        if number % 40 == 7:
            return ODD_NAMES[number // 40 % len(ODD_NAMES)]
        return self._last_name(), self.names.first_name()

    def _last_name(self) -> str:
        return self.names.last_name().upper()


def make_school(
    seed: int, pupils: int = 1000, *, today: date = date(2026, 11, 23), uai: str = UAI
) -> FictionalSchool:
    """Draw a school of so many pupils, of whom a few left or have no class."""
    names = Faker("fr_FR")
    names.seed_instance(seed)
    maker = _Maker(names, random.Random(seed), today, pupils)
    for number in range(1, pupils + 1):
        maker.pupils.append(maker.pupil(number))
    return FictionalSchool(uai, today, tuple(maker.pupils), tuple(maker.guardians()))


def siecle_zip(school: FictionalSchool) -> bytes:
    """Write the school as SIECLE does: pupils, guardians and structures in one zip."""
    files = {
        "ElevesSansAdresses.xml": pupils_xml(school),
        "ResponsablesSansAdresses.xml": guardians_xml(school),
        "Structures.xml": structures_xml(school),
    }
    return zip_of({name: text.encode(ENCODING) for name, text in files.items()})


def zip_of(files: dict[str, bytes]) -> bytes:
    """Pack files, the same bytes each time."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, ZIP_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            opened.writestr(member, content)
    return packed.getvalue()


def pupils_xml(school: FictionalSchool) -> str:
    """Write ElevesSansAdresses.xml."""
    pupils = "".join(_pupil_xml(pupil) for pupil in school.pupils)
    options = "".join(
        f'<OPTION ELEVE_ID="{pupil.number}"><OPTIONS_ELEVE>'
        "<NUM_OPTION>1</NUM_OPTION><CODE_MATIERE>030201</CODE_MATIERE></OPTIONS_ELEVE></OPTION>\n"
        for pupil in school.pupils
    )
    structures = "".join(_structures_xml(pupil) for pupil in school.pupils if pupil.is_here)
    return _document(
        "BEE_ELEVES",
        school,
        f"<ELEVES>\n{pupils}</ELEVES>\n<OPTIONS>\n{options}</OPTIONS>\n"
        f"<STRUCTURES>\n{structures}</STRUCTURES>\n",
    )


def guardians_xml(school: FictionalSchool) -> str:
    """Write ResponsablesSansAdresses.xml."""
    persons = "".join(_person_xml(guardian) for guardian in school.guardians)
    bonds = "".join(
        "<RESPONSABLE_ELEVE>"
        + _part("ELEVE_ID", pupil)
        + _part("PERSONNE_ID", guardian.number)
        + _part("RESP_LEGAL", "1" if guardian.legal else "0")
        + _part("CODE_PARENTE", "1")
        + "</RESPONSABLE_ELEVE>\n"
        for guardian in school.guardians
        for pupil in guardian.pupils
    )
    return _document(
        "BEE_RESPONSABLES",
        school,
        f"<PERSONNES>\n{persons}</PERSONNES>\n<RESPONSABLES>\n{bonds}</RESPONSABLES>\n",
    )


def structures_xml(school: FictionalSchool) -> str:
    """Write Structures.xml."""
    classes = sorted({pupil.label for pupil in school.here})
    groups = sorted({group for pupil in school.here for group in pupil.groups})
    return _document(
        "BEE_STRUCTURES",
        school,
        "<DIVISIONS>\n"
        + "".join(_named("DIVISION", code, f"CLASSE {code}") for code in classes)
        + "</DIVISIONS>\n<GROUPES>\n"
        + "".join(_named("GROUPE", code, f"GROUPE {code}") for code in groups)
        + "</GROUPES>\n",
    )


def email_of(guardian: FictionalGuardian) -> str:
    """Return the address of a guardian, in a domain reserved for examples."""
    return f"famille{guardian.number}@exemple.example"


def _pupil_xml(pupil: FictionalPupil) -> str:
    left = f"{pupil.left_on:%d/%m/%Y}" if pupil.left_on else ""
    return (
        f'<ELEVE ELEVE_ID="{pupil.number}" ELENOET="{pupil.number}">'
        + _part("ID_NATIONAL", pupil.ine)
        + _part("NOM_DE_FAMILLE", pupil.family_name)
        + _part("NOM_USAGE", pupil.usual_family_name)
        + _part("PRENOM", pupil.first_name)
        + _part("DATE_NAISS", f"{pupil.birth_date:%d/%m/%Y}")
        + _part("VILLE_NAISS", "EXEMPLE")
        + _part("CODE_SEXE", "2")
        + _part("CODE_REGIME", pupil.regime)
        + _part("DATE_ENTREE", "01/09/2026")
        + (_part("DATE_SORTIE", left) if left else "")
        + "<SCOLARITE_AN_DERNIER><CODE_STRUCTURE>X</CODE_STRUCTURE></SCOLARITE_AN_DERNIER>"
        + "</ELEVE>\n"
    )


def _structures_xml(pupil: FictionalPupil) -> str:
    listed = ((pupil.label, "D"), *((group, "G") for group in pupil.groups))
    return (
        f'<STRUCTURES_ELEVE ELEVE_ID="{pupil.number}">'
        + "".join(
            "<STRUCTURE>" + _part("CODE_STRUCTURE", code) + _part("TYPE_STRUCTURE", kind)
            + "</STRUCTURE>"
            for code, kind in listed
        )
        + "</STRUCTURES_ELEVE>\n"
    )  # fmt: skip


def _person_xml(guardian: FictionalGuardian) -> str:
    return (
        f'<PERSONNE PERSONNE_ID="{guardian.number}">'
        + _part("NOM_DE_FAMILLE", guardian.family_name)
        + _part("PRENOM", guardian.first_name)
        + _part("LC_CIVILITE", "MME")
        + _part("TEL_PERSONNEL", "0100000000")
        + _part("TEL_PORTABLE", "0600000000")
        + _part("MEL", email_of(guardian))
        + _part("ACCEPTE_SMS", "1" if guardian.accepts_texts else "0")
        + _part("CODE_PROFESSION", "99")
        + "</PERSONNE>\n"
    )


def _document(root: str, school: FictionalSchool, data: str) -> str:
    year = school.today.year - (school.today.month < 8)
    return (
        f'<?xml version="1.0" encoding="{ENCODING}"?>\n<{root} VERSION="2.1">\n<PARAMETRES>'
        + _part("UAJ", school.uai)
        + _part("ANNEE_SCOLAIRE", year)
        + _part("DATE_EXPORT", f"{school.today:%d/%m/%Y}")
        + f"</PARAMETRES>\n<DONNEES>\n{data}</DONNEES>\n</{root}>\n"
    )


def _named(tag: str, code: str, name: str) -> str:
    return f'<{tag} CODE="{escape(code)}">' + _part("LIBELLE_LONG", name) + f"</{tag}>\n"


def _part(tag: str, text: object) -> str:
    # ISO-8859-15 has no typographic apostrophe: SIECLE writes the plain one.
    return f"<{tag}>{escape(str(text).replace('’', chr(39)), quote=False)}</{tag}>"
