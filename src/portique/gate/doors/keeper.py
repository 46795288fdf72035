"""The keeper: a small process that holds a door's relays and lets go when the gate falls silent.

A relay keeps its level when the process that set it hangs or dies. So the gate never touches the
relays: it sends orders to this process through a pipe, and a sign of life every 250 ms. Silent for
`SILENT_MS`, or the pipe closed: the door goes to its fail state, a heartbeat line stops toggling
(an external watchdog relay covers the keeper's own death), lamps go out.

    python -m portique.gate.doors.keeper '{"role": "entry", "door": 17, …}'    orders on stdin
"""

from __future__ import annotations

import json
import os
import select
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from portique.core.errors import EnvironmentProblem
from portique.core.values import Direction
from portique.gate.clock import SystemTime
from portique.gate.doors.lines import open_output
from portique.gate.doors.orders import Command, Order, Sign
from portique.gate.doors.urgent import hurry
from portique.gate.ports import FailState

if TYPE_CHECKING:
    from portique.gate.doors.lines import OutputLine

SILENT_MS = 900  # with the worker's 750 ms and one tick: under 2 s from a hang to the fail state
LATE_MS = 1_000  # an order that sat in the pipe while one side was stopped is no order any more
TICK_S = 0.05
ORDER_BYTES_MAX = 4_096


@dataclass(frozen=True, slots=True)
class Wiring:
    """Which pins (BCM numbers) do what, and how the door behaves."""

    role: str
    dead: str  # a FailState
    released_high: bool
    door: int | None = None
    go: int | None = None
    agent: int | None = None
    heartbeat: int | None = None
    folder: str | None = None  # of value files; None: gpiozero

    def text(self) -> str:
        """Return the keeper's only argument."""
        return json.dumps(asdict(self))


class Keeper:
    """What the lines should be, from the orders so far and the uptime. Pure; times in ms."""

    def __init__(self, role: Direction, dead: FailState, *, now_ms: int) -> None:
        self._role = role
        self._dead = dead
        self._alive_ms = now_ms
        self._free = False
        self._released_until_ms = 0
        self._sign: Sign | None = None
        self._sign_until_ms = 0

    def take(self, order: Order, *, sent_ms: int, now_ms: int) -> None:
        """Follow one order; a pulse that waited too long is dropped."""
        if order.command is Command.FREE:
            self._free = True
        elif order.command is Command.RESET:
            self._free = False
        elif now_ms - sent_ms <= LATE_MS:
            self._take_pulse(order, now_ms)

    def alive(self, now_ms: int) -> bool:
        """Say whether the gate gave a sign of life lately."""
        return now_ms - self._alive_ms <= SILENT_MS

    def released(self, now_ms: int) -> bool:
        """Say whether the door stands open: exits always, in a fire, in its fail state, or now."""
        if self._free or self._role is Direction.EXIT:
            return True
        if not self.alive(now_ms):
            return self._dead is FailState.FREE
        return now_ms < self._released_until_ms

    def sign(self, now_ms: int) -> Sign | None:
        """Return the lamp to light, if any."""
        return self._sign if self.alive(now_ms) and now_ms < self._sign_until_ms else None

    def forsaken(self) -> bool:
        """Say whether the door stands open once the gate is gone for good."""
        return self._free or self._role is Direction.EXIT or self._dead is FailState.FREE

    def _take_pulse(self, order: Order, now_ms: int) -> None:
        until_ms = now_ms + round(order.for_s * 1_000)
        if order.command is Command.ALIVE:
            self._alive_ms = now_ms
        elif order.command is Command.RELEASE:
            self._released_until_ms = until_ms
        else:
            self._sign, self._sign_until_ms = order.sign, until_ms


class Relays:
    """The lines of one wiring; each is driven only when its level changes."""

    def __init__(self, wiring: Wiring, *, released: bool) -> None:
        folder = None if wiring.folder is None else Path(wiring.folder)
        self._released_high = wiring.released_high
        levels = {"door": released is wiring.released_high, "go": False, "agent": False}
        self._lines: dict[str, OutputLine] = {}
        self._levels: dict[str, bool] = {}
        for name in ("door", "go", "agent", "heartbeat"):
            pin = getattr(wiring, name)
            if pin is not None:
                self._levels[name] = levels.get(name, False)
                self._lines[name] = open_output(pin, folder, high=self._levels[name])

    def show(self, *, released: bool, sign: Sign | None, heartbeat: bool) -> None:
        """Drive every line to what it should be, the door first."""
        self._drive("door", high=released is self._released_high)
        self._drive("go", high=sign is Sign.GO)
        self._drive("agent", high=sign is Sign.AGENT)
        self._drive("heartbeat", high=heartbeat)

    def close(self) -> None:
        """Let go of every line."""
        for line in self._lines.values():
            line.close()

    def _drive(self, name: str, *, high: bool) -> None:
        if name in self._lines and self._levels[name] is not high:
            self._lines[name].drive(high=high)
            self._levels[name] = high


def read_order(line: bytes) -> tuple[Order, int]:
    """Read one order and the uptime it was sent at, as `order_line` wrote it."""
    told = json.loads(line)
    sign = Sign(told["sign"]) if "sign" in told else None
    return Order(Command(told["order"]), told.get("for_s", 0.0), sign), told["sent_ms"]


def order_line(order: Order, sent_ms: int) -> bytes:
    """Write one order for the pipe."""
    return json.dumps(order.message() | {"sent_ms": sent_ms}).encode() + b"\n"


def keep(wiring: Wiring, orders: int) -> None:
    """Follow the orders on file descriptor ``orders`` until it closes."""
    uptime_ms = SystemTime().boot_ms
    keeper = Keeper(Direction(wiring.role), FailState(wiring.dead), now_ms=uptime_ms())
    relays = Relays(wiring, released=keeper.released(uptime_ms()))
    hurry()
    print("ready", flush=True)  # noqa: T201 - the parent waits for this word
    waiting = b""
    while True:
        if select.select([orders], [], [], TICK_S)[0]:
            received = os.read(orders, ORDER_BYTES_MAX)
            if not received:
                break
            *lines, waiting = (waiting + received).split(b"\n")
            for line in lines:
                order, sent_ms = read_order(line)
                keeper.take(order, sent_ms=sent_ms, now_ms=uptime_ms())
        now = uptime_ms()
        beating = keeper.alive(now) and now // 100 % 2 == 1
        relays.show(released=keeper.released(now), sign=keeper.sign(now), heartbeat=beating)
    relays.show(released=keeper.forsaken(), sign=None, heartbeat=False)
    relays.close()


def main(argument: str) -> int:
    """Run one keeper; 5 when a line is missing."""
    try:
        keep(Wiring(**json.loads(argument)), sys.stdin.fileno())
    except EnvironmentProblem as problem:
        print(problem, flush=True)  # noqa: T201 - the parent reads the sentence
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
