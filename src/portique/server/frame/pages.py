"""The pages that menus lead to: each app names its own in `<app>/pages.py`.

A menu has parts, so that nobody reads fifteen names to find one: a page is in its app's part
unless it says another.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from portique.core.plain import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portique.server.accounts.roles import Role


class Part(Enum):
    """A part of the menu, in the order of what one needs most often."""

    DAY = Words("Aujourd’hui", "Today")
    PEOPLE = Words("Personnes et cartes", "People and cards")
    RULES = Words("Règles", "Rules")
    SCHOOL = Words("Établissement", "School")


FIRST = ("console", "daily", "passes", "people", "school", "gates")
PARTS = {
    "console": Part.DAY,
    "daily": Part.DAY,
    "passes": Part.PEOPLE,
    "people": Part.PEOPLE,
    "school": Part.RULES,
}


@dataclass(frozen=True, slots=True)
class Page:
    """One entry of the menu: the address's name, its title, what one does there, who may."""

    url: str
    title: Words
    what: Words
    roles: frozenset[Role]
    of: Part | None = None

    @property
    def part(self) -> Part:
        """The part of the menu it is in."""
        return self.of or PARTS.get(self.url.partition(":")[0], Part.SCHOOL)

    @property
    def address(self) -> str:
        """Where it is."""
        return reverse(self.url)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of somebody's menu, with the pages they may see."""

    title: Words
    pages: tuple[Page, ...]


@cache
def all_pages() -> tuple[Page, ...]:
    """Return the pages of every app: what happens now, then the day's work, then the rest."""
    others = [app for app in settings.APPS if app not in {"frame", *FIRST}]
    apps = [app for app in (*FIRST, *others) if app in settings.APPS]
    names = (f"portique.server.{app}.pages" for app in apps)
    return tuple(
        page for name in names if find_spec(name) is not None for page in import_module(name).PAGES
    )


def pages_for(role: Role | None) -> tuple[Page, ...]:
    """Return the pages that a role is led to."""
    return tuple(page for page in all_pages() if role is not None and role in page.roles)


def sections_for(role: Role | None) -> tuple[Section, ...]:
    """Return a role's menu, part by part; parts without a page for it are left out."""
    pages = pages_for(role)
    parts = ((part, tuple(page for page in pages if page.part is part)) for part in Part)
    return tuple(Section(part.value, held) for part, held in parts if held)


def page_at(path: str, sections: Iterable[Section]) -> Page | None:
    """Return the page of a menu that an address is, or is below."""
    pages = (page for section in sections for page in section.pages)
    above = [page for page in pages if path.startswith(page.address)]
    return max(above, key=lambda page: len(page.address), default=None)
