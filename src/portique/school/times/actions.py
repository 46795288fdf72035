"""What somebody did to a day: which lessons go, which come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from portique.core.plain import DAY_MINUTES, Fields, Plain, Words
from portique.school.times.slots import Slot
from portique.school.times.words import day_words, hours_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

SLOTS_MAX = 2_000  # of one action: a whole school's afternoon


class Act(StrEnum):
    """What was done to a day. Kept: never reuse a value."""

    TEACHER_ABSENT = "teacher-absent"
    SUBSTITUTE = "substitute"
    MOVED = "moved"
    CANCELLED = "cancelled"
    ADDED = "added"


ACT_WORDS: Mapping[Act, Words] = {
    Act.TEACHER_ABSENT: Words("professeur absent", "teacher absent"),
    Act.SUBSTITUTE: Words("remplacement", "substitute"),
    Act.MOVED: Words("cours déplacé", "lesson moved"),
    Act.CANCELLED: Words("cours annulé", "lesson cancelled"),
    Act.ADDED: Words("cours ajouté", "lesson added"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """Hours of one day, in local minutes; the whole day unless said."""

    day: date
    begins: int = 0
    ends: int = DAY_MINUTES


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that somebody did: lessons that go, lessons that come.

    `number` is the caller's, unique within a school. It is kept on the server
    (with teachers' codes, sealed); gates get only its effect.
    """

    number: str
    act: Act
    gone: tuple[Slot, ...] = ()
    come: tuple[Slot, ...] = ()

    def words(self) -> Words:
        """Say what it does without naming a teacher: «professeur absent : mardi 24/11, …»."""
        slots = self.gone or self.come
        groups = ", ".join(sorted({slot.group for slot in slots}))
        hours = hours_words(min(s.begins for s in slots), max(s.ends for s in slots))
        day, what = day_words(slots[0].day), ACT_WORDS[self.act]
        return Words(
            f"{what.fr}\xa0: {day.fr}, {hours.fr} ({groups})",
            f"{what.en}: {day.en}, {hours.en} ({groups})",
        )

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {
            "number": self.number,
            "act": str(self.act),
            "gone": [slot.to_data() for slot in self.gone],
            "come": [slot.to_data() for slot in self.come],
        }

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "action") as fields:
            return cls(
                fields.text("number"),
                fields.choice("act", Act),
                tuple(map(Slot.from_data, fields.rows("gone", SLOTS_MAX))),
                tuple(map(Slot.from_data, fields.rows("come", SLOTS_MAX))),
            )
