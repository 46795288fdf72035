"""Pages of shared devices: offering and removing them, and signing in on one by PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from portique.server.accounts import devices, throttle
from portique.server.accounts.access import allowed, before_second_factor, public, who
from portique.server.accounts.errors import WEAK_PIN, AccountRefused
from portique.server.accounts.forms import ArrivalForm, DeviceForm, OwnPinForm
from portique.server.accounts.models import Device, User
from portique.server.accounts.queries import agents
from portique.server.accounts.queries import devices as every_device
from portique.server.accounts.roles import EVERYBODY, Role
from portique.server.accounts.sessions import DEVICE
from portique.server.config.reaching import told_address
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@allowed(Role.HEAD, Role.SCHOOL_LIFE)
@require_http_methods(["GET", "POST"])
def shared(request: HttpRequest) -> HttpResponse:
    """List the shared devices, and offer a code for another."""
    form, code = DeviceForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        code = devices.offer(form.cleaned_data["name"], by=who(request))
    told = told_address(request, reverse("accounts:tiles"))
    shown = {"form": form, "code": code, "devices": every_device(), "told": told}
    return render(request, "accounts/devices.html", shown)


@allowed(Role.HEAD, Role.SCHOOL_LIFE)
@require_POST
def remove(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Take a shared device away."""
    devices.remove(get_object_or_404(Device, pk=device_id), by=who(request))
    messages.success(request, words("Le poste est retiré.", "The device is removed."))
    return redirect("accounts:devices")


@public
@before_second_factor
@require_http_methods(["GET", "POST"])
def tiles(request: HttpRequest) -> HttpResponse:
    """On a shared device: who are you? On another: a field for its pairing code."""
    if request.method == "POST":
        return _pair(request)
    device = devices.device_of(request)
    if device is None:
        return render(request, "accounts/pair.html", {"form": ArrivalForm()})
    return render(request, "accounts/tiles.html", {"device": device, "agents": agents()})


@public
@before_second_factor
@require_http_methods(["GET", "POST"])
def pin(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Sign an agent in by PIN, on a shared device only."""
    device = devices.device_of(request)
    agent = next((user for user in agents() if user.pk == account_id), None)
    if device is None or agent is None:
        return redirect("accounts:tiles")
    said = ""
    if request.method == "POST":
        try:
            user = devices.agent_by_pin(device, agent.pk, request.POST.get("pin", ""))
        except AccountRefused as refused:
            said = spoken(refused.words)
        else:
            return _sign_in(request, user, device)
    shown = {"agent": agent, "said": said, "next": _next(request)}
    return render(request, "accounts/pin.html", shown, status=403 if said else 200)


@allowed(Role.AGENT)
@require_http_methods(["GET", "POST"])
def own_pin(request: HttpRequest) -> HttpResponse:
    """Let an agent choose another PIN, on the shared device they are signed in on."""
    device = devices.device_of(request)
    if device is None:
        raise PermissionDenied
    form = OwnPinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            user = devices.change_pin(who(request), given["former"], given["password"], at=device)
        except AccountRefused as refused:
            wrong = "password" if refused.words is WEAK_PIN else "former"
            form.add_error(wrong, spoken(refused.words))
        else:
            update_session_auth_hash(request, user)
            messages.success(request, words("Votre code PIN est changé.", "Your PIN is changed."))
            return redirect("frame:home")
    return render(request, "accounts/own_pin.html", {"form": form}, status=_status(form))


def _status(form: OwnPinForm) -> int:
    return 403 if "former" in form.errors else 200


@before_second_factor
@allowed(*EVERYBODY)
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out and go to the names, for the next agent."""
    logout(request)
    return redirect("accounts:tiles")


def _pair(request: HttpRequest) -> HttpResponse:
    form = ArrivalForm(request.POST)
    guesses = (throttle.guess(throttle.CODE, "pair", throttle.address_of(request)),)
    if form.is_valid():
        try:
            with throttle.guessing(guesses):
                _, token = devices.pair(form.cleaned_data["code"])
        except AccountRefused as refused:
            form.add_error("code", spoken(refused.words))
        else:
            response = redirect("accounts:tiles")
            devices.remember(response, token)
            return response
    return render(request, "accounts/pair.html", {"form": form})


def _sign_in(request: HttpRequest, user: User, device: Device) -> HttpResponse:
    logout(request)  # the agent before, if they are still there: nothing of theirs stays
    login(request, user, backend=BACKEND)
    request.session[DEVICE] = str(device.pk)
    return redirect(_next(request) or "frame:home")


def _next(request: HttpRequest) -> str:
    back = request.POST.get("next", "") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return back if safe else ""
