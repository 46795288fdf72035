"""A person's permissions: who gave them, why, until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from portique.server.accounts.access import allowed
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.passes import actions, queries
from portique.server.passes.forms import PermissionForm
from portique.server.passes.permitted import told
from portique.server.passes.views.answers import Refusals, look_up, who
from portique.server.people.models import Person
from portique.server.school.house import served_school
from portique.server.words import words

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

office = allowed(Role.HEAD, Role.SCHOOL_LIFE)


@office
@sensitive_post_parameters("reason")
@require_http_methods(["GET", "POST"])
def permissions(request: HttpRequest, key: UUID) -> HttpResponse:
    """List what somebody is permitted; permit something more."""
    somebody, at = get_object_or_404(Person, pk=key, left_on=None), now()
    look_up(request, somebody)
    today = at.astimezone(served_school().settings.zone).date()
    form = PermissionForm(
        request.POST or None, initial={"way": "exit", "first": today, "last": today}
    )
    if form.is_valid():
        with Refusals(request):
            by = who(request)
            reason = form.cleaned_data["reason"]
            actions.give_permission(by, somebody, form.permission(by.account), reason=reason)
            messages.success(request, words("Autorisation donnée.", "Permission given."))
        return redirect("passes:permissions", key)
    rows = [(row, told(row)) for row in queries.permissions_now(somebody, at)]
    return render(
        request, "passes/permissions.html", {"person": somebody, "rows": rows, "form": form}
    )


@office
@require_POST
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a permission back."""
    somebody = get_object_or_404(Person, pk=key)
    with Refusals(request):
        actions.withdraw_permission(who(request), somebody, request.POST.get("mark", ""))
        messages.success(request, words("Autorisation retirée.", "Permission withdrawn."))
    return redirect("passes:permissions", key)
