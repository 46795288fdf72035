"""What fits together badly in a school's rules, though each is right by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.plain import Words
from portique.school.folder import CALENDAR
from portique.school.rights_table import rights_of
from portique.school.rules import calendar_of, regimes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from portique.core.calendars import Calendar
    from portique.core.rights import Rights
    from portique.school.house import School

REFERRED = Words(
    "les élèves qui sortent seront à voir par un agent", "pupils who leave will be referred"
)


def doubts(school: School, rights: Iterable[Rights], at: datetime) -> list[Words]:
    """Say what fits together badly, for people with these rights; names nobody."""
    calendar, held = calendar_of(school), list(rights)
    today = at.astimezone(school.settings.zone).date()
    return [
        *_of_zone(calendar, school),
        *_of_timetable(calendar, held, today),
        *_of_openings(calendar, school),
        *_of_regimes(school, held),
    ]


def _of_zone(calendar: Calendar, school: School) -> Iterator[Words]:
    zone, ours = calendar.zone, school.settings.time_zone
    if zone != ours:
        yield Words(
            f"{CALENDAR} est à l’heure de {zone}, l’établissement à celle de {ours}",
            f"{CALENDAR} is in {zone}, the school in {ours}",
        )


def _of_timetable(calendar: Calendar, held: list[Rights], today: date) -> Iterator[Words]:
    timetable = calendar.timetable
    if timetable is None:
        yield Words(
            f"il n’y a pas d’emploi du temps\xa0: {REFERRED.fr}",
            f"there is no timetable: {REFERRED.en}",
        )
        return
    if not timetable.knows(today):
        yield Words(
            f"l’emploi du temps ne couvre pas le {today:%d/%m/%Y}\xa0: {REFERRED.fr}",
            f"the timetable does not cover {today}: {REFERRED.en}",
        )
    groups = sorted({group for one in held for group in one.groups} - set(timetable.groups))
    if groups:
        named = ", ".join(groups)
        yield Words(
            f"l’emploi du temps ne nomme pas les groupes {named}",
            f"the timetable does not name the groups {named}",
        )


def _of_openings(calendar: Calendar, school: School) -> Iterator[Words]:
    met = {group for one in rights_of(school).values() for group in one.groups}
    for opening in calendar.openings:
        unmet = ", ".join(sorted(set(opening.audience.groups) - met))
        if unmet:
            yield Words(
                f"ouverture {opening.title}\xa0: personne n’est dans les groupes {unmet}",
                f"opening {opening.title}: nobody is in the groups {unmet}",
            )


def _of_regimes(school: School, held: list[Rights]) -> Iterator[Words]:
    codes = ", ".join(sorted({one.regime for one in held} - set(regimes_of(school)) - {""}))
    if codes:
        yield Words(
            f"aucun régime de sortie n’a le code {codes}", f"no exit regime has the code {codes}"
        )
