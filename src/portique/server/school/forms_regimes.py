"""What exit regimes and the question «may they leave?» are asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.validators import RegexValidator

from portique.core.exits import CODE_CHARS_MAX, REGIMES_MAX, ExitRegime, Period, Rule
from portique.core.plain import Words
from portique.core.rights import GROUPS_MAX, Permission, Rights
from portique.core.values import Direction, Kind
from portique.school.times.words import DAYS
from portique.server.school.forms_changes import day_field, minutes, offer, ticks, time_field
from portique.server.school.words import PERIOD_WORDS, RULE_WORDS, kind_words
from portique.server.words import language, spoken, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from portique.core.zones import Site

if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet["RegimeForm"]
else:
    _FormSet = forms.BaseFormSet

PERMITTED_BY = "vie scolaire"
CODE = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._+-]*$",
    words("Lettres et chiffres, sans espace.", "Letters and digits, no space."),
)


class RegimeForm(forms.Form):
    """One regime; without a code it isn't there."""

    code = forms.CharField(
        label=words("Code (ne change plus)", "Code (never changes)"),
        max_length=CODE_CHARS_MAX,
        validators=[CODE],
    )
    french = forms.CharField(label=words("Nom", "Name in French"), max_length=40)
    english = forms.CharField(
        label=words("Nom en anglais", "Name in English"), max_length=40, required=False
    )
    rule = forms.ChoiceField(label=words("L’élève sort seul", "The pupil leaves alone"))
    period = forms.ChoiceField(label=words("Compté sur", "Counted over"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "rule", [(rule.value, spoken(RULE_WORDS[rule])) for rule in Rule])
        offer(self, "period", [(period.value, spoken(PERIOD_WORDS[period])) for period in Period])
        if self.initial.get("code"):
            self.fields["code"].widget.attrs["readonly"] = True

    def clean_code(self) -> str:
        """Keep the code of a regime that was there: passes carry it sealed."""
        kept = self.initial.get("code")
        return str(kept or self.cleaned_data["code"])

    def regime(self) -> ExitRegime:
        """Return the regime."""
        given = self.cleaned_data
        title = Words(given["french"], given["english"] or given["french"])
        return ExitRegime(given["code"], title, Rule(given["rule"]), Period(given["period"]))


class _Regimes(_FormSet):
    """All regimes together."""

    deletion_widget = forms.CheckboxInput

    in_use: Mapping[str, int] = {}

    def add_fields(self, form: RegimeForm, index: int | None) -> None:
        """Name the box that removes one."""
        super().add_fields(form, index)
        form.fields["DELETE"].label = words("Retirer ce régime", "Remove this regime")

    def clean(self) -> None:
        """Refuse two alike, and taking away what pupils have."""
        if any(self.errors):
            return
        codes = [regime.code for regime in self.regimes()]
        if len(set(codes)) != len(codes):
            raise forms.ValidationError(
                words("Deux régimes ont le même code.", "Two regimes have the same code.")
            )
        for form in self.deleted_forms:
            count = self.in_use.get(form.initial.get("code", ""), 0)
            if count:
                raise forms.ValidationError(_still_used(form.initial, count))

    def regimes(self) -> list[ExitRegime]:
        """Return the regimes that are left, in their order."""
        gone = self.deleted_forms
        there = (form for form in self.forms if form.initial or form.has_changed())
        return [form.regime() for form in there if form not in gone]


def _still_used(regime: Mapping[str, Any], count: int) -> Any:
    named = regime["french"], regime["english"]
    return words(
        f"{count} personnes ont le régime {named[0]}\u00a0: donnez-leur-en un autre d’abord.",
        f"{count} people have the regime {named[1]}: give them another first.",
    )


def regimes_formset(posted: Any, held: Iterable[ExitRegime], in_use: Mapping[str, int]) -> _Regimes:
    """Return the forms of the regimes there are, and one more."""
    made = forms.formset_factory(
        RegimeForm, formset=_Regimes, extra=1, can_delete=True, max_num=REGIMES_MAX
    )
    initial = [
        {
            "code": one.code,
            "french": one.title.fr,
            "english": one.title.en,
            "rule": one.rule.value,
            "period": one.period.value,
        }
        for one in held
    ]
    formset = cast("_Regimes", made(posted, initial=initial))
    formset.in_use = in_use
    return formset


class AskForm(forms.Form):
    """When somebody would pass, and where."""

    day = day_field(words("Le", "On"))
    at = time_field(words("À", "At"))
    lane = forms.ChoiceField(label=words("Par", "By"))

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "lane", [(lane.name, spoken(lane.title)) for lane in site.lanes])

    def minute(self) -> int:
        """Return the time as minutes since midnight."""
        return minutes(self.cleaned_data["at"])


class DescribedForm(AskForm):
    """The same, of somebody who is described instead of named."""

    kind = forms.ChoiceField(label=words("Qui", "Who"), initial=Kind.PUPIL)
    groups = ticks(words("Classe et groupes", "Class and groups"))
    regime = forms.ChoiceField(label=words("Régime de sortie", "Exit regime"), required=False)
    meal_days = ticks(words("Mange à l’établissement", "Eats at school"))
    boarder = forms.BooleanField(label=words("Interne", "Boarder"), required=False)
    permission = forms.ChoiceField(
        label=words("Autorisation permanente", "Permanent permission"), required=False
    )

    def __init__(
        self, *args: Any, regimes: Iterable[ExitRegime], groups: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", [(kind.value, spoken(kind_words(kind))) for kind in Kind])
        offer(self, "groups", [(group, group) for group in groups])
        unknown = ("", words("inconnu", "unknown"))
        offer(self, "regime", [unknown, *((one.code, spoken(one.title)) for one in regimes)])
        french = language().value == "fr"
        days = [(str(n), names[0] if french else names[1]) for n, names in enumerate(DAYS, 1)]
        offer(self, "meal_days", days)
        allowed = [
            ("", words("aucune", "none")),
            (Direction.EXIT.value, words("de sortir, sans motif", "to leave, no reason given")),
            (Direction.ENTRY.value, words("d’entrer, sans motif", "to enter, no reason given")),
        ]
        offer(self, "permission", allowed)

    def clean_groups(self) -> list[str]:
        """Refuse more groups than a pupil can have."""
        groups: list[str] = self.cleaned_data["groups"]
        if len(groups) > GROUPS_MAX:
            raise forms.ValidationError(
                words(f"Au plus {GROUPS_MAX} groupes.", f"At most {GROUPS_MAX} groups.")
            )
        return groups

    def rights(self) -> Rights:
        """Return what such a person may do."""
        given = self.cleaned_data
        ways = map(Direction, filter(None, [given["permission"]]))
        permissions = tuple(Permission(way, 0, None, PERMITTED_BY) for way in ways)
        return Rights(
            tuple(given["groups"]),
            regime=given["regime"],
            meal_days=tuple(sorted(map(int, given["meal_days"]))),
            boarder=given["boarder"],
            permissions=permissions,
        )
