"""Rules: openings, and what changes in a day. Teachers' codes come in, and never out."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Body, Router

from portique.core.calendars import Opening
from portique.core.errors import TimetableError
from portique.core.plain import DAY_MINUTES, Words, clock_minute, clock_text
from portique.school.rules import calendar_of
from portique.school.times import changes
from portique.school.times.actions import Action, Span
from portique.school.times.changes import DayBook
from portique.school.times.slots import Slot
from portique.server.api.scopes import Scope
from portique.server.api.v1.calls import Bearer, Key, maker_of, once
from portique.server.api.v1.problems import Problem, ProblemError
from portique.server.api.v1.schemas import (
    Absent,
    Added,
    Cancelled,
    ChangeIn,
    ChangeOut,
    OpeningOut,
    SlotOut,
    Substitute,
)
from portique.server.entropy import entropy
from portique.server.school import actions, queries
from portique.server.school.house import served_school
from portique.server.words import spoken

OVER = Words("Ce jour est passé.", "This day is over.")
TURNED = [("body.ends", "before_begins")]
router = Router(tags=["rules"])
READ, WRITE = Bearer(Scope.RULES_READ), Bearer(Scope.RULES_WRITE)


@router.get("/openings", response=list[OpeningOut], auth=READ, summary="List openings")
def list_openings(request: HttpRequest) -> list[OpeningOut]:
    """When the school is open, and for whom."""
    _ = request
    return [_opening(one) for one in calendar_of(served_school()).openings]


@router.get(
    "/changes", response=list[ChangeOut], auth=READ, summary="List changes of today and later"
)
def list_changes(request: HttpRequest) -> list[ChangeOut]:
    """The changes that count, in the order they were made."""
    _ = request
    today = queries.today_of(calendar_of(served_school()))
    taken = (one for one in queries.taken_actions() if one.row.last_day >= today)
    return [_change(one.row.pk, one.action) for one in taken]


@router.post("/changes", response={201: ChangeOut}, auth=WRITE, summary="Make a change")
def make_change(
    request: HttpRequest, change: Annotated[ChangeIn, Body()], key: Key = None
) -> HttpResponse:
    """Announce an absent teacher, a substitute, lessons cancelled or added. Gates learn it."""

    def act() -> ChangeOut:
        book = queries.open_book()
        action = _action(book, change, entropy(16).hex())
        actions.take(maker_of(request), action)
        return _change(UUID(action.number), action)

    return once(request, key, act, 201)


@router.delete("/changes/{change_id}", response={204: None}, auth=WRITE, summary="Undo a change")
def undo_change(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Make gates get what they would without this change."""
    try:
        actions.undo(maker_of(request), change_id)
    except TimetableError as error:
        raise ProblemError(Problem.NOT_FOUND, error.words) from error
    return HttpResponse(status=204)


def _action(book: DayBook, wanted: ChangeIn, number: str) -> Action:
    """Make the change that is asked for.

    Raises:
        ProblemError: Its day is over, or its hours are turned round.
        TimetableError: There is nothing to change then.
    """
    if wanted.day < queries.today_of(calendar_of(served_school())):
        raise ProblemError(Problem.STATE, OVER, errors=[("body.day", "over")])
    span = _span(wanted)
    match wanted:
        case Absent():
            return changes.teacher_absent(book, number, wanted.teacher, span)
        case Substitute():
            return changes.substitute(book, number, (wanted.teacher, wanted.by or ""), span)
        case Cancelled():
            return changes.cancelled(book, number, wanted.groups, span)
        case Added():
            return changes.added(book, number, wanted.groups, span, wanted.teacher or "")


def _span(wanted: ChangeIn) -> Span:
    begins = clock_minute(wanted.begins) if wanted.begins else 0
    ends = clock_minute(wanted.ends) if wanted.ends else DAY_MINUTES
    if begins is None or ends is None or ends <= begins:
        raise ProblemError(Problem.INVALID, errors=TURNED)
    return Span(wanted.day, begins, ends)


def _change(number: UUID, action: Action) -> ChangeOut:
    return ChangeOut(
        id=number,
        act=action.act,
        said=spoken(action.words()),
        gone=_slots(action.gone),
        come=_slots(action.come),
    )


def _slots(slots: tuple[Slot, ...]) -> list[SlotOut]:
    """Return lessons without their teachers, each once."""
    hours = dict.fromkeys((one.day, one.group, one.begins, one.ends) for one in slots)
    return [
        SlotOut(day=day, group=group, begins=clock_text(begins), ends=clock_text(ends))
        for day, group, begins, ends in hours
    ]


def _opening(one: Opening) -> OpeningOut:
    return OpeningOut(
        title=one.title,
        zone=one.zone,
        opens=clock_text(one.opens),
        closes=clock_text(one.closes),
        weekdays=list(one.weekdays),
        on=one.on,
        first=one.first,
        last=one.last,
        dates=list(one.dates),
        everybody=one.audience.everybody,
        kinds=list(one.audience.kinds),
        groups=list(one.audience.groups),
        listed=bool(one.audience.holders),
    )
