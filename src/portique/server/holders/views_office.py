"""A person's own account, as the school's office makes it and hands it over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portique.server.accounts import actions as accounts
from portique.server.accounts.access import allowed, stepped_up, who
from portique.server.accounts.errors import AccountRefused
from portique.server.accounts.models import PaperCode
from portique.server.accounts.roles import Role
from portique.server.accounts.views_accounts import sheet
from portique.server.holders import actions, queries
from portique.server.holders.errors import NO_ACCOUNT
from portique.server.people.actions import look_up
from portique.server.people.models import AccessReason, Person
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from portique.server.accounts.models import User

CLOSED = words("Le compte est désactivé.", "The account is disabled.")
OPENED = words("Le compte est réactivé.", "The account is enabled again.")


@allowed(Role.HEAD, Role.SCHOOL_LIFE)
@stepped_up
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show a person's account; make it, print a code for it, disable or enable it."""
    person = get_object_or_404(Person, pk=person_id)
    look_up(who(request), person, AccessReason.OFFICE)
    if request.method == "POST":
        try:
            return _act(request, person)
        except AccountRefused as refused:
            messages.error(request, spoken(refused.words))
            return redirect("holders:account", person.pk)
    user = queries.account_of(person)
    waits = user is not None and PaperCode.objects.filter(user=user).exists()
    shown = {"person": person, "account": user, "waits": waits}
    return render(request, "holders/account.html", shown)


def _act(request: HttpRequest, person: Person) -> HttpResponse:
    by, act = who(request), request.POST.get("act")
    if act == "make":
        return _sheet(request, person, actions.make_account(person, by=by))
    user = queries.account_of(person)
    if user is None:
        raise AccountRefused(NO_ACCOUNT)
    if act == "code":
        return _sheet(request, person, user)
    if act == "disable":
        accounts.disable(user, by=by)
        messages.success(request, CLOSED)
    elif act == "enable":
        accounts.enable(user, by=by)
        messages.success(request, OPENED)
    return redirect("holders:account", person.pk)


def _sheet(request: HttpRequest, person: Person, user: User) -> HttpResponse:
    back = reverse("holders:account", args=[person.pk])
    return sheet(request, user, name=person.shown_name, back=back)
