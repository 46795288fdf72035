"""The synthetic lycée: people, hours, timetable, exit regimes and permissions of one school year.

Everything follows from a seed and a day: two machines that make the same lycée make the same
people with the same rights. Only keys and passes are drawn afresh, by the folder that issues them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from portique.core.calendars import PARIS, Audience, Calendar, On, Opening
from portique.core.localtime import local_ms
from portique.core.rights import Permission, Rights
from portique.core.values import Direction, Kind, Uai, uai_letter
from portique.core.zones import INSIDE, Site, default_site
from portique.testing.people import BOARDERS, CLASSES, SCHOOL_DAYS, SyntheticPerson, make_people
from portique.testing.school_week import MARKS, make_school_days, make_timetable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portique.core.values import HolderId

SEED = 2026
NAME = "Lycée des Trois-Rivières (fictif)"
_DIGITS = "0999001"  # no department has this number
UAI = Uai(_DIGITS + uai_letter(_DIGITS))

OPENS, CLOSES, WEDNESDAY_CLOSES = 7 * 60 + 15, 18 * 60 + 30, 13 * 60 + 30
FULL_DAYS = (1, 2, 4, 5)
AWAY_CLASS = "BTS 1"  # in a company these weeks: nothing is open for its students
AWAY_DAYS = 14
PERMISSION_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class SyntheticSchool:
    """A school to fill a folder with."""

    uai: Uai
    name: str
    people: tuple[SyntheticPerson, ...]
    calendar: Calendar
    site: Site
    rights: Mapping[HolderId, Rights]

    def of_kind(self, kind: Kind) -> tuple[SyntheticPerson, ...]:
        """Return everybody of one kind, in order."""
        return tuple(person for person in self.people if person.kind is kind)

    @property
    def away(self) -> tuple[SyntheticPerson, ...]:
        """Return those for whom the school is closed these weeks."""
        return tuple(
            person for person in self.people if person.label == AWAY_CLASS and not person.boarder
        )


def make_school(day: date, *, seed: int = SEED, open_all_day: bool = False) -> SyntheticSchool:
    """Make the lycée as it stands on one day.

    Args:
        day: A local date: it chooses the school year and carries the one-off permissions.
        seed: Another seed, another lycée.
        open_all_day: Open the school on `day` and the next at every hour, so that a demonstration
            shows the same thing at night and in August.
    """
    year = day.year if day.month > 8 else day.year - 1
    people = make_people(seed)
    groups = {group for person in people if person.kind is Kind.PUPIL for group in person.groups}
    calendar = Calendar(
        PARIS,
        make_school_days(year),
        MARKS,
        (*_openings(day), *(_demonstration(day) if open_all_day else ())),
        make_timetable(groups, year, seed),
    )
    rights = _rights(people, day, random.Random(seed))
    return SyntheticSchool(UAI, NAME, people, calendar, default_site(), rights)


def _everybody() -> Audience:
    """Name everybody but the class that is away."""
    classes = [label for labels in CLASSES.values() for label in labels if label != AWAY_CLASS]
    return Audience(kinds=(Kind.STAFF, Kind.GUARDIAN), groups=tuple(classes))


def _openings(day: date) -> tuple[Opening, ...]:
    back = Audience(groups=(AWAY_CLASS,))
    return (
        Opening("journée", INSIDE, _everybody(), OPENS, CLOSES, FULL_DAYS),
        Opening("mercredi", INSIDE, _everybody(), OPENS, WEDNESDAY_CLOSES, (3,)),
        Opening(
            "retour des internes",
            INSIDE,
            Audience(groups=(BOARDERS,)),
            18 * 60,
            22 * 60,
            (7,),
            On.EVES,
        ),
        Opening(
            "retour de stage",
            INSIDE,
            back,
            OPENS,
            CLOSES,
            dates=(day + timedelta(days=AWAY_DAYS),),
        ),
    )


def _demonstration(day: date) -> tuple[Opening, ...]:
    dates = (day, day + timedelta(days=1))
    return (Opening("démonstration", INSIDE, _everybody(), 0, 0, dates=dates),)


def _rights(
    people: Sequence[SyntheticPerson], day: date, draw: random.Random
) -> dict[HolderId, Rights]:
    return {person.holder: _rights_of(person, day, draw) for person in people}


def _rights_of(person: SyntheticPerson, day: date, draw: random.Random) -> Rights:
    pupil = person.kind is Kind.PUPIL
    asks = pupil and draw.random() < PERMISSION_SHARE
    return Rights(
        person.groups,
        person.label,
        person.regime,
        tuple(sorted(person.meal_days)),
        person.boarder,
        (_permission(day, draw),) if asks else (),
    )


def _permission(day: date, draw: random.Random) -> Permission:
    """Draw a one-off exit, a weekly one, or a late arrival; a matter of health has no reason."""
    match draw.choice(("health", "sport", "late")):
        case "health":
            opens = draw.choice((610, 670, 845))
            return Permission(
                Direction.EXIT,
                local_ms(day, opens, PARIS),
                local_ms(day, opens + 60, PARIS),
                "infirmerie",
            )
        case "sport":
            return Permission(
                Direction.EXIT,
                local_ms(day - timedelta(days=30), 0, PARIS),
                None,
                "vie scolaire",
                "entraînement",
                (draw.choice(SCHOOL_DAYS),),
                15 * 60,
                16 * 60,
            )
    return Permission(
        Direction.ENTRY,
        local_ms(day, 0, PARIS),
        local_ms(day, 24 * 60, PARIS),
        "vie scolaire",
        "rendez-vous",
    )
