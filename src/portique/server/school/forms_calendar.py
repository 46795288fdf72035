"""What the school's year and its openings are asked with."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms

from portique.core.calendars import Audience, Days, On, Opening
from portique.core.errors import RegisterError
from portique.core.values import HolderId, Kind
from portique.core.zones import INSIDE
from portique.school.times.school_calendar import ZONES, Wanted, years
from portique.school.times.words import DAYS
from portique.server.school.forms_changes import day_field, minutes, offer, ticks, time_field
from portique.server.school.house import served_school
from portique.server.school.words import ON_WORDS, kind_words
from portique.server.words import language, spoken, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portique.core.zones import Site

DATES_MAX = 200
LISTED_MAX = 500
AUDIENCES = (
    ("everybody", words("tout le monde", "everybody")),
    ("some", words("seulement ceux que je coche ou que je liste", "only those I tick or list")),
)


class OfficialForm(forms.Form):
    """The official year of a zone."""

    year = forms.ChoiceField(label=words("Année scolaire", "School year"))
    zone = forms.ChoiceField(
        label=words("Zone", "Zone"), choices=[(zone, f"Zone {zone}") for zone in ZONES]
    )
    saturdays = forms.BooleanField(
        label=words("Cours le samedi", "Lessons on Saturdays"), required=False
    )
    alsace_moselle = forms.BooleanField(
        label=words(
            "Alsace ou Moselle (deux jours fériés de plus)",
            "Alsace or Moselle (two more public holidays)",
        ),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "year", [(year, year) for year in reversed(years())])

    def wanted(self) -> Wanted:
        """Return what was asked for."""
        return Wanted(**self.cleaned_data)


class YearFileForm(forms.Form):
    """A year from an academy's calendar or a table."""

    file = forms.FileField(
        label=words(
            "Calendrier de l’académie (.ics) ou tableau (.csv)",
            "Academy’s calendar (.ics) or table (.csv)",
        )
    )
    place = forms.CharField(
        label=words("Zone ou académie", "Zone or academy"),
        help_text=words(
            "Comme dans le fichier, par exemple Zone C ou Corse. Vide\u00a0: tout le fichier.",
            "As in the file, such as Zone C or Corse. Empty: the whole file.",
        ),
        max_length=80,
        required=False,
    )
    first = day_field(words("Premier jour de cours", "First day of lessons"))
    last = day_field(words("Dernier jour de cours", "Last day of lessons"))
    alsace_moselle = forms.BooleanField(
        label=words("Alsace ou Moselle", "Alsace or Moselle"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """Refuse dates that are turned round."""
        return _in_order(self, super().clean())


class DaysForm(forms.Form):
    """A term, or days without school."""

    kind = forms.ChoiceField(label=words("Quoi", "What"), widget=forms.RadioSelect, initial="off")
    title = forms.CharField(label=words("Nom", "Name"), max_length=80)
    first = day_field(words("Du", "From"))
    last = day_field(
        words("Au (inclus)", "To (included)"),
        words("Vide\u00a0: un seul jour.", "Empty: one day."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [
            ("off", words("jours sans classe", "days without school")),
            ("term", words("période de cours", "term")),
        ]
        offer(self, "kind", kinds)

    def clean(self) -> dict[str, Any]:
        """Refuse dates that are turned round."""
        return _in_order(self, super().clean())

    def days(self) -> Days:
        """Return the days."""
        given = self.cleaned_data
        return Days(given["title"], given["first"], given["last"] or given["first"])


class OpeningForm(forms.Form):
    """Who may enter where, and when."""

    title = forms.CharField(label=words("Nom", "Name"), max_length=80)
    zone = forms.ChoiceField(label=words("Où", "Where"), initial=INSIDE)
    audience = forms.ChoiceField(
        label=words("Pour qui", "For whom"), widget=forms.RadioSelect, choices=AUDIENCES
    )
    kinds = ticks(words("Sortes de personnes", "Kinds of people"))
    groups = ticks(words("Groupes", "Groups"))
    listed = forms.CharField(
        label=words("Liste\u00a0: un numéro de carte par ligne", "List: one card number a line"),
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
        required=False,
    )
    opens = time_field(words("Ouvre à", "Opens at"))
    closes = time_field(
        words("Ferme à", "Closes at"),
        words("Avant l’ouverture\u00a0: le lendemain.", "Before the opening: the next day."),
    )
    weekdays = ticks(words("Chaque semaine", "Every week"))
    on = forms.ChoiceField(label=words("Ces jours-là", "On those days"), initial=On.SCHOOL_DAYS)
    first = day_field(words("À partir du", "From"), required=False)
    last = day_field(words("Jusqu’au", "Until"), required=False)
    dates = forms.CharField(
        label=words(
            "Et à ces dates, quoi que dise le calendrier",
            "And on these dates, whatever the calendar says",
        ),
        help_text=words("Par exemple 03/12/2026, 04/12/2026.", "Such as 2026-12-03, 2026-12-04."),
        max_length=4000,
        required=False,
    )

    def __init__(self, *args: Any, site: Site, groups: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = (self.initial or {}).get("groups", ())
        offer(self, "zone", [(zone.name, spoken(zone.title)) for zone in site.zones])
        offer(self, "kinds", [(kind.value, spoken(kind_words(kind))) for kind in Kind])
        offer(self, "groups", [(group, group) for group in sorted({*groups, *held})])
        offer(self, "on", [(on.value, spoken(ON_WORDS[on])) for on in On])
        french = language().value == "fr"
        days = enumerate(DAYS, 1)
        offer(self, "weekdays", [(str(n), names[0] if french else names[1]) for n, names in days])

    def clean_dates(self) -> tuple[date, ...]:
        """Read dates, as people write them."""
        texts = re.split(r"[\s,;]+", self.cleaned_data["dates"].strip())
        try:
            found = sorted({_date(text) for text in texts if text})
        except ValueError as error:
            raise forms.ValidationError(
                words("Une date s’écrit 03/12/2026.", "A date is written 2026-12-03.")
            ) from error
        if len(found) > DATES_MAX:
            raise forms.ValidationError(words("Trop de dates.", "Too many dates."))
        return tuple(found)

    def clean_listed(self) -> tuple[HolderId, ...]:
        """Find whose each card is; a holder's own number stands for itself."""
        texts = self.cleaned_data["listed"].lower().split()[:LISTED_MAX]
        return tuple(dict.fromkeys(_holder(text) for text in texts))

    def clean(self) -> dict[str, Any]:
        """Refuse an opening for nobody or never."""
        given = _in_order(self, super().clean())
        named = any(given.get(name) for name in ("kinds", "groups", "listed"))
        if given.get("audience") == "some" and not named and "listed" not in self.errors:
            self.add_error(
                "audience",
                words(
                    "Cochez au moins un groupe ou une sorte.", "Tick a group or a kind at least."
                ),
            )
        if not given.get("weekdays") and not given.get("dates") and "dates" not in self.errors:
            self.add_error(
                "weekdays",
                words("Cochez un jour, ou donnez une date.", "Tick a day, or give a date."),
            )
        return given

    def opening(self) -> Opening:
        """Return the opening."""
        given = self.cleaned_data
        some = given["audience"] == "some"
        audience = Audience(
            not some,
            tuple(map(Kind, given["kinds"])) if some else (),
            tuple(given["groups"]) if some else (),
            given["listed"] if some else (),
        )
        return Opening(
            given["title"],
            given["zone"],
            audience,
            minutes(given["opens"]),
            minutes(given["closes"]),
            tuple(sorted(map(int, given["weekdays"]))),
            On(given["on"]),
            given["first"],
            given["last"],
            given["dates"],
        )


def typed(opening: Opening) -> dict[str, Any]:
    """Return what somebody would have typed for an opening."""
    shown = f"{{:{'%d/%m/%Y' if language().value == 'fr' else '%Y-%m-%d'}}}"
    return {
        "title": opening.title,
        "zone": opening.zone,
        "audience": "everybody" if opening.audience.everybody else "some",
        "kinds": [kind.value for kind in opening.audience.kinds],
        "groups": list(opening.audience.groups),
        "listed": "\n".join(opening.audience.holders),
        "opens": _clock(opening.opens),
        "closes": _clock(opening.closes),
        "weekdays": [str(day) for day in opening.weekdays],
        "on": opening.on.value,
        "first": opening.first,
        "last": opening.last,
        "dates": ", ".join(shown.format(day) for day in opening.dates),
    }


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a date has no zone


def _holder(text: str) -> HolderId:
    register = served_school().register
    if text in register.rights():
        return HolderId(text)
    try:
        return register.find(text).holder
    except RegisterError as error:
        raise forms.ValidationError(
            words(
                "Un numéro de la liste n’est celui d’aucune carte.",
                "A number on the list is no card’s.",
            )
        ) from error


def _in_order(form: forms.Form, cleaned: dict[str, Any] | None) -> dict[str, Any]:
    given = cleaned or form.cleaned_data
    first, last = given.get("first"), given.get("last")
    if first and last and last < first:
        form.add_error("last", words("Avant le premier jour.", "Before the first day."))
    return given
