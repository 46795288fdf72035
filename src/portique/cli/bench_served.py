"""Real servers for benches: `portique server run` on free ports, and the memory they take."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portique.cli.bench_gate_parts import processes_of, processor_s, pss_kb
from portique.core.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

START_S, STOP_S, PAUSE_S, LOOK_S = 60.0, 30.0, 0.05, 1.0
PORTS = range(20_000, 30_000, 2)
SERVER = (sys.executable, "-m", "portique.cli", "server", "run")


@dataclass(slots=True)
class Served:
    """A server that runs: its port (streams are on the next), and the most memory it had."""

    port: int
    pid: int
    most_kb: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def watch_memory(self) -> None:
        """Look at the memory of all its processes each second, until it ends."""
        while not self._over.wait(LOOK_S):
            with suppress(OSError, StopIteration):
                self.most_kb = max(self.most_kb, sum(map(pss_kb, processes_of(self.pid))))

    def processor_s(self) -> float:
        """Return the processor time that all its processes have used."""
        return sum(map(processor_s, processes_of(self.pid)))

    def end(self) -> None:
        """Look no more."""
        self._over.set()


@contextmanager
def served(school: Path, log: Path, variables: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Serve a school in processes of their own; what they log goes to a file."""
    port = free_port()
    command = [*SERVER, "--school", str(school), "--port", str(port)]
    address = f"http://127.0.0.1:{port}/gate/v1/news"
    with running(command, log, variables or {}, address) as pid:
        one = Served(port, pid)
        watching = threading.Thread(target=one.watch_memory, daemon=True)
        watching.start()
        yield one
        one.end()
        watching.join()


@contextmanager
def running(
    command: Sequence[str], log: Path, variables: Mapping[str, str], address: str
) -> Iterator[int]:
    """Run a command until it is no longer needed; give its id once something answers."""
    with (
        log.open("ab") as said,
        subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={**os.environ, **variables},
        ) as process,
    ):
        try:
            _wait(address, process)
            yield process.pid
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_S)


def free_port() -> int:
    """Return a port that the system gives to nobody who calls, nor the one after it."""
    for port in random.sample(PORTS, len(PORTS)):
        with (
            suppress(OSError),
            socket.create_server(("127.0.0.1", port)),
            socket.create_server(("127.0.0.1", port + 1)),
        ):
            return port
    raise EnvironmentProblem("no port is free on this machine")


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    pause = threading.Event()
    for _ in range(round(START_S / PAUSE_S)):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=5)  # noqa: S310 - our own, on loopback
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            pause.wait(PAUSE_S)
    raise EnvironmentProblem(f"a server that is measured does not start within {START_S:g} s")
