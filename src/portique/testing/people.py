"""The people of the synthetic lycée: fictional names, several groups each, the same for each seed.

Numbers follow an ordinary lycée: 1,000 pupils in 32 classes, language and speciality groups across
classes, optional courses for some, half of them lunching at school, a few boarders; 90 members of
staff. Nobody here exists: names are drawn by Faker from lists of French names.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faker import Faker

from portique.core.values import HolderId, Kind, hex_id

if TYPE_CHECKING:
    from collections.abc import Iterator

PUPILS = 1000
STAFF = 90
SCHOOL_DAYS = (1, 2, 3, 4, 5)  # ISO: Monday is 1
WEDNESDAY = 3

# Classes by level. The level's code starts the names of its groups.
CLASSES: dict[str, tuple[str, ...]] = {
    "2": tuple(f"2DE {number:02}" for number in range(1, 12)),
    "1": (*(f"1G {number:02}" for number in range(1, 9)), "1STMG 1", "1STMG 2"),
    "T": (*(f"TG {number:02}" for number in range(1, 9)), "TSTMG 1", "TSTMG 2"),
    "S": ("BTS 1",),
}
LANGUAGES = ("ESP", "ALL", "ITA")
# Specialities of one band have their lessons at the same hours: a pupil takes at most one of each.
BANDS = (("MATHS", "SES", "HLP"), ("PC", "HGGSP", "LLCE"), ("SVT", "NSI"))
BANDS_TAKEN = {"1": 3, "T": 2}
OPTIONS = ("LATIN", "THEATRE", "EURO", "CHANT")
OPTION_SHARE = 0.3
BOARDERS = "INTERNAT"
BOARDER_SHARE = 0.06
LUNCH_SHARE = 0.7
# What families chose at the start of the year; the codes are those of `core.exits.BUILT_IN`.
REGIMES = (("green", 0.62), ("amber", 0.28), ("red", 0.10))
REGIME_OF_AGE = "adult"
REGIME_OF_BOARDERS = "boarder"
SERVICES = (("ENSEIGNANT", 62), ("VIE SCOLAIRE", 9), ("ADMIN.", 8), ("AGENT", 9), ("SANTE", 2))


@dataclass(frozen=True, slots=True)
class SyntheticPerson:
    """Somebody who exists in no school.

    `groups` holds the class first, then languages, specialities and options. `meal_days` are the
    ISO weekdays (Monday 1) on which the pupil lunches at school.
    """

    holder: HolderId
    kind: Kind
    name: str
    label: str
    groups: tuple[str, ...]
    regime: str
    meal_days: frozenset[int] = frozenset()
    boarder: bool = False


def make_people(seed: int) -> tuple[SyntheticPerson, ...]:
    """Draw the whole lycée: pupils by class, then staff by service."""
    names = Faker("fr_FR")
    names.seed_instance(seed)
    draw = random.Random(seed)
    return (*_pupils(names, draw), *_staff(names, draw))


def _pupils(names: Faker, draw: random.Random) -> Iterator[SyntheticPerson]:
    classes = [(level, label) for level, labels in CLASSES.items() for label in labels]
    for number in range(PUPILS):
        level, label = classes[number * len(classes) // PUPILS]
        yield _pupil(names, draw, level, label)


def _pupil(names: Faker, draw: random.Random, level: str, label: str) -> SyntheticPerson:
    boarder = draw.random() < BOARDER_SHARE
    return SyntheticPerson(
        HolderId(hex_id(draw.randbytes(8))),
        Kind.PUPIL,
        _name(names),
        label,
        (label, *_groups(draw, level, label), *((BOARDERS,) if boarder else ())),
        _regime(draw, level, boarder=boarder),
        _meal_days(draw, boarder=boarder),
        boarder,
    )


def _groups(draw: random.Random, level: str, label: str) -> Iterator[str]:
    """Draw the groups across classes: one language, specialities, perhaps an option."""
    if level == "S":
        return
    yield f"{level}{draw.choice(LANGUAGES)} {draw.randint(1, 4)}"
    if label.startswith(("1G", "TG")):
        for band in draw.sample(BANDS, BANDS_TAKEN[level]):
            yield f"{level}{draw.choice(band)} {draw.randint(1, 3)}"
    if draw.random() < OPTION_SHARE:
        yield f"{level}{draw.choice(OPTIONS)}"


def _meal_days(draw: random.Random, *, boarder: bool) -> frozenset[int]:
    if boarder:
        return frozenset(SCHOOL_DAYS)
    if draw.random() >= LUNCH_SHARE:
        return frozenset()
    full_days = [day for day in SCHOOL_DAYS if day != WEDNESDAY]
    return frozenset(draw.sample(full_days, draw.choice((3, 4, 4, 4))))


def _staff(names: Faker, draw: random.Random) -> Iterator[SyntheticPerson]:
    services = [service for service, count in SERVICES for _ in range(count)]
    for service in services[:STAFF]:
        yield SyntheticPerson(
            HolderId(hex_id(draw.randbytes(8))),
            Kind.STAFF,
            _name(names),
            service,
            ("PERSONNEL", service),
            regime="",
        )


def _name(names: Faker) -> str:
    """Draw a first name and a family name, as an agent would read them."""
    return f"{names.first_name()} {names.last_name()}"


def _regime(draw: random.Random, level: str, *, boarder: bool) -> str:
    if level == "S":
        return REGIME_OF_AGE
    if boarder:
        return REGIME_OF_BOARDERS
    (chosen,) = draw.choices([code for code, _ in REGIMES], [share for _, share in REGIMES])
    return chosen
