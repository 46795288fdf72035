"""Pages of whoever comes: first start, a code on paper, one's own recovery codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from portique.server.accounts import actions, first_start, throttle
from portique.server.accounts.access import (
    allowed,
    before_second_factor,
    public,
    stepped_up,
    who,
)
from portique.server.accounts.errors import AccountRefused
from portique.server.accounts.forms import ArrivalForm, PinForm, StartForm, TwiceForm
from portique.server.accounts.models import PaperCode, User
from portique.server.accounts.queries import STRONG, has_accounts
from portique.server.accounts.roles import EVERYBODY, WITH_PASSWORD, Role
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from django.http import HttpRequest

ARRIVAL = "arrival"  # in the session: the hash of the code that was typed; a newer code voids it


@public
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Make the head's account, once, with the code that the first start printed."""
    if has_accounts():
        return redirect("account_login")
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        guesses = (throttle.guess(throttle.CODE, "start", throttle.address_of(request)),)
        given = form.cleaned_data
        try:
            with throttle.guessing(guesses):
                user = first_start.make_head(
                    given["code"],
                    name=given["name"],
                    login=given["login"],
                    password=given["password"],
                )
        except AccountRefused as refused:
            form.add_error("code", spoken(refused.words))
        else:
            return _signed_in(request, user)
    return render(request, "accounts/start.html", {"form": form})


@public
@require_http_methods(["GET", "POST"])
def arrive(request: HttpRequest) -> HttpResponse:
    """Take in a code on paper."""
    form = ArrivalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        guesses = (throttle.guess(throttle.CODE, "paper", throttle.address_of(request)),)
        try:
            with throttle.guessing(guesses):
                code = actions.paper_code(form.cleaned_data["code"])
        except AccountRefused as refused:
            form.add_error("code", spoken(refused.words))
        else:
            request.session[ARRIVAL] = code.code_hash
            return redirect("accounts:choose")
    return render(request, "accounts/arrive.html", {"form": form})


@public
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Choose a password, or for an agent a PIN, once the code on paper was taken in."""
    code = PaperCode.objects.filter(code_hash=request.session.get(ARRIVAL, "")).first()
    if code is None:
        return redirect("accounts:arrive")
    is_agent = code.user.role == Role.AGENT
    form = (PinForm if is_agent else TwiceForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.use_code(code, form.cleaned_data["password"])
        except AccountRefused as refused:
            form.add_error("password", spoken(refused.words))
        else:
            del request.session[ARRIVAL]
            return redirect("accounts:tiles") if is_agent else _signed_in(request, user)
    shown = {"form": form, "whose": code.user, "is_agent": is_agent}
    return render(request, "accounts/choose.html", shown)


@before_second_factor
@allowed(*WITH_PASSWORD)
@stepped_up
@require_http_methods(["GET", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make a sheet of recovery codes, shown once; the sheet before is void."""
    strong = Authenticator.objects.filter(user=request.user, type__in=STRONG)
    if not strong.exists():
        return redirect("mfa_index")
    codes = _new_codes(who(request)) if request.method == "POST" else []
    return render(request, "accounts/recovery_codes.html", {"codes": codes})


@allowed(*WITH_PASSWORD)
@require_POST
def end_elsewhere(request: HttpRequest) -> HttpResponse:
    """End one's sessions in every other browser; this one goes on."""
    user = who(request)
    actions.end_sessions(user)
    update_session_auth_hash(request, user)
    said = words("Vos autres sessions sont fermées.", "Your other sessions are ended.")
    messages.success(request, said)
    return redirect("mfa_index")


@before_second_factor
@allowed(*EVERYBODY)
@require_http_methods(["GET", "POST"])
def touch(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- the middleware does the work
    """Hear that somebody is still at a page (POST), or say whether the session holds (GET)."""
    return HttpResponse(status=204)


@transaction.atomic
def _new_codes(user: User) -> list[str]:
    kind = Authenticator.Type.RECOVERY_CODES
    Authenticator.objects.filter(user=user, type=kind).delete()
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes


def _signed_in(request: HttpRequest, user: User) -> HttpResponse:
    credentials = {"username": user.login_key}
    response: HttpResponse = perform_password_login(request, credentials, Login(user=user))
    return response
