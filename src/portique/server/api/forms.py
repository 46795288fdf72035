"""What the head is asked for a token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from portique.server.api.actions import Wanted
from portique.server.api.scopes import SCOPE_WORDS, Scope
from portique.server.words import words

DAYS = (30, 90, 365)


class TokenForm(forms.Form):
    """For which program, what it may do, for how long."""

    name = forms.CharField(
        label=words("Nom du programme", "Name of the program"),
        help_text=words("Par exemple : emploi du temps", "Such as: timetable"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=words("Ce qu’il peut faire", "What it may do"),
        help_text=words("Le moins possible.", "As little as possible."),
        widget=forms.CheckboxSelectMultiple,
        choices=[(scope.value, words(said.fr, said.en)) for scope, said in SCOPE_WORDS.items()],
    )
    days = forms.TypedChoiceField(
        label=words("Durée", "Lasts"),
        coerce=int,
        initial=DAYS[1],
        choices=[(days, words(f"{days} jours", f"{days} days")) for days in DAYS],
    )

    @property
    def wanted(self) -> Wanted:
        """Return what was asked for; the form is valid."""
        given: dict[str, Any] = self.cleaned_data
        scopes = tuple(Scope(value) for value in given["scopes"])
        return Wanted(given["name"], scopes, timedelta(days=given["days"]))
