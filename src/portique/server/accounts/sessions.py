"""How long somebody stays signed in without touching anything, and at all. Held by the server."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from portique.server import clock
from portique.server.accounts.roles import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest

    from portique.server.accounts.models import User

    Handler = Callable[[HttpRequest], HttpResponse]

AGENT_IDLE_S = int(timedelta(minutes=5).total_seconds())
IDLE_S = int(timedelta(minutes=15).total_seconds())
WHOLE_S = int(timedelta(hours=12).total_seconds())
MARK_EVERY_S = 15  # a write for each request would be too many; the lock comes that much earlier
STARTED, TOUCHED, DEVICE = "started_s", "touched_s", "device"


def idle_s(user: User) -> int:
    """Return after how many seconds without a touch somebody is locked out."""
    return AGENT_IDLE_S if user.role == Role.AGENT else IDLE_S


def is_over(session: Mapping[str, Any] | SessionBase, user: User) -> bool:
    """Say whether a session lasted too long, or was not touched for too long."""
    at = _now_s()
    started, touched = session.get(STARTED, 0), session.get(TOUCHED, 0)
    return not (at - started < WHOLE_S and at - touched < idle_s(user))


class LockMiddleware:
    """End sessions that are over, or whose shared device was taken away."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Lead to signing in again, or note that somebody is there."""
        if request.user.is_authenticated:
            if is_over(request.session, request.user) or _device_gone(request):
                logout(request)
                return _locked(request)
            if not in_background(request):
                _mark(request.session)
        return self._get_response(request)


def in_background(request: HttpRequest) -> bool:
    """Say whether a page asked by itself: that is nobody's touch."""
    fetched = request.headers.get("sec-fetch-dest") == "empty"
    return fetched and request.method in {"GET", "HEAD"}


def begin(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Start the clocks of a new session."""
    _ = sender, user, kwargs
    request.session[STARTED] = request.session[TOUCHED] = _now_s()


user_logged_in.connect(begin, dispatch_uid="portique.sessions")


def _mark(session: SessionBase) -> None:
    at = _now_s()
    if at - session.get(TOUCHED, 0) >= MARK_EVERY_S:
        session[TOUCHED] = at


def _device_gone(request: HttpRequest) -> bool:
    """An agent's session holds on the shared device it began on, and nowhere else."""
    from portique.server.accounts.devices import device_of  # noqa: PLC0415 -- needs models

    began_on = request.session.get(DEVICE)
    if began_on is None:
        return getattr(request.user, "role", None) == Role.AGENT
    device = device_of(request)
    return device is None or str(device.pk) != began_on


def _locked(request: HttpRequest) -> HttpResponse:
    from portique.server.accounts.devices import device_of  # noqa: PLC0415 -- needs models

    if request.headers.get("sec-fetch-dest") == "empty":
        return HttpResponse(status=401)  # a page's own request: the page reloads and is led on
    back = request.get_full_path() if request.method == "GET" else "/"
    if device_of(request) is not None:
        return redirect(f"{reverse('accounts:tiles')}?{urlencode({'next': back})}")
    return redirect_to_login(back)


def _now_s() -> int:
    return int(clock.now().timestamp())
