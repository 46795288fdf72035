"""How long data is kept: from what on, and for how long after it. A closed form.

`Retention(Event.RECORDED, SchoolDayEnd())` is the rule of passages: until the
end of the next school day. `Retention(Event.LEFT, YearDate(10, 31))` is while
the person belongs to the school, then until the 31 October that follows.
Nothing else can be said, so that every rule can be read aloud, compared with
the longest its activity allows, and computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from portique.core.calendars import On
from portique.core.localtime import local_day, local_ms
from portique.core.plain import Words
from portique.core.values import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portique.core.calendars import Calendar

SCHOOL_DAY_END_DAYS_MAX = 14  # however long the holidays: design §5.5
THREE_MONTHS_DAYS = 89  # of any three months in a row the shortest: February to April
YEAR_DAYS_MAX = 366
MONTHS = {
    Language.FR: (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    Language.EN: (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


class Event(StrEnum):
    """From what on a term runs; until it happens, the data is kept."""

    RECORDED = "recorded"
    SESSION_ENDED = "session-ended"
    REPLACED = "replaced"
    PERMISSION_ENDED = "permission-ended"
    PASS_ENDED = "pass-ended"  # noqa: S105 - an event, not a password
    GIVEN_UP = "given-up"
    LEFT = "left"
    ACCOUNT_CLOSED = "account-closed"
    GATE_REMOVED = "gate-removed"


WHILE: Mapping[Event, Words] = {
    Event.SESSION_ENDED: Words("le temps de la session", "while the session lasts"),
    Event.REPLACED: Words(
        "jusqu’à ce que l’établissement les remplace", "until the school replaces them"
    ),
    Event.PERMISSION_ENDED: Words("tant que l’autorisation court", "while the permission lasts"),
    Event.PASS_ENDED: Words("tant que le laissez-passer est valable", "while the pass is valid"),
    Event.GIVEN_UP: Words(
        "tant que le titulaire garde le support", "while the holder keeps the medium"
    ),
    Event.LEFT: Words(
        "tant que la personne est connue de l’établissement",
        "while the person belongs to the school",
    ),
    Event.ACCOUNT_CLOSED: Words("tant que le compte existe", "while the account exists"),
    Event.GATE_REMOVED: Words(
        "tant que le portique est en service", "while the gate is in service"
    ),
}
"""What every event but the recording itself ends."""
THEN = Words("{}, puis {}", "{}, then {}")
AT_ONCE = Words("effacé dès son usage", "erased as soon as used")
BACKUP_NOTE = Words(
    "Une sauvegarde est chiffrée\u202f; ce qui a été effacé l’est de nouveau quand elle est"
    " remise en service.",
    "A backup is encrypted; what was erased is erased again when it is put back into service.",
)


@dataclass(frozen=True, slots=True)
class SchoolDayEnd:
    """Until the end of the `count`-th school day after the event's, 14 days after it at most.

    Raises:
        ValueError: `count` is below 1.
    """

    count: int = 1

    def __post_init__(self) -> None:
        """Refuse what would be no term."""
        _at_least_one(self.count)

    @property
    def days_max(self) -> int:
        """The longest it may last, in days."""
        return SCHOOL_DAY_END_DAYS_MAX

    def last_day(self, day: date, calendar: Calendar) -> date:
        """Return the last local date on which it is kept, for an event on `day`."""
        left, last = self.count, day
        for _ in range(SCHOOL_DAY_END_DAYS_MAX):
            if left == 0:
                break
            last += timedelta(days=1)
            left -= keeps_school(calendar, last)
        return last

    def words(self) -> Words:
        """Say it."""
        if self.count == 1:
            return Words(
                "jusqu’à la fin du jour de classe suivant", "until the end of the next school day"
            )
        return Words(
            f"jusqu’à la fin du {self.count}ᵉ jour de classe suivant",
            f"until the end of school day {self.count} after it",
        )


@dataclass(frozen=True, slots=True)
class DayCount:
    """So many days after the event's, the last one included.

    Raises:
        ValueError: `count` is below 1.
    """

    count: int

    def __post_init__(self) -> None:
        """Refuse what would be no term."""
        _at_least_one(self.count)

    @property
    def days_max(self) -> int:
        """The longest it may last, in days."""
        return self.count

    def last_day(self, day: date, calendar: Calendar) -> date:  # noqa: ARG002 - one form for all
        """Return the last local date on which it is kept, for an event on `day`."""
        return day + timedelta(days=self.count)

    def words(self) -> Words:
        """Say it."""
        plural = "s" if self.count > 1 else ""
        return Words(f"{self.count} jour{plural}", f"{self.count} day{plural}")


@dataclass(frozen=True, slots=True)
class YearDate:
    """Until the first such date that follows the event's, included.

    Raises:
        ValueError: Not a date of every year.
    """

    month: int
    day: int

    def __post_init__(self) -> None:
        """Refuse a date that some years lack."""
        date(2001, self.month, self.day)  # 2001 had no 29 February

    @property
    def days_max(self) -> int:
        """The longest it may last, in days."""
        return YEAR_DAYS_MAX

    def last_day(self, day: date, calendar: Calendar) -> date:  # noqa: ARG002 - one form for all
        """Return the last local date on which it is kept, for an event on `day`."""
        this_year = date(day.year, self.month, self.day)
        return this_year if day < this_year else date(day.year + 1, self.month, self.day)

    def words(self) -> Words:
        """Say it."""
        fr, en = (MONTHS[language][self.month - 1] for language in (Language.FR, Language.EN))
        first = "1ᵉʳ" if self.day == 1 else self.day
        return Words(f"jusqu’au {first} {fr} suivant", f"until the next {self.day} {en}")


Term = SchoolDayEnd | DayCount | YearDate


@dataclass(frozen=True, slots=True)
class Retention:
    """Kept until `event`, then for `term` after it (None: erased at once)."""

    event: Event
    term: Term | None = None

    @property
    def days_max(self) -> int:
        """The longest it may be kept after the event, in days."""
        return self.term.days_max if self.term else 0

    def ends(self, event_ms: int, calendar: Calendar) -> int:
        """Return the first instant at which it is kept no longer, in UTC ms.

        Args:
            event_ms: When the event happened, UTC ms. Before it, nothing ends.
            calendar: The school's, for its days and its time zone.
        """
        if self.term is None:
            return event_ms
        last = self.term.last_day(local_day(event_ms, calendar.zone), calendar)
        return local_ms(last + timedelta(days=1), 0, calendar.zone)

    def kept_since(self, at_ms: int, calendar: Calendar) -> int:
        """Return the first instant of which data is still kept, in UTC ms: what is older has ended.

        Args:
            at_ms: Now, UTC ms.
            calendar: The school's, for its days and its time zone.
        """
        if self.term is None:
            return at_ms + 1
        today = first = local_day(at_ms, calendar.zone)
        while self.term.last_day(first - timedelta(days=1), calendar) >= today:
            first -= timedelta(days=1)
        return local_ms(first, 0, calendar.zone)

    def within(self, limit: Retention) -> bool:
        """Say whether it can't outlast `limit`: the same event or the recording, no longer a term.

        What counts from the recording fits under what counts from a later event.
        """
        return self.event in {Event.RECORDED, limit.event} and self.days_max <= limit.days_max

    def words(self) -> Words:
        """Say it in one clause."""
        term = self.term.words() if self.term else None
        if self.event is Event.RECORDED:
            return term or AT_ONCE
        lasting = WHILE[self.event]
        if term is None:
            return lasting
        return Words(THEN.fr.format(lasting.fr, term.fr), THEN.en.format(lasting.en, term.en))


def keeps_school(calendar: Calendar, day: date) -> bool:
    """Say whether the school holds a day: in a term, and an opening of its ordinary week keeps it.

    Boarders who come back on a Sunday make no school day of it.
    """
    ordinary = [opening for opening in calendar.openings if opening.on is On.SCHOOL_DAYS]
    weekdays = {number for opening in ordinary for number in opening.weekdays}
    return day in calendar.school_days and day.isoweekday() in weekdays


def _at_least_one(count: int) -> None:
    if count < 1:
        raise ValueError("a term of less than one day is no term: leave it out")


NEXT_SCHOOL_DAY = Retention(Event.RECORDED, SchoolDayEnd())
"""The rule of passages: design §2, principle 4."""
THREE_MONTHS = Retention(Event.RECORDED, DayCount(THREE_MONTHS_DAYS))
"""The longest that any identified passage may ever live, with a published reason."""
WHILE_KNOWN = Retention(Event.LEFT, YearDate(10, 31))
"""Until the autumn's imports have settled: a departure by mistake can be undone."""
WHILE_ON_MEDIUM = Retention(Event.GIVEN_UP)
UNTIL_REPLACED = Retention(Event.REPLACED)
WHILE_VALID = Retention(Event.PASS_ENDED, YearDate(10, 31))
WHILE_PERMITTED = Retention(Event.PERMISSION_ENDED, DayCount(31))
WHILE_ACCOUNT = Retention(Event.ACCOUNT_CLOSED)
WHILE_SESSION = Retention(Event.SESSION_ENDED)
WHILE_IN_SERVICE = Retention(Event.GATE_REMOVED)
ONE_MONTH = Retention(Event.RECORDED, DayCount(30))
SIX_MONTHS = Retention(Event.RECORDED, DayCount(183))
ONE_YEAR = Retention(Event.RECORDED, DayCount(365))
