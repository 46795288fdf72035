"""The parts of a school and the lanes between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from portique.core.errors import KnowledgeError
from portique.core.plain import Fields, Plain, Words
from portique.core.values import Direction

OUTSIDE = "outside"
INSIDE = "inside"
ZONES_MAX = 200
LANES_MAX = 400


class Mode(StrEnum):
    """How a lane works."""

    CONTROL = "control"
    COUNTING = "counting"  # people pass and are counted: a drill's return, a strike
    FREE = "free"  # nothing is decided or counted: an open day


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the school a door leads to."""

    name: str
    title: Words

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {"name": self.name, "title": self.title.to_data()}

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "zone") as fields:
            return cls(fields.code("name"), Words.from_data(fields.map("title")))


@dataclass(frozen=True, slots=True)
class Lane:
    """One direction of passage between two zones.

    `point` is the staffed point people are sent to, with an article that
    follows «vers» and «à» («la loge», «l’accueil»). `pairing` compares
    entries and exits: off unless the school wants it.
    """

    name: str
    direction: Direction
    zone_from: str
    zone_to: str
    title: Words
    point: Words
    mode: Mode = Mode.CONTROL
    staffed: bool = True
    pairing: bool = False

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {
            "name": self.name,
            "direction": str(self.direction),
            "from": self.zone_from,
            "to": self.zone_to,
            "title": self.title.to_data(),
            "point": self.point.to_data(),
            "mode": str(self.mode),
            "staffed": self.staffed,
            "pairing": self.pairing,
        }

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "lane") as fields:
            return cls(
                fields.code("name"),
                fields.choice("direction", Direction),
                fields.code("from"),
                fields.code("to"),
                Words.from_data(fields.map("title")),
                Words.from_data(fields.map("point")),
                fields.choice("mode", Mode),
                fields.truth("staffed"),
                fields.truth("pairing"),
            )


@dataclass(frozen=True, slots=True)
class Site:
    """The zones and lanes of one school.

    Raises:
        KnowledgeError: Two share a name, or a lane leads to no zone.
    """

    zones: tuple[Zone, ...]
    lanes: tuple[Lane, ...]

    def __post_init__(self) -> None:
        """Check that names are unique and lanes lead somewhere."""
        zones = {zone.name for zone in self.zones}
        lanes = {lane.name for lane in self.lanes}
        if len(zones) != len(self.zones) or len(lanes) != len(self.lanes):
            raise KnowledgeError("two zones or two lanes have the same name")
        for lane in self.lanes:
            if not {lane.zone_from, lane.zone_to} <= zones:
                raise KnowledgeError(f"lane {lane.name} leads from or to a zone that isn't there")

    def lane(self, name: str) -> Lane:
        """Return the lane called `name`.

        Raises:
            KnowledgeError: There is none; names those there are.
        """
        for lane in self.lanes:
            if lane.name == name:
                return lane
        there = ", ".join(lane.name for lane in self.lanes)
        raise KnowledgeError(f"no lane is called {name}; there are: {there}")

    def to_data(self) -> Plain:
        """Write as plain data: the knowledge's part `zones`."""
        return {
            "zones": [zone.to_data() for zone in self.zones],
            "lanes": [lane.to_data() for lane in self.lanes],
        }

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "zones") as fields:
            return cls(
                tuple(Zone.from_data(row) for row in fields.rows("zones", ZONES_MAX)),
                tuple(Lane.from_data(row) for row in fields.rows("lanes", LANES_MAX)),
            )


def default_site() -> Site:
    """Return a new school's site: outside, inside, one lane each way."""
    point = Words("la vie scolaire", "the school office")
    return Site(
        (
            Zone(OUTSIDE, Words("dehors", "outside")),
            Zone(INSIDE, Words("dans l’établissement", "inside the school")),
        ),
        (
            Lane("entry-1", Direction.ENTRY, OUTSIDE, INSIDE, Words("Entrée 1", "Entry 1"), point),
            Lane("exit-1", Direction.EXIT, INSIDE, OUTSIDE, Words("Sortie 1", "Exit 1"), point),
        ),
    )
