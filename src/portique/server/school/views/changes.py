"""Today's changes: one small form, what it would change in words, one click; the list, to undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from portique.core.errors import TimetableError
from portique.core.plain import Words
from portique.school.rules import calendar_of
from portique.school.times.actions import ACT_WORDS, Act
from portique.school.times.previews import compare, preview
from portique.server.accounts.access import allowed
from portique.server.accounts.roles import Role
from portique.server.entropy import entropy
from portique.server.school import actions, queries
from portique.server.school.forms_changes import FORMS, NUMBER, action_from
from portique.server.school.house import served_school
from portique.server.school.views.answers import by, refusals
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from portique.school.times.actions import Action
    from portique.school.times.changes import DayBook
    from portique.server.school.forms_changes import ChangeForm
    from portique.server.school.queries import Taken

office = allowed(Role.HEAD, Role.SCHOOL_LIFE)
NEED_TEACHERS = (Act.TEACHER_ABSENT, Act.SUBSTITUTE)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page works on."""

    book: DayBook
    today: date

    @property
    def acts(self) -> list[Act]:
        """The changes that can be made: by teacher only where teachers are known."""
        return [act for act in Act if self.book.teaching.lessons or act not in NEED_TEACHERS]


@office
@require_http_methods(["GET", "POST"])
def changes(request: HttpRequest) -> HttpResponse:
    """Ask for a change, show what it does, take it."""
    calendar = calendar_of(served_school())
    try:
        desk = Desk(queries.open_book(calendar), queries.today_of(calendar))
    except TimetableError:
        return render(request, "school/changes.html", {"no_timetable": True})
    act = _act(request, desk)
    if request.method == "POST":
        return _posted(request, desk, act)
    return _shown(request, desk, act, _form(request, desk, act))


@office
@require_POST
def undo(request: HttpRequest, number: UUID) -> HttpResponse:
    """Take a change back; say what that changes."""
    with refusals(request):
        before = queries.open_book()
        undone = actions.undo(by(request), number)
        found = compare(before, queries.open_book(), undone, queries.members())
        messages.success(request, _joined(UNDONE, found.words()))
    return redirect("school:changes")


UNDONE = Words("Changement annulé", "Change undone")
TAKEN = Words("C’est fait, les portiques l’apprennent", "Done, gates are being told")


def _act(request: HttpRequest, desk: Desk) -> Act:
    asked = request.GET.get("act", "")
    return next((act for act in desk.acts if act == asked), desk.acts[0])


def _form(request: HttpRequest, desk: Desk, act: Act) -> ChangeForm:
    given: dict[str, Any] = {"book": desk.book, "today": desk.today}
    posted = request.POST if request.method == "POST" else None
    if act is Act.MOVED:
        given["source"] = _source(request, desk.today)
    return FORMS[act](posted, **given)


def _source(request: HttpRequest, today: date) -> date:
    """Return the day whose lessons are offered to be moved."""
    text = request.POST.get("source", "") or request.GET.get("source", "")
    try:
        return max(date.fromisoformat(text), today)
    except ValueError:
        return today


def _posted(request: HttpRequest, desk: Desk, act: Act) -> HttpResponse:
    form = _form(request, desk, act)
    if not form.is_valid():
        return _shown(request, desk, act, form)
    number = request.POST.get("number", "")
    if not NUMBER.fullmatch(number):
        number = entropy(16).hex()
    try:
        action = action_from(act, form, number)
        if request.POST.get("seen") == _mark(action):
            return _take(request, action)
        found = preview(desk.book, action, queries.members())
    except TimetableError as error:
        form.add_error(None, spoken(error.words).capitalize())
        return _shown(request, desk, act, form)
    shown = {"preview": found, "action": told(action), "number": number, "seen": _mark(action)}
    return _shown(request, desk, act, form, **shown)


def _take(request: HttpRequest, action: Action) -> HttpResponse:
    with refusals(request):
        actions.take(by(request), action)
        messages.success(request, _joined(TAKEN, action.words()))
    return redirect(f"{reverse('school:changes')}?act={action.act}")


def _shown(
    request: HttpRequest, desk: Desk, act: Act, form: ChangeForm, **more: Any
) -> HttpResponse:
    idle = {action.number for action in desk.book.idle()}
    taken = [one for one in queries.taken_actions() if one.row.last_day >= desk.today]
    context = {
        "form": form,
        "act": act,
        "tabs": [(one, ACT_WORDS[one]) for one in desk.acts],
        "moved": act is Act.MOVED,
        "source": _source(request, desk.today).isoformat(),
        "by_group_only": not desk.book.teaching.lessons,
        "sent": _sent(request) if more else (),
        "today": [_row(one, idle) for one in taken if desk.today in _days(one)],
        "later": [_row(one, idle) for one in taken if desk.today not in _days(one)],
        "undone": _undone(desk.today),
    }
    return render(request, "school/changes.html", context | more)


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was typed, to be sent again with the agreement."""
    apart = {"csrfmiddlewaretoken", "number", "seen"}
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in apart
        for value in values
    ]


def _undone(today: date) -> list[tuple[Taken, Words]]:
    """Return the changes of today and later that were undone."""
    rows = queries.taken_actions(undone=True)
    return [(one, told(one.action)) for one in rows if one.row.last_day >= today]


def _row(taken: Taken, idle: set[str]) -> tuple[Taken, Words, bool]:
    return taken, told(taken.action), taken.action.number in idle


def _days(taken: Taken) -> set[date]:
    return {slot.day for slot in (*taken.action.gone, *taken.action.come)}


def told(action: Action) -> Words:
    """Say a change, with the teachers' codes: the office knows them."""
    gone, come = ({slot.teacher for slot in slots} - {""} for slots in (action.gone, action.come))
    names = ", ".join(sorted(gone or come))
    if action.act is Act.SUBSTITUTE:
        names = " → ".join(", ".join(sorted(codes)) for codes in (gone, come) if codes)
    said = action.words()
    return Words(f"{said.fr} · {names}", f"{said.en} · {names}") if names else said


def _joined(first: Words, second: Words) -> str:
    return words(f"{first.fr}\u00a0: {second.fr}.", f"{first.en}: {second.en}.")  # type: ignore[return-value]


def _mark(action: Action) -> str:
    return queries.mark_of(action.to_data())
