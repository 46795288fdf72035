"""What a permission and a new school year are asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from portique.core.localtime import local_ms
from portique.core.rights import Permission
from portique.core.values import Direction
from portique.server.accounts.roles import TITLES, Role
from portique.server.passes.words import WAYS, WEEKDAYS
from portique.server.school.house import served_school
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from datetime import time

    from portique.server.accounts.models import User

REASON_CHARS_MAX = 200
HOUR_MINUTES = 60


def _date() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def _time() -> forms.TimeInput:
    return forms.TimeInput({"type": "time"}, format="%H:%M")


class PermissionForm(forms.Form):
    """A dated or weekly exception: which way, from and to which day, on which days and hours."""

    way = forms.ChoiceField(
        label=words("Permettre de", "Allow to"), widget=forms.RadioSelect, initial="exit"
    )
    first = forms.DateField(label=words("Du", "From"), widget=_date())
    last = forms.DateField(
        label=words("Au (inclus)", "To (included)"),
        widget=_date(),
        required=False,
        help_text=words("Vide\u00a0: jusqu’à nouvel ordre.", "Empty: until further notice."),
    )
    days = forms.MultipleChoiceField(
        label=words("Jours de la semaine", "Days of the week"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=words("Aucun coché\u00a0: tous les jours.", "None ticked: every day."),
    )
    opens = forms.TimeField(
        label=words("À partir de", "Not before"), widget=_time(), required=False
    )
    closes = forms.TimeField(label=words("Jusqu’à", "Until"), widget=_time(), required=False)
    reason = forms.CharField(
        label=words("Motif", "Reason"),
        max_length=REASON_CHARS_MAX,
        required=False,
        help_text=words(
            "Reste au bureau, chiffré\u202f; les portiques et les agents ne le voient jamais.",
            "Stays in the office, encrypted; gates and agents never see it.",
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [(way.value, spoken(WAYS[way])) for way in (Direction.EXIT, Direction.ENTRY)]
        self.fields["way"].choices = ways  # type: ignore[attr-defined]  # of a choice field
        days = [(str(number), spoken(day)) for number, day in enumerate(WEEKDAYS, 1)]
        self.fields["days"].choices = days  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Hold the end after the beginning."""
        said: dict[str, Any] = super().clean() or {}
        first, last = said.get("first"), said.get("last")
        if first and last and last < first:
            self.add_error("last", words("Avant le premier jour.", "Before the first day."))
        opens, closes = said.get("opens"), said.get("closes")
        if opens and closes and closes <= opens:
            self.add_error("closes", words("Avant le début.", "Before the beginning."))
        return said

    def permission(self, account: User) -> Permission:
        """Return what gates are told: a role allowed it, for no reason given."""
        said, zone = self.cleaned_data, served_school().settings.time_zone
        last = said["last"]
        return Permission(
            Direction(said["way"]),
            local_ms(said["first"], 0, zone),
            None if last is None else local_ms(last, 24 * HOUR_MINUTES, zone),
            TITLES[Role(account.role)].fr,
            weekdays=tuple(sorted(map(int, said["days"]))),
            opens=_minute(said["opens"]),
            closes=_minute(said["closes"]),
        )


def _minute(at: time | None) -> int | None:
    return None if at is None else at.hour * HOUR_MINUTES + at.minute


class YearForm(forms.Form):
    """A new school year: which, and what becomes of the cards of this one."""

    year = forms.IntegerField(
        label=words("L’année scolaire commence en", "The school year begins in")
    )
    old = forms.ChoiceField(
        label=words("Cartes de l’année qui finit", "Cards of the year that ends"),
        choices=[
            ("keep", words("valables jusqu’à leur date", "valid until their date")),
            ("revoke", words("annulées tout de suite", "revoked at once")),
        ],
        widget=forms.RadioSelect,
        initial="keep",
    )
