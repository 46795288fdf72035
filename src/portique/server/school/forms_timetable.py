"""What a timetable's import is asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from portique.server.school.forms_changes import day_field
from portique.server.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable

TEACHER_AFTER = "Professeur :"


class SeveralFiles(forms.ClearableFileInput):
    """A field for several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several uploaded files."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Check each; return all."""
        several = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in several] or [
            super().clean(None, initial)
        ]


class ReadingForm(forms.Form):
    """How the files are to be read."""

    first = day_field(words("Cours du", "Lessons from"))
    last = day_field(words("Au", "To"))
    title_part = forms.ChoiceField(
        label=words("Où est le groupe (iCalendar)", "Where the group is (iCalendar)"),
        required=False,
    )
    week_a = day_field(
        words("Un jour d’une semaine A (CSV)", "A day of a week A (CSV)"),
        words("S’il y a des semaines A et B.", "If there are weeks A and B."),
        required=False,
    )
    whole = forms.ChoiceField(label=words("Ces fichiers remplacent", "These files replace"))
    keep_teachers = forms.BooleanField(
        label=words("Garder qui donne quel cours", "Keep who gives which lesson"),
        help_text=words(
            "Pour dire «\u202fM. X absent\u202f» en une fois. Reste ici, chiffré\u202f; "
            "jamais dans les portiques.",
            "To say “Mr X is absent” in one go. Stays here, encrypted; never in the gates.",
        ),
        required=False,
    )
    teacher_after = forms.CharField(
        label=words("Ce qui précède le professeur (iCalendar)", "What precedes the teacher"),
        help_text=words("Dans la description du cours.", "In the lesson’s description."),
        max_length=40,
        required=False,
        initial=TEACHER_AFTER,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = [
            ("", words("nom du fichier, ou catégorie", "file’s name, or category")),
            ("first", words("titre, avant «\u202f-\u202f»", "title, before “ - ”")),
            ("second", words("titre, deuxième partie", "title, second part")),
            (
                "last",
                words("titre, après le dernier «\u202f-\u202f»", "title, after the last “ - ”"),
            ),
        ]
        whole = [
            ("groups", words("l’emploi du temps de leurs groupes", "their groups’ timetable")),
            ("all", words("tout l’emploi du temps", "the whole timetable")),
        ]
        self.fields["title_part"].choices = parts  # type: ignore[attr-defined]  # of a choice field
        self.fields["whole"].choices = whole  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse dates that are turned round."""
        given = super().clean() or self.cleaned_data
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", words("Avant le premier jour.", "Before the first day."))
        return given

    def choices(self) -> dict[str, Any]:
        """Return what was chosen as plain data."""
        apart = {"chosen"}
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in self.cleaned_data.items()
            if name not in apart
        }


class UploadForm(ReadingForm):
    """The files, and how to read them."""

    field_order = ("chosen",)
    chosen = FilesField(
        label=words(
            "Fichiers iCalendar (.ics), un zip, ou un tableau CSV",
            "iCalendar files, a zip, or a CSV table",
        ),
        help_text=words(
            "Un fichier par groupe, ou un pour plusieurs, tels que l’outil les exporte.",
            "One file for each group, or one for several, as your tool exports them.",
        ),
        error_messages={
            "required": words(
                "Choisissez au moins un fichier\u202f; 32 Mo au plus en tout.",
                "Choose a file at least; 32 MB at most in all.",
            )
        },
    )


class PlacingForm(forms.Form):
    """Whose each file is, of those that say nothing by themselves."""

    def __init__(
        self, *args: Any, names: Iterable[str], groups: Iterable[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", words("— à choisir —", "— choose —")), *((one, one) for one in groups)]
        self.names = list(names)
        for number, name in enumerate(self.names):
            self.fields[f"file-{number}"] = forms.ChoiceField(
                label=name, choices=choices, required=False
            )

    def placed(self) -> dict[str, str]:
        """Return the chosen group of each file."""
        chosen = ((name, self.cleaned_data[f"file-{n}"]) for n, name in enumerate(self.names))
        return {name: group for name, group in chosen if group}
