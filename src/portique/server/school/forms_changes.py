"""What each kind of change of the day is asked with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms

from portique.core.plain import DAY_MINUTES
from portique.school.times import changes
from portique.school.times.actions import Act, Span
from portique.school.times.words import hours_words
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, time

    from portique.school.times.actions import Action
    from portique.school.times.changes import DayBook
    from portique.school.times.slots import Slot

WHOLE_DAY = words("Vides\u00a0: toute la journée.", "Empty: the whole day.")
SOMEBODY = words("quelqu’un d’autre", "somebody else")
NUMBER = re.compile(r"[0-9a-f]{32}")


def day_field(label: Any, hint: Any = "", *, required: bool = True) -> forms.DateField:
    """Return a field for a date."""
    shown = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=hint, widget=shown, required=required)


def time_field(label: Any, hint: Any = "", *, required: bool = True) -> forms.TimeField:
    """Return a field for a time of the day."""
    shown = forms.TimeInput({"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, help_text=hint, widget=shown, required=required)


def ticks(label: Any, hint: Any = "", *, required: bool = False) -> forms.MultipleChoiceField:
    """Return boxes to tick; their choices are set when the form is made."""
    return forms.MultipleChoiceField(
        label=label,
        help_text=hint,
        widget=forms.CheckboxSelectMultiple({"class": "ticks"}),
        required=required,
    )


def minutes(at: time) -> int:
    """Return a time of the day as minutes since midnight."""
    return at.hour * 60 + at.minute


class ChangeForm(forms.Form):
    """What all changes are asked: which day, from when to when."""

    day = day_field(words("Jour", "Day"))
    begins = time_field(words("De", "From"), WHOLE_DAY, required=False)
    ends = time_field(words("À", "To"), required=False)

    def __init__(self, *args: Any, book: DayBook, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"day": today})
        super().__init__(*args, **kwargs)
        self.book, self.today = book, today
        teachers = [(code, code) for code in sorted(book.teaching.lessons)]
        offer(self, "teacher", teachers)
        offer(self, "by", [("", SOMEBODY), *teachers])
        offer(self, "groups", [(group, group) for group in sorted(book.base.groups)])

    def clean(self) -> dict[str, Any]:
        """Refuse days that are over and hours that are turned round."""
        given = super().clean() or self.cleaned_data
        day, begins, ends = (given.get(name) for name in ("day", "begins", "ends"))
        if day and day < self.today:
            self.add_error("day", words("Ce jour est passé.", "This day is over."))
        if begins and ends and ends <= begins:
            self.add_error("ends", words("Avant l’heure de début.", "Before the beginning."))
        return given

    @property
    def span(self) -> Span:
        """Return which hours were said; the whole day unless said."""
        begins, ends = self.cleaned_data.get("begins"), self.cleaned_data.get("ends")
        return Span(
            self.cleaned_data["day"],
            minutes(begins) if begins else 0,
            minutes(ends) if ends else DAY_MINUTES,
        )


class AbsentForm(ChangeForm):
    """A teacher who isn't there."""

    field_order = ("teacher", "day", "begins", "ends")
    teacher = forms.ChoiceField(label=words("Professeur", "Teacher"))


class SubstituteForm(ChangeForm):
    """Another teacher in the place of one."""

    field_order = ("teacher", "by", "day", "begins", "ends")
    teacher = forms.ChoiceField(label=words("Professeur remplacé", "Teacher replaced"))
    by = forms.ChoiceField(label=words("Remplacé par", "Replaced by"), required=False)


class CancelledForm(ChangeForm):
    """Groups whose lessons don't take place."""

    field_order = ("groups", "day", "begins", "ends")
    groups = ticks(words("Groupes", "Groups"), required=True)


class AddedForm(ChangeForm):
    """Groups that have a lesson more."""

    field_order = ("groups", "day", "begins", "ends", "teacher")
    begins = time_field(words("De", "From"))
    ends = time_field(words("À", "To"))
    groups = ticks(words("Groupes", "Groups"), required=True)
    teacher = forms.ChoiceField(label=words("Professeur", "Teacher"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teachers = [(code, code) for code in sorted(self.book.teaching.lessons)]
        if teachers:
            offer(self, "teacher", [("", "—"), *teachers])
        else:
            del self.fields["teacher"]


class MovedForm(ChangeForm):
    """A lesson at other hours, of the same day or another."""

    field_order = ("source", "lesson", "day", "begins", "ends")
    source = forms.DateField(widget=forms.HiddenInput)
    lesson = forms.ChoiceField(label=words("Cours", "Lesson"))
    day = day_field(words("Nouveau jour", "New day"))
    begins = time_field(words("De", "From"))
    ends = time_field(words("À", "To"))

    def __init__(self, *args: Any, source: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"day": source, "source": source}
        super().__init__(*args, **kwargs)
        self.lessons = lessons_of(self.book, source)
        offer(self, "lesson", [(key, _lesson_words(slots)) for key, slots in self.lessons.items()])


def lessons_of(book: DayBook, day: date) -> dict[str, list[Slot]]:
    """Return a day's lessons by a key: what one teacher gives several groups at once is one."""
    found: dict[str, list[Slot]] = {}
    for slot in sorted(book.slots(day), key=lambda one: (one.begins, one.group)):
        whose = slot.teacher or f" {slot.group}"
        found.setdefault(f"{slot.begins}|{slot.ends}|{whose}", []).append(slot)
    return found


def _lesson_words(slots: list[Slot]) -> str:
    groups = ", ".join(dict.fromkeys(slot.group for slot in slots))
    hours = spoken(hours_words(slots[0].begins, slots[0].ends))
    return " · ".join(part for part in (hours, groups, slots[0].teacher) if part)


def offer(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    """Set the choices of a field, if the form has it."""
    if name in form.fields:
        form.fields[name].choices = choices  # type: ignore[attr-defined]  # of a choice field


FORMS: Mapping[Act, type[ChangeForm]] = {
    Act.TEACHER_ABSENT: AbsentForm,
    Act.SUBSTITUTE: SubstituteForm,
    Act.MOVED: MovedForm,
    Act.CANCELLED: CancelledForm,
    Act.ADDED: AddedForm,
}


def action_from(act: Act, form: ChangeForm, number: str) -> Action:
    """Make the change that a valid form asks for.

    Raises:
        TimetableError: There is nothing to change then.
    """
    return MAKERS[act](form, number)


def _absent(form: ChangeForm, number: str) -> Action:
    return changes.teacher_absent(form.book, number, form.cleaned_data["teacher"], form.span)


def _substitute(form: ChangeForm, number: str) -> Action:
    teachers = (form.cleaned_data["teacher"], form.cleaned_data["by"])
    return changes.substitute(form.book, number, teachers, form.span)


def _moved(form: ChangeForm, number: str) -> Action:
    lesson = lessons_of(form.book, form.cleaned_data["source"]).get(form.cleaned_data["lesson"], [])
    return changes.moved_lesson(form.book, number, lesson, form.span)


def _cancelled(form: ChangeForm, number: str) -> Action:
    return changes.cancelled(form.book, number, form.cleaned_data["groups"], form.span)


def _added(form: ChangeForm, number: str) -> Action:
    teacher = form.cleaned_data.get("teacher", "")
    return changes.added(form.book, number, form.cleaned_data["groups"], form.span, teacher)


MAKERS: Mapping[Act, Callable[[ChangeForm, str], Action]] = {
    Act.TEACHER_ABSENT: _absent,
    Act.SUBSTITUTE: _substitute,
    Act.MOVED: _moved,
    Act.CANCELLED: _cancelled,
    Act.ADDED: _added,
}
