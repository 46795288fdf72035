"""Openings are looked at while events are being sent."""

import asyncio
import threading

from portique.server.config import telling

PATIENCE_S = 5.0  # only a look that waits for the sending lasts so long


def test_a_slow_program_holds_up_no_alert(monkeypatch):
    """Events that take minutes to send delay nobody who looks whether a door opened."""
    looked, seen = threading.Event(), []
    monkeypatch.setattr(telling, "turn", lambda *_: seen.append(looked.wait(PATIENCE_S)))
    monkeypatch.setattr(telling, "look_for_unopened", lambda _: looked.set())

    async def both() -> None:
        told = asyncio.create_task(telling.keep_telling())
        await asyncio.to_thread(looked.wait, 2 * PATIENCE_S)
        told.cancel()
        await asyncio.wait([told])

    asyncio.run(both())

    assert seen == [True]
