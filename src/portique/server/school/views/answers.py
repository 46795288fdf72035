"""What the pages of the rules answer alike: who asks, and refusals in plain words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from django.contrib import messages

from portique.core.errors import TimetableError, TooLate
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from portique.server.accounts.models import User


def by(request: HttpRequest) -> User:
    """Return who is signed in."""
    return cast("User", request.user)


@contextmanager
def refusals(request: HttpRequest) -> Iterator[None]:
    """Say why something was refused; the page goes on, and nothing was changed."""
    try:
        yield
    except TimetableError as error:
        said = spoken(error.words)
        messages.error(request, f"{said[:1].upper()}{said[1:]}.")
    except TooLate:
        messages.error(
            request,
            words(
                "Quelqu’un l’a changé entre-temps\u00a0: relisez la page.",
                "Somebody changed it meanwhile: read the page again.",
            ),
        )
