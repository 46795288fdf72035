"""What is asked about who is not expected: why, from when until when, of which group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import capfirst

from portique.core.localtime import local_ms
from portique.core.plain import DAY_MINUTES
from portique.core.values import from_ms
from portique.server.daily.actions.away import Span
from portique.server.daily.models import AwayKind
from portique.server.daily.words import AWAY_WORDS
from portique.server.school.house import served_school
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, time

SPAN_DAYS_MAX = 366


def _day(fr: str, en: str) -> forms.DateField:
    shown = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=words(fr, en), widget=shown)


def _time(label: Any) -> forms.TimeField:
    shown = forms.TimeInput({"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=shown, required=False)


class AwayForm(forms.Form):
    """One pupil who is not expected."""

    field_order: tuple[str, ...] = ("kind", "first", "opens", "last", "closes")
    kind = forms.ChoiceField(label=words("Pourquoi", "Why"), widget=forms.RadioSelect)
    first = _day("Du", "From")
    last = _day("Au (inclus)", "To (included)")
    opens = _time(words("À partir de", "Not before"))
    closes = _time(words("Jusqu’à", "Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.value, capfirst(spoken(said))) for kind, said in AWAY_WORDS.items()]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]  # of a choice field
            (kind, said) for kind, said in kinds if kind != AwayKind.HERE
        ]

    def clean(self) -> dict[str, Any]:
        """Hold the end after the beginning, and within a year."""
        said: dict[str, Any] = super().clean() or {}
        first, last = said.get("first"), said.get("last")
        if not first or not last:
            return said
        if last < first:
            self.add_error("last", words("Avant le premier jour.", "Before the first day."))
        elif (last - first).days > SPAN_DAYS_MAX:
            self.add_error("last", words("Plus d’un an après.", "More than a year later."))
        elif self.span.ends_at <= self.span.begins_at:
            self.add_error("closes", words("Avant le début.", "Before the beginning."))
        return said

    @property
    def span(self) -> Span:
        """Return from when until when."""
        said = self.cleaned_data
        closes = said.get("closes")
        return Span(
            from_ms(_local(said["first"], said.get("opens"), 0)),
            from_ms(_local(said["last"], closes, DAY_MINUTES)),
        )

    @property
    def chosen(self) -> AwayKind:
        """Return why."""
        return AwayKind(self.cleaned_data["kind"])


class AwayGroupForm(AwayForm):
    """A whole group that is not expected."""

    field_order = ("group", *AwayForm.field_order)
    group = forms.ChoiceField(label=words("Classe ou groupe", "Class or group"))

    def __init__(self, *args: Any, groups: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [(one, one) for one in groups]  # type: ignore[attr-defined]


def _local(day: date, at: time | None, otherwise: int) -> int:
    minute = otherwise if at is None else at.hour * 60 + at.minute
    return local_ms(day, minute, served_school().settings.time_zone)
