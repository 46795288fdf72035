"""Lists in pages: so many at most, and where the next page begins."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from ninja import Query

from portique.server.api.v1.schemas import Page

Item = TypeVar("Item")
LIMIT, LIMIT_MAX = 100, 200
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="At most so many at once.")]


def page(found: list[Item], limit: int, place: Callable[[Item], str]) -> Page[Item]:
    """Make a page of what was found, one more than its limit if there are more.

    Args:
        found: At most `limit + 1` items, in their order.
        limit: How many are shown.
        place: What the next page's cursor is after an item.
    """
    shown = found[:limit]
    return Page(items=shown, next=place(shown[-1]) if len(found) > limit else None)
