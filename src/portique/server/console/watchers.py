"""Whether somebody may go on watching: asked when a stream opens and again while it is open."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from portique.server.accounts import sessions
from portique.server.accounts.models import User
from portique.server.accounts.queries import lacks_second_factor
from portique.server.console.roles import CONSOLE

if TYPE_CHECKING:
    from collections.abc import Mapping


def watcher(cookies: Mapping[str, str]) -> User | None:
    """Return who the cookies of a browser prove to be there; None: nobody who may watch."""
    request = HttpRequest()
    request.COOKIES = dict(cookies)
    engine = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(cookies.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)  # checks that the account is there, active, and its password the same
    if not isinstance(user, User) or user.role not in CONSOLE:
        return None
    request.user = user
    over = sessions.is_over(request.session, user) or sessions._device_gone(request)  # noqa: SLF001 -- the lock that pages have
    return None if over or lacks_second_factor(user) else user
