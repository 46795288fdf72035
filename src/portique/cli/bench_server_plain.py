"""The peer: a plain Django view that inserts one row, served as Portique's own pages are."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING

from portique.cli.bench_served import free_port, running
from portique.core.errors import EnvironmentProblem
from portique.testing.load.http import Caller

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECONDS, CALLERS = 5.0, 8
COMMAND = (sys.executable, "-m", "portique.testing.load.plain_serving")
LINE, BODY = "POST /insert", b"x" * 160  # as long as a decision


def plain_rate(folder: Path, variables: Mapping[str, str]) -> float:
    """Return how many requests a second it answers to callers who never wait."""
    place, port = folder / "plain", free_port()
    place.mkdir()
    named = {**variables, "PORTIQUE_SCHOOL": str(place)}
    address = f"http://127.0.0.1:{port}/"
    with running([*COMMAND, str(port)], folder / "plain.log", named, address):
        return asyncio.run(_rate(port))


async def _rate(port: int) -> float:
    ends_s = time.monotonic() + SECONDS
    counts = await asyncio.gather(*(_call(port, ends_s) for _ in range(CALLERS)))
    return sum(counts) / SECONDS


async def _call(port: int, ends_s: float) -> int:
    caller, count = Caller(port), 0
    while time.monotonic() < ends_s:
        answer = await caller.ask(LINE, body=BODY)
        if answer.status != 200:
            raise EnvironmentProblem(f"the plain view answers with status {answer.status}")
        count += 1
    caller.close()
    return count
