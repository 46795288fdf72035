"""What is worked out about today: who was not seen, who came late, who is away, what was written.

Nothing here looks at another day, counts anything by person, or keeps what it finds.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Min, Q, Sum

from portique.core.dayplans import plan_day
from portique.core.entries import Ruling
from portique.core.localtime import local_day
from portique.core.values import Direction, HolderId, Kind, from_ms, to_ms
from portique.school.people.records import Role
from portique.school.people.sentences import SENTENCES
from portique.school.rules import calendar_of, site_of
from portique.server.console.models import Event, EventKind, Referral
from portique.server.console.tally import midnight
from portique.server.daily.expecting import (
    Expectation,
    Moment,
    expectation,
    first_lesson_ms,
    groups_of,
)
from portique.server.daily.models import Away, GuardianMessage, MessageState
from portique.server.daily.words import MORNING, TODAY, message_text
from portique.server.gates.models import Crossing
from portique.server.passes.models import IssuedPass, Use
from portique.server.passes.queries import rights_among
from portique.server.people.index import everybody
from portique.server.people.models import Tie
from portique.server.people.queries import Tied, name_order
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from portique.core.rights import Rights
    from portique.core.values import Language
    from portique.core.zones import Lane
    from portique.server.people.index import Named
    from portique.server.people.models import Person

UNCODED = (EventKind.MANUAL, EventKind.COUNT)


# --- the day --------------------------------------------------------------------------------------


def moment_of(at: datetime) -> Moment:
    """Return what an instant's expectations depend on."""
    calendar = calendar_of(served_school())
    at_ms = to_ms(at)
    now_away = Away.objects.filter(begins_at__lte=at, ends_at__gt=at)
    away = list(now_away.values_list("person_id", "group"))
    return Moment(
        plan_day(calendar, local_day(at_ms, calendar.zone)),
        at_ms,
        frozenset(lane.zone_to for lane in entry_lanes()),
        frozenset(person for person, _ in away),
        frozenset(group for _, group in away if group),
    )


def entry_lanes() -> list[Lane]:
    """Return the lanes by which people come in."""
    return [lane for lane in site_of(served_school()).lanes if lane.direction is Direction.ENTRY]


def groups_known(moment: Moment) -> list[str]:
    """Return the groups a page can be narrowed to: those with a timetable, and every class."""
    labels = {named.label for named in _pupils() if named.label}
    return sorted(labels | (moment.plan.lessons or {}).keys())


def _pupils() -> list[Named]:
    return [one for one in everybody() if one.kind is Kind.PUPIL and not one.left and one.holder]


# --- not seen at the gate -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnseenRow:
    """A pupil who is expected and was not seen at a gate; `has_card`: could have shown one."""

    pupil: Named
    begins: datetime
    has_card: bool


@dataclass(frozen=True, slots=True)
class Unseen:
    """The list of an instant, and how many others were left out of it, by the reason."""

    rows: list[UnseenRow]
    left_out: Counter[Expectation]


def unseen(moment: Moment, group: str = "") -> Unseen:
    """Return the pupils expected by now whom no gate has let through today, by class and name.

    Args:
        moment: Now.
        group: Only of this group; empty for everybody.
    """
    if not moment.plan.school_day:
        return Unseen([], Counter())
    seen = seen_today(from_ms(moment.at_ms))
    pupils = [pupil for pupil in _pupils() if pupil.holder not in seen]
    book = rights_among(pupil.holder for pupil in pupils)
    known = [(pupil, book[HolderId(pupil.holder)]) for pupil in pupils]
    theirs = [one for one in known if not group or group in groups_of(*one)]
    return _sorted_out(theirs, moment)


def _sorted_out(pupils: Iterable[tuple[Named, Rights]], moment: Moment) -> Unseen:
    """Part those who are expected now from the others."""
    found = [(pupil, rights, expectation(pupil, rights, moment)) for pupil, rights in pupils]
    missed = [(pupil, rights) for pupil, rights, why in found if why is Expectation.NOW]
    cards = _with_cards((pupil.holder for pupil, _ in missed), moment)
    rows = [
        UnseenRow(
            pupil,
            from_ms(first_lesson_ms(moment.plan, groups_of(pupil, rights)) or moment.at_ms),
            pupil.holder in cards,
        )
        for pupil, rights in missed
    ]
    return Unseen(rows, Counter(why for *_, why in found if why is not Expectation.NOW))


def unseen_people(at: datetime) -> set[UUID]:
    """Return who is on the list now, by key."""
    return {row.pupil.person for row in unseen(moment_of(at)).rows}


def seen_today(at: datetime) -> set[str]:
    """Return the holders whom a person or a gate let through today.

    Those a gate granted or an agent ruled on, those a console answered and the gate did not confirm
    yet, and those who got a slip for a forgotten card.
    """
    day = midnight(at)
    crossed = Crossing.objects.filter(at_ms__gte=to_ms(day)).values_list("holder", flat=True)
    admitted = Referral.objects.filter(at__gte=day, verdict=Ruling.ADMIT).exclude(pass_id="")
    ruled = IssuedPass.objects.filter(pk__in=admitted.values("pass_id"))
    slips = IssuedPass.objects.filter(use=Use.SLIP, issued_ms__gte=to_ms(day))
    return {
        *crossed,
        *ruled.values_list("holder", flat=True),
        *slips.values_list("holder", flat=True),
    } - {""}


def _with_cards(holders: Iterable[str], moment: Moment) -> set[str]:
    rows = IssuedPass.objects.filter(holder__in=list(holders), expires_ms__gt=moment.at_ms)
    return set(rows.values_list("holder", flat=True))


def came_without_code(at: datetime) -> int:
    """Return how many people lanes let in today without a code: nobody knows who they are."""
    uncoded = Event.objects.filter(kind__in=UNCODED, at__gte=midnight(at))
    entered = uncoded.filter(direction=Direction.ENTRY).aggregate(people=Sum("people"))
    return max(0, entered["people"] or 0)


# --- late -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LateRow:
    """A pupil who first came in after their first lesson of the day had begun."""

    pupil: Named
    came: datetime
    begins: datetime


def late(moment: Moment, group: str = "") -> list[LateRow]:
    """Return who came in late today, the last one first; boarders and those permitted excepted."""
    if not moment.plan.school_day:
        return []
    came = first_entries(from_ms(moment.at_ms))
    pupils = [pupil for pupil in _pupils() if pupil.holder in came]
    book = rights_among(pupil.holder for pupil in pupils)
    rows = (
        _late_row(pupil, book[HolderId(pupil.holder)], came[pupil.holder], moment, group)
        for pupil in pupils
    )
    found = [row for row in rows if row is not None]
    return sorted(found, key=lambda row: row.came, reverse=True)


def _late_row(
    pupil: Named, rights: Rights, came_ms: int, moment: Moment, group: str
) -> LateRow | None:
    groups = groups_of(pupil, rights)
    begins_ms = first_lesson_ms(moment.plan, groups)
    if rights.boarder or (group and group not in groups):
        return None
    if begins_ms is None or came_ms <= begins_ms:
        return None
    if rights.permission(Direction.ENTRY, came_ms, moment.plan):
        return None
    return LateRow(pupil, from_ms(came_ms), from_ms(begins_ms))


def first_entries(at: datetime) -> dict[str, int]:
    """Return when each holder was first let in today, in UTC ms."""
    lanes = [lane.name for lane in entry_lanes()]
    today = Crossing.objects.filter(at_ms__gte=to_ms(midnight(at)), lane__in=lanes)
    return dict(today.values_list("holder").annotate(first=Min("at_ms")))


# --- away, guardians, messages --------------------------------------------------------------------


def away_from(at: datetime) -> list[Away]:
    """Return who is not expected now or later, by beginning; opens their names."""
    rows = Away.objects.filter(ends_at__gt=at).select_related("person", "by")
    return list(rows.order_by("begins_at", "ends_at", "pk"))


def away_of(person: Person) -> list[Away]:
    """Return what is kept of when a person by name is or was not expected, by beginning."""
    return list(Away.objects.filter(person=person).order_by("begins_at", "pk"))


def addressees(pupil: Person) -> list[Tied]:
    """Return those a message about a pupil may go to: guardians, not mere contacts."""
    ties = Tie.objects.filter(pupil=pupil, guardian__left_on=None).exclude(role=Role.CONTACT)
    found = [
        Tied(tie.guardian, SENTENCES[Role(tie.role)]) for tie in ties.select_related("guardian")
    ]
    return sorted(found, key=lambda one: name_order(one.person))


def messages_of(at: datetime) -> list[GuardianMessage]:
    """Return today's messages, the newest first."""
    day = local_day(to_ms(at), served_school().settings.time_zone)
    rows = GuardianMessage.objects.filter(day=day)
    people = rows.select_related("pupil", "guardian", "validated_by")
    return list(people.order_by("-validated_at", "pk"))


def messages_for(person: Person) -> list[GuardianMessage]:
    """Return the messages kept about a pupil, or that a guardian was sent; newest first.

    A guardian is told of none that never left: it was dropped because the pupil was seen.
    """
    theirs = Q(pupil=person) | Q(guardian=person, state=MessageState.SENT)
    rows = GuardianMessage.objects.filter(theirs).select_related("pupil", "guardian")
    return list(rows.order_by("-validated_at", "pk"))


def draft_of(pupil: Person, language: Language, at: datetime) -> str:
    """Return what a guardian would be told about a pupil now; nothing is kept of it."""
    settings = served_school().settings
    calendar = calendar_of(served_school())
    local = at.astimezone(settings.zone)
    morning = local.hour * 60 + local.minute < calendar.marks.midday
    return message_text(
        language,
        name=pupil.shown_first_name,
        when=MORNING if morning else TODAY,
        day=local.date(),
        school=settings.name,
    )
