"""Which column is what: a proposal by the titles, which a person corrects.

Titles are compared without accents, capitals, plurals and little words, so that "Né(e) le",
"DATE DE NAISSANCE" and "date naissance" are one. Nothing is guessed from what columns hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from portique.core.finding import unaccented
from portique.school.people.refusals import Refusal, refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Field(StrEnum):
    """What a column can be; all other columns are not imported."""

    FAMILY_NAME = "family-name"
    USUAL_FAMILY_NAME = "usual-family-name"
    FIRST_NAME = "first-name"
    USUAL_FIRST_NAME = "usual-first-name"
    BIRTH_DATE = "birth-date"
    INE = "ine"
    LABEL = "label"
    GROUPS = "groups"
    BOARDING = "boarding"
    MEAL_DAYS = "meal-days"
    EXIT_REGIME = "exit-regime"


REQUIRED = (Field.FAMILY_NAME, Field.FIRST_NAME)
_SYNONYMS = {
    Field.FAMILY_NAME: "nom; nom famille; nom eleve; nom famille eleve; nom naissance; nom civil;"
    "nom personne; patronyme; surname; last name; family name",
    Field.USUAL_FAMILY_NAME: "nom usage; nom usage eleve; nom usuel; usual family name",
    Field.FIRST_NAME: "prenom; prenom eleve; prenom 1; premier prenom; prenom civil; first name;"
    "given name; prenom personne",
    Field.USUAL_FIRST_NAME: "prenom usage; prenom usuel; prenom usage eleve; usual first name;"
    "preferred name",
    Field.BIRTH_DATE: "ne; nee; ne le; nee le; date naissance; naissance; date naissance eleve;"
    "birth date; date birth; ddn",
    Field.INE: "ine; numero ine; no ine; n ine; id national; identifiant national; ine eleve;"
    "numero national; national id",
    Field.LABEL: "classe; division; libelle classe; classe eleve; code classe; class; service;"
    "fonction; code division; classe rattachement",
    Field.GROUPS: "groupe; groupe eleve; liste groupe; option groupe; group; groupe enseignement",
    Field.BOARDING: "regime; qualite; code regime; demi pension; regime pension;"
    "regime hebergement; boarding",
    Field.MEAL_DAYS: "jour repas; repas; jour cantine; cantine; jour demi pension; meal day;"
    "jour restauration",
    Field.EXIT_REGIME: "regime sortie; autorisation sortie; sortie; autorise sortir;"
    "sortie autorisee; profil sortie; exit regime",
}
_LITTLE = {"de", "d", "du", "des", "l", "le", "la", "les", "of", "a", "et", "en"}


@dataclass(frozen=True, slots=True)
class Mapping:
    """What each column is, in the order of the table; None is a column that is not imported."""

    titles: tuple[str, ...]
    fields: tuple[Field | None, ...]

    def with_column(self, index: int, field: Field | None) -> Mapping:
        """Return the mapping with one column corrected; who had that field before loses it."""
        fields = [None if given is field else given for given in self.fields]
        fields[index] = field
        return replace(self, fields=tuple(fields))

    def column(self, field: Field) -> int | None:
        """Return where a field is, or None."""
        return self.fields.index(field) if field in self.fields else None

    @property
    def missing(self) -> tuple[Field, ...]:
        """List the fields without which nobody can be read."""
        return tuple(field for field in REQUIRED if field not in self.fields)

    @property
    def ignored(self) -> tuple[str, ...]:
        """List the titles of the columns that are not imported."""
        return tuple(t for t, field in zip(self.titles, self.fields, strict=True) if field is None)


def title_key(title: str) -> str:
    """Return the words of a title that tell: "Né(e) le" and "NEE LE" are both "ne"."""
    text = re.sub(r"\(\w+\)", "", unaccented(title))
    words = [word for word in re.split(r"[^a-z0-9]+", text) if word and word not in _LITTLE]
    return " ".join(_singular(word) for word in words)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def _keys() -> dict[str, Field]:
    return {
        title_key(synonym): field
        for field, synonyms in _SYNONYMS.items()
        for synonym in synonyms.split(";")
    }


_FIELD_OF = _keys()


def propose(titles: Sequence[str]) -> Mapping:
    """Guess what each column is; of two columns for one field, the first has it."""
    return Mapping(tuple(titles), tuple(_guesses(titles)))


def _guesses(titles: Sequence[str]) -> Iterator[Field | None]:
    given: set[Field] = set()
    for title in titles:
        field = _FIELD_OF.get(title_key(title))
        yield None if field in given else field
        given |= {field} if field else set()


def check(mapping: Mapping) -> None:
    """Check a corrected mapping.

    Raises:
        FileRefused: A name is missing, or one field is given to two columns.
    """
    given = [field for field in mapping.fields if field]
    if mapping.missing or len(set(given)) != len(given):
        raise refused(
            Refusal.MAPPING_WRONG,
            "say which column is the family name and which the first name; no field twice",
        )
