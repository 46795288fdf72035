"""What every template is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from portique.server.accounts.queries import lacks_second_factor
from portique.server.accounts.roles import TITLES, Role
from portique.server.accounts.sessions import DEVICE, idle_s
from portique.server.frame.pages import page_at, sections_for
from portique.server.school.house import served_school
from portique.server.words import language

if TYPE_CHECKING:
    from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the school's name, who is signed in with which menu, and the language."""
    shared = {
        "school_name": served_school().settings.name if settings.PORTIQUE_SCHOOL else "",
        "language": language().value,
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return shared
    lacks = lacks_second_factor(user)
    menu = () if lacks else sections_for(user.role)
    return shared | {
        "menu": menu,
        "here": page_at(request.path, menu),
        "lacks_second_factor": lacks,
        "role_title": TITLES[Role(user.role)],
        "idle_s": idle_s(user),
        "on_shared_device": DEVICE in request.session,
    }
