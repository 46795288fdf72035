"""Forms about one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from portique.core.rights import GROUPS_MAX, Rights
from portique.core.values import Kind
from portique.school.people.spelling import CODE_CHARACTERS_MAX, NAME_CHARACTERS_MAX
from portique.school.rules import regimes_of
from portique.server.people.actions import Particulars
from portique.server.people.queries import KIND_WORDS
from portique.server.people.rights import other_groups
from portique.server.people.showing import DAYS
from portique.server.people.wizard import TABLE_KINDS
from portique.server.school.house import served_school
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from portique.server.people.models import Person


def _name(fr: str, en: str, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=words(fr, en),
        max_length=NAME_CHARACTERS_MAX,
        required=required,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PersonForm(forms.Form):
    """What the office says of somebody."""

    first_name = _name("Prénom (état civil)", "First name (civil)")
    last_name = _name("Nom (état civil)", "Last name (civil)")
    usual_first_name = _name("Prénom d’usage", "Usual first name", required=False)
    usual_last_name = _name("Nom d’usage", "Usual last name", required=False)
    label = forms.CharField(
        label=words("Classe ou service", "Class or service"),
        max_length=CODE_CHARACTERS_MAX,
        required=False,
    )
    groups = forms.CharField(
        label=words("Autres groupes", "Other groups"),
        help_text=words("Séparés par des virgules.", "Parted by commas."),
        max_length=GROUPS_MAX * CODE_CHARACTERS_MAX,
        required=False,
    )
    regime = forms.ChoiceField(
        label=words("Régime de sortie", "Exit regime"),
        help_text=words(
            "Sans régime, chaque sortie d’un élève est demandée à un agent.",
            "Without one, an agent is asked about each exit of a pupil.",
        ),
        required=False,
    )
    meal_days = forms.MultipleChoiceField(
        label=words("Jours de repas", "Meal days"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    boarder = forms.BooleanField(label=words("Interne", "Boarder"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regimes = regimes_of(served_school()).values()
        self.fields["regime"].choices = [  # type: ignore[attr-defined]  # of a ChoiceField
            ("", _none()),
            *((regime.code, spoken(regime.title)) for regime in regimes),
        ]
        self.fields["meal_days"].choices = [  # type: ignore[attr-defined]  # as above
            (str(number), spoken(day)) for number, day in enumerate(DAYS[:5], 1)
        ]

    def clean_groups(self) -> tuple[str, ...]:
        """Part the groups.

        Raises:
            ValidationError: Too many, or one is too long.
        """
        names = [name.strip() for name in self.cleaned_data["groups"].split(",") if name.strip()]
        if len(names) >= GROUPS_MAX or any(len(name) > CODE_CHARACTERS_MAX for name in names):
            raise forms.ValidationError(
                words(
                    f"Au plus {GROUPS_MAX - 1} groupes, de {CODE_CHARACTERS_MAX} caractères.",
                    f"At most {GROUPS_MAX - 1} groups of {CODE_CHARACTERS_MAX} characters.",
                )
            )
        return tuple(names)

    def particulars(self) -> Particulars:
        """Return what was said; call it on a valid form."""
        given = {name: self.cleaned_data[name] for name in self.fields if name != "kind"}
        days = tuple(sorted(int(day) for day in given.pop("meal_days")))
        return Particulars(**given, meal_days=days)


class NewPersonForm(PersonForm):
    """The same, of somebody new."""

    kind = forms.ChoiceField(label=words("Qui est-ce\u202f?", "Who is it?"))
    field_order = ("kind",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]  # of a ChoiceField
            (kind.value, spoken(KIND_WORDS[kind])) for kind in TABLE_KINDS
        ]

    @property
    def chosen_kind(self) -> Kind:
        """Return the kind that was chosen; of a valid form."""
        return Kind(self.cleaned_data["kind"])


def initial_of(person: Person, rights: Rights) -> dict[str, Any]:
    """Return what a form about somebody begins with."""
    return {
        "first_name": person.civil_first_name,
        "last_name": person.civil_last_name,
        "usual_first_name": person.usual_first_name,
        "usual_last_name": person.usual_last_name,
        "label": person.label,
        "groups": ", ".join(other_groups(rights)),
        "regime": rights.regime,
        "meal_days": [str(day) for day in rights.meal_days],
        "boarder": rights.boarder,
    }


def _none() -> str:
    """Name the absence of a regime."""
    return str(words("aucun", "none"))
