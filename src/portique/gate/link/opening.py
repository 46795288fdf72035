"""The link put together from a gate's configuration."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portique.gate.link.calls import Caller, Calls, Place
from portique.gate.link.client import Link
from portique.gate.link.errands import Errands
from portique.gate.link.fetching import FILE, Fetcher
from portique.gate.link.pace import Pace
from portique.gate.link.stream import Listener

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.gate.link.client import Around
    from portique.gate.sections import GateConfig
    from portique.gate.sync import Trust


def open_link(
    config: GateConfig,
    around: Around,
    trust: Trust,
    look: Callable[[], None],
    *,
    entropy: Callable[[int], bytes] = os.urandom,
) -> Link:
    """Put the link together; `start` it, and call `take_up` from the loop.

    Args:
        config: The gate's, with a server's address.
        around: The parts of the gate it works with.
        trust: Whose knowledge counts, and the gate's own key.
        look: Begins to look for newer knowledge, beside the loop.
        entropy: Random bytes, for nonces and waits.

    Raises:
        EnvironmentProblem: The authority's file can't be used.
    """
    place = Place(config.server.address, config.server.ca, config.server.proxy)
    caller = Caller(config.gate.id, trust.mine, around.clock, entropy)
    calls = Calls(place, caller)
    file = config.journal.file.with_name(FILE)
    errands = Errands(around.lane, around.journal, around.source, around.clock, look)
    fetcher = Fetcher(calls, around.source, trust, file, around.clock)
    fetcher.on_fetched = errands.look_for_knowledge
    link = Link(around, calls, fetcher, errands, Pace(entropy))
    link.listener = Listener(place, caller, Pace(entropy), link.ask_now)
    return link
