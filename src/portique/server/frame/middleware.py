"""What every answer has: headers of safety, and the language somebody chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    Handler = Callable[[HttpRequest], HttpResponse]

LANGUAGES = frozenset({"fr", "en"})
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


class HeadersMiddleware:
    """Pages with people's data are kept by no browser and no proxy."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add what the answer lacks."""
        response = self._get_response(request)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


class LanguageMiddleware:
    """French, or what the cookie says; for a first visit, what the browser wishes."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Make the page in that language."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        with translation.override(chosen if chosen in LANGUAGES else _wished(request)):
            response = self._get_response(request)
        response.headers.setdefault("Content-Language", chosen or "fr")
        return response


def _wished(request: HttpRequest) -> str:
    first = request.headers.get("Accept-Language", "fr").split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "fr"
