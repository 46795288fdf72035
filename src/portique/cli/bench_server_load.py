"""Everything that happens to a server under load at the same time, and what came of it."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, create_subprocess_exec
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from portique.cli.bench_link import GATE
from portique.core.errors import EnvironmentProblem
from portique.testing.load.calls import Programs
from portique.testing.load.consoles import Heard
from portique.testing.load.gates import Gate, Pace
from portique.testing.load.school import Size

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections import Counter
    from collections.abc import Callable, Mapping, Sequence

    from portique.cli.bench_served import Served
    from portique.cli.bench_witness import Witness
    from portique.testing.load.school import LoadedSchool

SECONDS = 20.0
ENTRIES_PER_S, CALLS_PER_S = 510, 50  # of entries 500 are wanted: what is on its way is no miss
LIVE_PER_S = 1.0  # people a lane lets through
LATE_MS = 3_600_000  # how old what late gates file is
SETTLE_S = 2.0  # from everybody's being there to the first entry
LINE_BYTES_MAX = 2**24  # of what consoles tell at the end


@dataclass(frozen=True, slots=True)
class Offered:
    """What is offered to a server."""

    seconds: float = SECONDS
    entries_per_s: int = ENTRIES_PER_S
    calls_per_s: int = CALLS_PER_S
    size: Size = field(default_factory=Size)

    def rate_of(self, gate: Gate) -> float:
        """Return how many entries a gate files each second: one, the late ones all the rest."""
        if not gate.behind_ms:
            return LIVE_PER_S
        return (self.entries_per_s - LIVE_PER_S * self.size.gates) / self.size.late


@dataclass(frozen=True, slots=True)
class Scene:
    """Who takes part: the school, its whole lane, its server, who may call and look.

    `tell` returns what the server's database holds when it is called.
    """

    school: LoadedSchool
    witness: Witness
    server: Served
    who: Mapping[str, Any]
    tell: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What came of it. Times are in seconds; `line_s` from a decision to a console's line.

    `taken` are the entries acknowledged by the time the last one had been decided, `due` all of
    them, `lost` those that the database has not. `missed` are lines that some console was not
    given or given out of order. `cores` is how many processors the server's processes kept busy.
    """

    due: int
    taken: int
    lost: int
    filing_s: list[float]
    call_s: list[float]
    line_s: list[float]
    statuses: Counter[int]
    lines: int
    missed: int
    cores: float

    @property
    def failed(self) -> int:
        """How many answers were the server's fault, or never came."""
        return sum(count for status, count in self.statuses.items() if not 0 < status < 500)


async def load(offered: Offered, scene: Scene) -> Found:
    """Load a server."""
    gates = _gates(offered.size, scene)
    programs, consoles = _programs(scene), await _consoles(scene)
    await programs.warm_up()
    links = [asyncio.create_task(each) for gate in gates for each in gate.linked()]
    began_s = time.monotonic() + SETTLE_S
    paces = [Pace(began_s, offered.seconds, offered.rate_of(gate)) for gate in gates]
    pairs = enumerate(zip(gates, paces, strict=True))
    filing = [gate.file(pace, n / len(gates)) for n, (gate, pace) in pairs]
    used_s = scene.server.processor_s()
    taking = asyncio.create_task(_taken(gates, began_s + offered.seconds))
    await asyncio.gather(
        asyncio.to_thread(scene.witness.decide, began_s, offered.seconds),
        programs.call(began_s, offered.seconds, offered.calls_per_s),
        *filing,
    )
    cores = (scene.server.processor_s() - used_s) / (time.monotonic() - began_s)
    for link in links:
        link.cancel()
    await asyncio.gather(*links, return_exceptions=True)
    held = await asyncio.to_thread(scene.tell)
    heard = await _heard(consoles, held["newest"])
    return Found(
        due=sum(pace.due(pace.ends_s) for pace in paces),
        taken=await taking,
        lost=sum(gate.taken for gate in gates) + len(scene.witness.decided_s) - held["decisions"],
        filing_s=[each for gate in gates for each in gate.filing_s],
        call_s=programs.waited_s,
        line_s=_waits(scene.witness.decided_s, heard),
        statuses=sum((gate.statuses for gate in gates), programs.statuses),
        lines=sum(last - first + 1 for first, last in heard[0].spans),
        missed=sum(_missed(each, held["spans"]) for each in heard),
        cores=cores,
    )


async def _taken(gates: Sequence[Gate], ends_s: float) -> int:
    """Return how many entries were acknowledged when the last one had been decided."""
    await asyncio.sleep(ends_s - time.monotonic())
    return sum(gate.taken for gate in gates)


def _waits(decided_s: Sequence[float], heard: Sequence[Heard]) -> list[float]:
    """Return how long each console waited for each decision of the whole lane."""
    return [
        came - decided
        for each in heard
        for decided, came in zip(decided_s, each.decisions_s, strict=False)
    ]


def _missed(heard: Heard, spans: Sequence[tuple[int, int]]) -> int:
    """Count the lines from a console's first on that it was not given, and those out of order."""
    if not heard.spans:
        return sum(last - first + 1 for first, last in spans)
    since = heard.spans[0][0]
    there = sum(last - max(first, since) + 1 for first, last in spans if last >= since)
    return there - sum(last - first + 1 for first, last in heard.spans) + heard.disordered


# --- who takes part -------------------------------------------------------------------------------


def _gates(size: Size, scene: Scene) -> list[Gate]:
    """Make the gates, each with people of its own: nobody is at two lanes at once."""
    school = scene.school
    share = len(school.cards) // len(school.keys)
    return [
        Gate(
            name,
            name,
            key,
            school.cards[share * n : share * (n + 1)],
            scene.server.port,
            LATE_MS * (n >= size.gates),
        )
        for n, (name, key) in enumerate(school.keys.items())
    ]


def _programs(scene: Scene) -> Programs:
    cards = [pass_id for pass_id, _ in scene.school.cards]
    return Programs(scene.server.port, scene.who["tokens"], cards, scene.school.labels)


async def _consoles(scene: Scene) -> Process:
    """Start those who look, in a process of their own; return once all listen."""
    command = (sys.executable, "-m", "portique.testing.load.consoles")
    process = await create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, limit=LINE_BYTES_MAX)
    order = {"port": scene.server.port + 1, "cookies": scene.who["cookies"], "lane": GATE}
    await _tell(process, json.dumps(order))
    statuses = set((await _told(process))["statuses"])
    if statuses != {200}:
        raise EnvironmentProblem(f"the server lets some console not listen: {statuses}")
    return process


async def _heard(consoles: Process, newest: int) -> list[Heard]:
    """Tell consoles which line was the last; return what each was given."""
    await _tell(consoles, str(newest))
    heard = [Heard(**each) for each in await _told(consoles)]
    await consoles.wait()
    return heard


async def _tell(process: Process, line: str) -> None:
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    process.stdin.write(f"{line}\n".encode())
    await process.stdin.drain()


async def _told(process: Process) -> Any:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    return json.loads(await process.stdout.readline())
