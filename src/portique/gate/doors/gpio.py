"""Relays on a single-board computer, held by a keeper process (see `keeper`).

Link lost: there is none but the pipe; a keeper that died is started again and the agent told.
Process dead or hung: fail state within 2 s, by the keeper. Keeper dead too: the heartbeat line
stops, an external watchdog relay lets go. Power lost: the wiring decides. Fire: `free`.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING, cast

from portique.core.errors import EnvironmentProblem, LinkError
from portique.gate.doors.keeper import order_line
from portique.gate.doors.orders import Command, Order

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.gate.doors.keeper import Wiring
    from portique.gate.ports import Clock

READY_S = 10.0  # a slow board needs seconds to import gpiozero
GOODBYE_S = 2.0


class GpioActuator:
    """`Actuator` over a keeper process; ``on_restart`` is called when one had to be replaced.

    Raises:
        EnvironmentProblem: At construction, when a line or gpiozero is missing.
    """

    alive_every_ms = 250

    def __init__(
        self, wiring: Wiring, clock: Clock, on_restart: Callable[[], None] = lambda: None
    ) -> None:
        self._wiring = wiring
        self._clock = clock
        self._on_restart = on_restart
        self._lock = threading.Lock()
        self._freed = False
        self._keeper = self._start()

    @property
    def keeper_pid(self) -> int:
        """Return the keeper's process id, for `doctor` and tests."""
        return self._keeper.pid

    def send(self, order: Order) -> None:
        """Hand one order to the keeper.

        Raises:
            LinkError: The keeper is gone and can't be started again.
        """
        with self._lock:
            if self._keeper.poll() is not None:
                self._revive()
            if order.command in {Command.FREE, Command.RESET}:
                self._freed = order.command is Command.FREE
            self._write(order)

    def close(self) -> None:
        """Close the pipe: the keeper takes the door to its fail state and ends."""
        with self._lock:
            _end(self._keeper)

    def _revive(self) -> None:
        _end(self._keeper)
        try:
            self._keeper = self._start()
        except EnvironmentProblem as problem:
            raise LinkError(f"the door's keeper is gone: {problem}") from problem
        self._on_restart()
        if self._freed:
            self._write(Order(Command.FREE))

    def _write(self, order: Order) -> None:
        orders = cast("IO[bytes]", self._keeper.stdin)
        try:
            os.write(orders.fileno(), order_line(order, self._clock.monotonic_ms()))
        except OSError as error:  # full (the keeper is stopped) or closed (it died)
            raise LinkError(f"the door's keeper takes no orders: {error}") from error

    def _start(self) -> subprocess.Popen[bytes]:
        keeper = subprocess.Popen(  # noqa: S603 - our own module, no shell, arguments as JSON
            [sys.executable, "-m", "portique.gate.doors.keeper", self._wiring.text()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,  # a Ctrl-C meant for the gate must not take the door with it
        )
        os.set_blocking(cast("IO[bytes]", keeper.stdin).fileno(), False)
        word = _first_line(keeper)
        if word != "ready":
            _end(keeper)
            raise EnvironmentProblem(word or "the door's keeper did not start")
        return keeper


def _first_line(keeper: subprocess.Popen[bytes]) -> str:
    """Read the keeper's first word, killing one that says nothing."""
    patience = threading.Timer(READY_S, keeper.kill)
    patience.start()
    try:
        return cast("IO[bytes]", keeper.stdout).readline().decode("utf-8", "replace").strip()
    finally:
        patience.cancel()


def _end(keeper: subprocess.Popen[bytes]) -> None:
    for pipe in (keeper.stdin, keeper.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    try:
        keeper.wait(GOODBYE_S)
    except subprocess.TimeoutExpired:
        keeper.kill()
        keeper.wait()
