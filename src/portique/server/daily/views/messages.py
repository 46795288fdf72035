"""Messages to guardians: drafted for whoever reads, kept once that person validates them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portique.core.values import Kind, Language
from portique.paper import GuardianLetter, PaperError, render_letter
from portique.server import clock
from portique.server.accounts.access import who
from portique.server.daily import actions, queries
from portique.server.daily.actions.messages import Letter
from portique.server.daily.models import GuardianMessage, MessageState
from portique.server.daily.views.answers import NOT_PRINTED, office, pdf
from portique.server.daily.words import STATE_WORDS, UNSURE
from portique.server.passes.views.answers import uuid_or_404
from portique.server.people.actions import look_up
from portique.server.people.models import AccessReason, Person
from portique.server.school.house import served_school
from portique.server.words import words

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from portique.core.plain import Words
    from portique.server.people.queries import Tied

UNSURE_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Addressee:
    """A guardian, and what was already written to them about this pupil today."""

    tied: Tied
    message: GuardianMessage | None
    state: Words | None


@office
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what each guardian would be told; validate for one of them."""
    pupil = get_object_or_404(Person, pk=key, kind=Kind.PUPIL, left_on=None)
    if request.method == "POST":
        return _validated(request, pupil)
    at = clock.now()
    if pupil.pk not in queries.unseen_people(at):
        messages.info(request, NOT_ON_THE_LIST)
        return redirect("daily:unseen")
    for person in (pupil, *(tied.person for tied in queries.addressees(pupil))):
        look_up(who(request), person, AccessReason.OFFICE)
    language = _language(request.GET.get("language", ""))
    page = {
        "pupil": pupil,
        "addressees": _addressees(pupil),
        "text": queries.draft_of(pupil, language, at),
        "written_in": language.value,
        "by_mail": bool(settings.PORTIQUE_MAIL_FROM),
    }
    return render(request, "daily/draft.html", page)


NOT_ON_THE_LIST = words(
    "Cet élève n’est pas, ou n’est plus, sur la liste\u00a0: il n’y a rien à écrire.",
    "This pupil is not, or no longer, on the list: there is nothing to write.",
)


def _validated(request: HttpRequest, pupil: Person) -> HttpResponse:
    """Keep what somebody validated, for one guardian of this pupil."""
    asked = uuid_or_404(request.POST.get("mail") or request.POST.get("letter", ""))
    guardian = next((t.person for t in queries.addressees(pupil) if t.person.pk == asked), None)
    if guardian is None:
        raise Http404
    language = _language(request.POST.get("language", ""))
    try:
        kept, new = actions.validate(
            who(request), Letter(pupil, guardian, language, on_paper="letter" in request.POST)
        )
    except actions.NoLongerUnseenError:
        messages.info(request, NOT_ON_THE_LIST)
        return redirect("daily:unseen")
    _say(request, kept, new=new)
    return redirect("daily:messages")


def _say(request: HttpRequest, kept: GuardianMessage, *, new: bool) -> None:
    if not new:
        messages.warning(
            request,
            words(
                "Ce message avait déjà été validé aujourd’hui\u00a0: rien n’est envoyé deux fois.",
                "This message had been validated today already: nothing is sent twice.",
            ),
        )
    elif kept.state == MessageState.PRINTED:
        messages.success(
            request, words("Lettre validée\u00a0: imprimez-la.", "Letter validated: print it.")
        )
    else:
        messages.success(
            request,
            words(
                "Message validé\u00a0: il part dans un instant.",
                "Message validated: it leaves soon.",
            ),
        )


def _addressees(pupil: Person) -> list[Addressee]:
    at = clock.now()
    written = {one.guardian_id: one for one in queries.messages_of(at) if one.pupil_id == pupil.pk}
    return [
        Addressee(tied, message, state_of(message) if message else None)
        for tied in queries.addressees(pupil)
        for message in (written.get(tied.person.pk),)
    ]


def state_of(message: GuardianMessage) -> Words:
    """Say what became of a message; one that has been on its way for long may have arrived."""
    tried = message.tried_at
    sending = message.state == MessageState.SENDING
    if sending and tried is not None and clock.now() - tried > UNSURE_AFTER:
        return UNSURE
    return STATE_WORDS[MessageState(message.state)]


def _language(text: str) -> Language:
    return Language.EN if text == Language.EN else Language.FR


@office
@require_GET
def messages_today(request: HttpRequest) -> HttpResponse:
    """Show what was validated today, by whom, and what became of it."""
    rows = [(message, state_of(message)) for message in queries.messages_of(clock.now())]
    return render(request, "daily/messages.html", {"rows": rows})


@office
@require_POST
def print_letter(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Print a validated message as a letter."""
    message = get_object_or_404(GuardianMessage.objects.select_related("guardian"), pk=message_id)
    school = served_school().settings
    letter = GuardianLetter(
        school.name,
        message.guardian.shown_name,
        message.text,
        message.validated_at.astimezone(school.zone),
        Language(message.language),
    )
    try:
        return pdf(render_letter(letter, clock.now()), "lettre")
    except PaperError:
        messages.error(request, NOT_PRINTED)
        return redirect("daily:messages")
