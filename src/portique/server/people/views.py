"""Pages of the school's people: lists by class, one person, adding and correcting by hand.

They show names, classes and rights. Nothing here tells when anybody passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portique.core.errors import KnowledgeError, TooLate
from portique.core.values import Kind
from portique.school.people.records import Boarding
from portique.school.people.sentences import SENTENCES
from portique.school.rules import regimes_of
from portique.server.accounts.access import allowed, stepped_up
from portique.server.accounts.roles import Role
from portique.server.passes.phones import phones_on
from portique.server.people import actions, erasing, index, queries
from portique.server.people.errors import NotAName
from portique.server.people.forms import NewPersonForm, PersonForm, initial_of
from portique.server.people.models import AccessReason, Person
from portique.server.people.rights import WITHOUT_RIGHTS, other_groups, rights_of_person
from portique.server.people.showing import days_text
from portique.server.people.views_import import OFFICE, SOURCES, me
from portique.server.school.house import served_school
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from portique.core.rights import Rights

LETTERS_MAX = 80
CLASS_MAX = 1000
NAME_WRONG = words(
    "Un nom a des lettres, et ce qui se met entre elles.",
    "A name has letters, and what stands between them.",
)


@allowed(*OFFICE)
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """List a class, or those whose name begins so; the letters are posted: no log shows them."""
    letters = request.POST.get("letters", "")[:LETTERS_MAX].strip()
    label = request.POST.get("label", request.GET.get("class", ""))
    found = None
    if letters or label:
        found = index.search(letters, label=label or None, left=bool(letters), limit=CLASS_MAX)
    page = {
        "classes": queries.classes(),
        "total": len(queries.here()),
        "found": [(named, queries.KIND_WORDS[named.kind]) for named in found or ()],
        "searched": found is not None,
        "letters": letters,
        "label": label,
    }
    return render(request, "people/people.html", page)


@allowed(*OFFICE)
@require_GET
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show one person, and record that they were looked at."""
    shown = get_object_or_404(Person.objects.select_related("origin"), pk=person_id)
    actions.look_up(me(request), shown, AccessReason.OFFICE)
    return render(request, "people/person.html", _page_of(shown))


def _page_of(shown: Person) -> dict[str, Any]:
    rights, kind = rights_of_person(shown), Kind(shown.kind)
    return {
        "person": shown,
        "kind": queries.KIND_WORDS[kind],
        "is_guardian": kind is Kind.GUARDIAN,
        "has_rights": kind not in WITHOUT_RIGHTS,
        "rights": rights,
        "groups": other_groups(rights),
        "regime": _regime(rights),
        "days": days_text(rights.meal_days),
        "boarding": SENTENCES[Boarding(shown.boarding)] if shown.boarding else None,
        "guardians": queries.guardians_of(shown),
        "pupils": queries.pupils_of(shown),
        "source": SOURCES.get(shown.origin.source) if shown.origin else None,
        "accesses": queries.accesses_of(shown)[:20],
        "may_be_erased": erasing.may_be_erased(shown),
        "phones": shown.left_on is None and phones_on(),
    }


def _regime(rights: Rights) -> str:
    regime = regimes_of(served_school()).get(rights.regime)
    return spoken(regime.title) if regime else rights.regime


@allowed(*OFFICE)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add somebody by hand."""
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add_person(form.chosen_kind, form.particulars())
        except (NotAName, KnowledgeError):
            form.add_error(None, NAME_WRONG)
        else:
            messages.success(request, words("La personne est ajoutée.", "The person is added."))
            return redirect("people:person", added.pk)
    return render(request, "people/edit.html", {"form": form})


@allowed(*OFFICE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Correct what is known of somebody; guardians come from imports."""
    edited = get_object_or_404(Person, pk=person_id, holder__isnull=False)
    form = PersonForm(request.POST or None, initial=initial_of(edited, rights_of_person(edited)))
    actions.look_up(me(request), edited, AccessReason.OFFICE)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_person(edited, form.particulars())
        except (NotAName, KnowledgeError):
            form.add_error(None, NAME_WRONG)
        else:
            messages.success(request, words("C’est enregistré.", "Saved."))
            return redirect("people:person", edited.pk)
    return render(request, "people/edit.html", {"form": form, "person": edited})


@allowed(*OFFICE)
@require_POST
def leave(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Note that somebody left."""
    actions.mark_left(get_object_or_404(Person, pk=person_id))
    messages.success(
        request,
        words(
            "Le départ est noté, et les laissez-passer ne valent plus rien.",
            "Noted as left; the passes are void.",
        ),
    )
    return redirect("people:person", person_id)


@allowed(Role.HEAD)
@stepped_up
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Erase somebody who is not here any more, once it was said what that means."""
    gone = get_object_or_404(Person, pk=person_id)
    if request.method == "POST":
        try:
            erasing.erase_on_request(gone, me(request))
        except TooLate:
            return redirect("people:person", person_id)
        messages.success(request, words("La personne est effacée.", "The person is erased."))
        return redirect("people:people")
    actions.look_up(me(request), gone, AccessReason.OFFICE)
    may = erasing.may_be_erased(gone)
    return render(request, "people/erase.html", {"person": gone, "may_be_erased": may})


@allowed(*OFFICE)
@require_POST
def back(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Note that somebody is there again."""
    actions.mark_back(get_object_or_404(Person, pk=person_id))
    messages.success(
        request,
        words(
            "La personne est de nouveau là. Il lui faut un nouveau laissez-passer.",
            "The person is there again, and needs a new pass.",
        ),
    )
    return redirect("people:person", person_id)
