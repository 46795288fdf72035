"""What every template is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from portique.server.frame.pages import pages_for
from portique.server.school.house import served_school
from portique.server.words import language

if TYPE_CHECKING:
    from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the school's name, the menu of who is signed in, and the language."""
    user = getattr(request, "user", None)
    role = user.role if user is not None and user.is_authenticated else None
    return {
        "school_name": served_school().settings.name if settings.PORTIQUE_SCHOOL else "",
        "menu": pages_for(role),
        "language": language().value,
    }
