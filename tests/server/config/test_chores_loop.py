"""The streams' process does what is due each hour for as long as it runs."""

import asyncio
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from portique.server.config import streams


def test_an_hour_that_fails_is_followed_by_the_next(monkeypatch):
    """Whatever went wrong, what is old is looked for again."""
    hours: list[object] = []

    async def run(*_: object) -> None:
        hours.append(_)
        if len(hours) == 2:
            raise asyncio.CancelledError
        raise RuntimeError

    hub: Any = SimpleNamespace(threads=SimpleNamespace(run=run))
    monkeypatch.setattr(streams, "CHORES_S", 0.0)
    with suppress(asyncio.CancelledError):
        asyncio.run(streams._do_chores(hub))

    assert len(hours) == 2
