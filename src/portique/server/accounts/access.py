"""Who may see a page: each view says so, and one that says nothing is closed to everybody.

`@public`                  anybody, signed in or not
`@allowed(Role.HEAD, …)`   these roles
`@by_proof`                who proves it by other means than a session: a gate's signature, a token
`@before_second_factor`    besides: also to whoever still has to set up their second factor
`@stepped_up`              besides: only within five minutes of giving password or factor again
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLResolver, reverse

from portique.server.accounts.bodies import announced, go_on, is_unread, taken_by
from portique.server.accounts.queries import lacks_second_factor
from portique.server.words import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import HttpRequest
    from django.urls import URLPattern

    from portique.server.accounts.models import User
    from portique.server.accounts.roles import Role

    Handler = Callable[[HttpRequest], HttpResponse]

View = TypeVar("View", bound="Callable[..., Any]")
MARK, EARLY, STEPPED = "portique_access", "portique_early", "portique_stepped_up"
PUBLIC, BY_PROOF = "public", "by-proof"
AGAIN = words(
    "Rien n’a encore été fait\u00a0: il fallait d’abord vérifier que c’est vous. Recommencez.",
    "Nothing has been done yet: it had to be checked first that it is you. Do it again.",
)


def public(view: View) -> View:
    """Mark a view that anybody may see, signed in or not."""
    setattr(view, MARK, PUBLIC)
    return view


def by_proof(view: View) -> View:
    """Mark a view that asks for a proof of its own in each request: no session opens it."""
    setattr(view, MARK, BY_PROOF)
    return view


def allowed(*roles: Role) -> Callable[[View], View]:
    """Mark a view that these roles may see, and nobody else."""

    def mark(view: View) -> View:
        setattr(view, MARK, frozenset(roles))
        return view

    return mark


def marked(
    patterns: Iterable[URLPattern | URLResolver], mark: Callable[[Any], Any]
) -> list[URLPattern | URLResolver]:
    """Mark every view of addresses that a package makes, such as the API's."""
    for pattern in (listed := list(patterns)):
        if isinstance(pattern, URLResolver):
            marked(pattern.url_patterns, mark)
        else:
            pattern.callback = mark(pattern.callback)
    return listed


def before_second_factor(view: View) -> View:
    """Mark a view that is needed to set up a second factor."""
    setattr(view, EARLY, True)
    return view


def stepped_up(view: View) -> View:
    """Ask who is there to prove it again, if they did not within five minutes.

    Put it below `@allowed`, on pages that make accounts, change roles or keys, or export.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if get_adapter().is_reauthentication_required(app="portique"):
            return _ask(request)
        return view(request, *args, **kwargs)

    setattr(asked, STEPPED, True)
    return asked  # type: ignore[return-value]


def who(request: HttpRequest) -> User:
    """Return who is signed in, in a view that only they reach."""
    return cast("User", request.user)


class AccessMiddleware:
    """Hold every view to its mark, before anything looks into what was sent."""

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
        if getattr(view, MARK, None) == BY_PROOF:
            return None  # it asks for its proof, and looks at the length, by itself
        return _shut_out(request, view) or _unwanted(request, view)


def _shut_out(request: HttpRequest, view: Callable[..., Any]) -> HttpResponse | None:
    mark, early = getattr(view, MARK, None), getattr(view, EARLY, False)
    if not request.user.is_authenticated:
        return None if mark == PUBLIC else _to_sign_in(request)
    if not early and lacks_second_factor(request.user):
        return redirect("mfa_index")
    if mark is None or (mark != PUBLIC and request.user.role not in mark):
        raise PermissionDenied
    return None


def _unwanted(request: HttpRequest, view: Callable[..., Any]) -> HttpResponse | None:
    if announced(request) > taken_by(view):
        shown = {"code": 413, "bytes_max": taken_by(view)}
        return render(request, "frame/error.html", shown, status=413)
    return go_on() if is_unread(request) else None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("sec-fetch-dest") == "empty":
        return HttpResponse(status=401)  # a page's own request: a sign-in page would mislead it
    return redirect_to_login(request.get_full_path())


def _ask(request: HttpRequest) -> HttpResponse:
    # What was posted is not put aside: a session's row would hold it unsealed.
    back = request.get_full_path()
    if request.method != "GET":
        came_from = urlsplit(request.headers.get("referer", ""))
        back = came_from.path if came_from.netloc == request.get_host() else "/"
        messages.warning(request, AGAIN)
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")
