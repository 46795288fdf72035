"""How the pages say hours, days, audiences, rules of exit regimes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.calendars import On
from portique.core.exits import Period, Rule
from portique.core.plain import Words
from portique.core.sentences import label
from portique.core.values import Kind, Language
from portique.school.times.words import DAYS, hours_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portique.core.calendars import Audience, Opening
    from portique.core.zones import Site

ON_WORDS: Mapping[On, Words] = {
    On.SCHOOL_DAYS: Words("les jours de cours", "on school days"),
    On.EVES: Words("la veille d’un jour de cours", "on the eve of a school day"),
    On.ALWAYS: Words("toute l’année, vacances comprises", "all year, holidays included"),
}
RULE_WORDS: Mapping[Rule, Words] = {
    Rule.ANY_TIME: Words("à toute heure (majeur)", "at any time (of age)"),
    Rule.NO_LESSON: Words(
        "dès qu’il n’a pas cours, même entre deux cours",
        "whenever there is no lesson, between two as well",
    ),
    Rule.LAST_LESSON: Words(
        "après le dernier cours qui a lieu", "after the last lesson that takes place"
    ),
    Rule.LAST_HOUR: Words(
        "après la dernière heure prévue, même annulée",
        "after the last planned hour, even if cancelled",
    ),
    Rule.FULL_HOURS: Words(
        "à la fin de la journée de l’établissement", "at the end of the school’s own day"
    ),
    Rule.PERMISSION_ONLY: Words("jamais seul, sauf autorisation", "never alone, save permission"),
}
PERIOD_WORDS: Mapping[Period, Words] = {
    Period.PROFILE: Words(
        "ce qu’il faut pour chaque élève (ci-dessus)", "what suits each pupil (see above)"
    ),
    Period.HALF_DAY: Words("la demi-journée", "the half-day"),
    Period.DAY: Words("la journée", "the day"),
    Period.WEEK: Words("la semaine", "the week"),
}
EVERYBODY = Words("tout le monde", "everybody")


def kind_words(kind: Kind) -> Words:
    """Name a kind of people."""
    return Words(label(kind, Language.FR), label(kind, Language.EN))


def weekdays_words(days: tuple[int, ...]) -> Words:
    """Name days of the week: «lundi, mardi»."""
    return _listed(Words(*DAYS[day - 1]) for day in days)


def audience_words(audience: Audience) -> Words:
    """Say whom an opening is for."""
    if audience.everybody:
        return EVERYBODY
    parts = [kind_words(kind) for kind in audience.kinds]
    parts += [Words(group, group) for group in audience.groups]
    count = len(audience.holders)
    if count:
        parts.append(Words(f"{count} de la liste", f"{count} on the list"))
    return _listed(parts)


def when_words(opening: Opening) -> list[Words]:
    """Say when an opening holds: its hours, its weekdays, its dates."""
    found = [hours_words(opening.opens, opening.closes)]
    if opening.weekdays:
        days, on = weekdays_words(opening.weekdays), ON_WORDS[opening.on]
        found.append(Words(f"{days.fr}, {on.fr}", f"{days.en}, {on.en}"))
    if opening.first:
        found.append(Words(f"à partir du {opening.first:%d/%m/%Y}", f"from {opening.first}"))
    if opening.last:
        found.append(Words(f"jusqu’au {opening.last:%d/%m/%Y}", f"until {opening.last}"))
    if opening.dates:
        french = ", ".join(f"{day:%d/%m/%Y}" for day in opening.dates)
        english = ", ".join(map(str, opening.dates))
        found.append(Words(f"le {french}", f"on {english}"))
    return found


def zone_words(site: Site, name: str) -> Words:
    """Name a zone."""
    return next((zone.title for zone in site.zones if zone.name == name), Words(name, name))


def _listed(parts: Iterable[Words]) -> Words:
    listed = list(parts)
    return Words(", ".join(one.fr for one in listed), ", ".join(one.en for one in listed))
