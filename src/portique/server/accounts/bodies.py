"""How much may be sent to a view, and to whom that is promised before it is read.

A front that reads bodies for the views (`config.whole_requests`) shows a request with a long one
without it first. Whoever may send so much there is told to go on; everybody else is answered as
if the body were there, and it is never read.

`@takes(bytes_max)`   a view to which more may be sent than to others
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

from django.http import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

View = TypeVar("View", bound="Callable[..., Any]")
BODY_BYTES_MAX = 64 * 1024
GO_ON = 100
UNREAD = "portique.unread"  # no header can be called so
TAKES = "portique_takes"


def takes(bytes_max: int) -> Callable[[View], View]:
    """Mark a view to which so many bytes may be sent, by whoever may send anything there."""

    def mark(view: View) -> View:
        setattr(view, TAKES, bytes_max)
        return view

    return mark


def taken_by(view: Callable[..., Any]) -> int:
    """Return how many bytes may be sent to a view."""
    return int(getattr(view, TAKES, BODY_BYTES_MAX))


def announced(request: HttpRequest) -> int:
    """Return how long a request's body is said to be; what makes no sense is too long."""
    said = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(said) if said.isascii() and said.isdigit() else sys.maxsize


def is_unread(request: HttpRequest) -> bool:
    """Say whether a request is shown without its body, to hear whether it is wanted."""
    return UNREAD in request.META


def go_on() -> HttpResponse:
    """Say that a request's body is wanted."""
    return HttpResponse(status=GO_ON)
