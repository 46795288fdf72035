"""Passes for many people: a few in each transaction, so that nobody else waits for a whole school.

What was made stays made, wherever it stops; asked again for who has none, it goes on from there.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from portique.core.errors import RegisterError
from portique.server.clock import now
from portique.server.passes import quotas

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from portique.school.register import Issued
    from portique.server.passes.quotas import By

    Asked = TypeVar("Asked")
    Make = Callable[[Sequence[Asked], datetime], list[Issued]]

AT_ONCE = 25  # a tenth of a second
BREATH_S = 0.03  # SQLite's waiting writers look again every few hundredths of a second


def a_few_at_once(
    by: By, asked: Sequence[Asked], holder_of: Callable[[Asked], str | None], make: Make[Asked]
) -> list[Issued]:
    """Make passes in parts, each whole or not at all; return those that were made.

    Each part counts for the quotas with all that are still to come.

    Args:
        by: Who asks.
        asked: For whom, or what is replaced.
        holder_of: Returns somebody's number, None while they have none.
        make: Makes one part, in a transaction.

    Raises:
        RegisterError: The first part was refused: nothing was made.
    """
    made: list[Issued] = []
    pause = threading.Event()
    for first in range(0, len(asked), AT_ONCE):
        if first:
            pause.wait(BREATH_S)
        rest, at = asked[first:], now()
        try:
            with quotas.within(by, [holder_of(one) for one in rest], at):
                part = make(rest[:AT_ONCE], at)
        except RegisterError:
            if not made:
                raise
            break
        made += part
    return made
