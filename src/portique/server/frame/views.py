"""The first page, health, language, and pages that say what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from portique.server.accounts.access import before_second_factor, public
from portique.server.accounts.queries import has_accounts
from portique.server.accounts.roles import Role
from portique.server.frame.middleware import LANGUAGES
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead each role to what it does here; others to signing in, a new school to its start."""
    if not has_accounts():
        return redirect("accounts:start")
    if not request.user.is_authenticated:
        return redirect("account_login")
    reminded = getattr(request.user, "role", "") in {Role.HEAD, Role.TECHNICIAN}
    lacks = reminded and served_school().keys.recovery is None
    return render(request, "frame/home.html", {"lacks_recovery_key": lacks})


@public
@require_safe
def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """Say that pages and database answer; nothing about anybody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"ok": True})


@public
@before_second_factor
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember a language and go back to where one was."""
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    response = redirect(back if safe else "/")
    chosen = request.POST.get("language", "fr")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen if chosen in LANGUAGES else "fr",
        max_age=365 * 24 * 3600,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Say that the request was not understood."""
    return render(request, "frame/error.html", {"code": 400}, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Say that the page is not for this role."""
    return render(request, "frame/error.html", {"code": 403}, status=403)


def forgotten_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Say that a form came without the page it belongs to: too old, or another site's."""
    return render(request, "frame/error.html", {"code": "form"}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Say that there is no such page."""
    return render(request, "frame/error.html", {"code": 404}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that it was the server's fault."""
    return render(request, "frame/error.html", {"code": 500}, status=500)
