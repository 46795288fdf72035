"""Pages of the head: who has an account, in which role, and what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portique.server.accounts import actions
from portique.server.accounts.access import allowed, stepped_up, who
from portique.server.accounts.actions import Colleague
from portique.server.accounts.errors import AccountRefused
from portique.server.accounts.forms import ColleagueForm, RoleForm
from portique.server.accounts.models import AuditEntry, User
from portique.server.accounts.queries import every_account
from portique.server.accounts.roles import TITLES, Role
from portique.server.config.reaching import told_address
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

LINES_MAX = 200


@allowed(Role.HEAD)
@stepped_up
@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts."""
    rows = [(user, TITLES[Role(user.role)]) for user in every_account()]
    return render(request, "accounts/accounts.html", {"rows": rows})


@allowed(Role.HEAD)
@stepped_up
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make an account and print its code."""
    form = ColleagueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        colleague = Colleague(given["name"], Role(given["role"]), given["login"])
        try:
            user = actions.make_account(colleague, by=who(request))
        except AccountRefused as refused:
            form.add_error("login", spoken(refused.words))
        else:
            return _sheet(request, user)
    return render(request, "accounts/new.html", {"form": form})


@allowed(Role.HEAD)
@stepped_up
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Show one account, and give it another role."""
    user = _employed(account_id)
    form = RoleForm(request.POST or None, initial={"role": user.role})
    if request.method == "POST" and form.is_valid():
        role = Role(form.cleaned_data["role"])
        return _done(
            request,
            user,
            lambda: actions.change_role(user, role, by=who(request)),
            words("Le rôle est changé.", "The role is changed."),
        )
    shown = {"account": user, "title": TITLES[Role(user.role)], "form": form}
    return render(request, "accounts/account.html", shown | {"own": user.pk == request.user.pk})


@allowed(Role.HEAD)
@stepped_up
@require_POST
def print_code(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Print a new code; what the account had is void."""
    user = _employed(account_id, is_active=True)
    return _sheet(request, user)


@allowed(Role.HEAD)
@stepped_up
@require_POST
def disable(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Shut an account."""
    user = _employed(account_id)
    done = words("Le compte est désactivé.", "The account is disabled.")
    return _done(request, user, lambda: actions.disable(user, by=who(request)), done)


@allowed(Role.HEAD)
@stepped_up
@require_POST
def enable(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Open an account again."""
    user = _employed(account_id)
    done = words("Le compte est réactivé.", "The account is enabled again.")
    return _done(request, user, lambda: actions.enable(user, by=who(request)), done)


@allowed(Role.HEAD)
@stepped_up
@require_POST
def reset_second_factor(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Forget an account's second factor."""
    user = _employed(account_id)
    done = words("Le second facteur est réinitialisé.", "The second factor is reset.")
    return _done(request, user, lambda: actions.reset_second_factor(user, by=who(request)), done)


@allowed(Role.HEAD, Role.DPO, Role.AUDITOR)
@require_GET
def audit_log(request: HttpRequest) -> HttpResponse:
    """Show who did what, the latest first."""
    entries = list(AuditEntry.objects.order_by("-at")[:LINES_MAX])
    about = {entry.about for entry in entries if entry.about}
    names = {user.pk: user.name for user in User.objects.filter(pk__in=about)}
    rows = [
        (entry, names.get(entry.about, "") if entry.about else "", in_titles(entry.detail))
        for entry in entries
    ]
    return render(request, "accounts/audit.html", {"rows": rows, "lines_max": LINES_MAX})


def in_titles(detail: str) -> str:
    """Write the roles of an act's detail by their titles."""
    parts = detail.split(" > ")
    if not all(part in set(Role) for part in parts):
        return detail
    return " → ".join(spoken(TITLES[Role(part)]) for part in parts)


def _employed(account_id: UUID, **also: bool) -> User:
    """Find an account of this page; holders' are made and ended at the person's own page."""
    return get_object_or_404(User.objects.exclude(role=Role.HOLDER), pk=account_id, **also)


def _sheet(request: HttpRequest, user: User) -> HttpResponse:
    try:
        return sheet(request, user, name=user.name, back=reverse("accounts:accounts"))
    except AccountRefused as refused:
        messages.error(request, spoken(refused.words))
        return redirect("accounts:account", user.pk)


def sheet(request: HttpRequest, user: User, *, name: str, back: str) -> HttpResponse:
    """Show a new code once, as a sheet to print: the answer to a post, kept nowhere.

    Args:
        request: The post.
        user: Whose code.
        name: How the sheet calls them.
        back: Where one goes afterwards.

    Raises:
        AccountRefused: One's own account: it would shut oneself out.
    """
    code, expires_at = actions.print_code(user, by=who(request))
    shown = {
        "whose": user,
        "name": name,
        "back": back,
        "title": TITLES[Role(user.role)],
        "code": code,
        "expires_at": expires_at,
        "told": told_address(request, reverse("accounts:arrive")),
        "is_agent": user.role == Role.AGENT,
    }
    return render(request, "accounts/sheet.html", shown)


def _done(
    request: HttpRequest, user: User, act: Callable[[], None], said: _StrPromise
) -> HttpResponse:
    try:
        act()
        messages.success(request, said)
    except AccountRefused as refused:
        messages.error(request, spoken(refused.words))
    return redirect("accounts:account", user.pk)
