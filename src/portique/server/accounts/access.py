"""Who may see a page: each view says so, and one that says nothing is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from portique.server.accounts.roles import Role

    Handler = Callable[[HttpRequest], HttpResponse]

View = TypeVar("View", bound="Callable[..., Any]")
MARK = "portique_access"
PUBLIC = "public"
# Of other packages, whose views bear no mark of ours: signing in and second factors.
OPEN_MODULES = ("allauth.", "django.views.static", "django.contrib.staticfiles")


def public(view: View) -> View:
    """Mark a view that anybody may see, signed in or not."""
    setattr(view, MARK, PUBLIC)
    return view


def allowed(*roles: Role) -> Callable[[View], View]:
    """Mark a view that these roles may see, and nobody else."""

    def mark(view: View) -> View:
        setattr(view, MARK, frozenset(roles))
        return view

    return mark


class AccessMiddleware:
    """Hold every view to its mark."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; the view is not known yet."""
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Let in, lead to signing in, or refuse.

        Raises:
            PermissionDenied: Signed in, and the page is for others.
        """
        _ = args, kwargs
        mark = getattr(view, MARK, None)
        if mark == PUBLIC or (mark is None and view.__module__.startswith(OPEN_MODULES)):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if mark is None or request.user.role not in mark:
            raise PermissionDenied
        return None
