"""A fictional school's year, groups and files that these tests share."""

from dataclasses import replace
from datetime import date

from portique.core.calendars import Calendar, default_calendar
from portique.core.timetables import Timetable
from portique.school.times.school_calendar import Wanted, official
from portique.school.times.slots import Frame, frame_of

FIRST, LAST = date(2026, 9, 1), date(2027, 7, 3)
MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)


def calendar(timetable: Timetable | None = None) -> Calendar:
    """Return the calendar of a school of zone C."""
    return replace(
        default_calendar(),
        school_days=official(Wanted("2026-2027", "C")),
        timetable=timetable,
    )


def frame(first: date = FIRST, last: date = LAST) -> Frame:
    """Return the frame of its year, or of a part of it."""
    return frame_of(calendar(), first, last)


def ics(*events: str, head: str = "") -> bytes:
    """Write an iCalendar file around the lines of some events."""
    held = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{head}{held}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def lesson(start: str, end: str, *more: str, uid: str = "") -> str:
    """Write one event's lines; times as `20260907T080000`, in Paris unless they say Z."""
    zone = "" if start.endswith("Z") else ";TZID=Europe/Paris"
    lines = [f"UID:{uid or start}", f"DTSTART{zone}:{start}", f"DTEND{zone}:{end}", *more]
    return "\n".join(lines)
