"""The pages that menus lead to: each app names its own in `<app>/pages.py`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from portique.core.plain import Words
    from portique.server.accounts.roles import Role


FIRST = ("console", "passes", "people", "school", "gates")


@dataclass(frozen=True, slots=True)
class Page:
    """One entry of the menu: the address's name, its title, what one does there, who may."""

    url: str
    title: Words
    what: Words
    roles: frozenset[Role]


@cache
def all_pages() -> tuple[Page, ...]:
    """Return the pages of every app: what happens now, then the day's work, then the rest."""
    others = [app for app in settings.APPS if app not in {"frame", *FIRST}]
    names = (f"portique.server.{app}.pages" for app in (*FIRST, *others))
    return tuple(
        page for name in names if find_spec(name) is not None for page in import_module(name).PAGES
    )


def pages_for(role: Role | None) -> tuple[Page, ...]:
    """Return the pages that a role is led to."""
    return tuple(page for page in all_pages() if role is not None and role in page.roles)
