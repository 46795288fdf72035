"""The processes that a demonstration starts beside its first gate: the server, and the exit's gate.

Each is a process of its own, as in a school; they end with the demonstration.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import urllib3

from portique.core.errors import EnvironmentProblem

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from portique.gate.sections import GateConfig

COPY = "served"
PATIENCE_S = 60
STEP_S = 0.2
STOP_S = 15


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the pages, their streams and the two gates' screens are, on this machine."""

    pages: int
    stream: int
    entry: int
    exit: int

    @property
    def address(self) -> str:
        """The pages' address."""
        return f"http://127.0.0.1:{self.pages}"


def chosen_ports(first: int) -> Ports:
    """Return four ports in a row from `first`; any four that are free for 0.

    Raises:
        EnvironmentProblem: One of them is taken.
    """
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(4)]
        for number, probe in enumerate(probes):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            port = first + number if first else 0
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise EnvironmentProblem(
                    f"port {port} can't be used ({error.strerror}): perhaps a demonstration is "
                    "running already; stop it with Ctrl-C, or choose another --port and --folder"
                ) from error
        entry, leaving, pages, stream = (probe.getsockname()[1] for probe in probes)
    return Ports(pages, stream, entry, leaving)


def connected(config: GateConfig, ports: Ports, port: int) -> GateConfig:
    """Return a gate's configuration with the server it talks to, and its screens' port."""
    return replace(
        config,
        server=replace(config.server, address=ports.address),
        screens=replace(config.screens, port=port),
    )


@contextmanager
def server(folder: Path, ports: Ports, day: date) -> Iterator[None]:
    """Serve a copy of the demonstration's school, made for this run."""
    copy = folder / COPY
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder / "school", copy)
    addresses = f"entry-1=http://127.0.0.1:{ports.entry},exit-1=http://127.0.0.1:{ports.exit}"
    command = [sys.executable, "-m", "portique.testing.demo_site", str(copy)]
    command += [str(ports.pages), str(ports.stream), day.isoformat()]
    with _process(command, folder / "server.log", PORTIQUE_DEMO_GATES=addresses):
        yield


@contextmanager
def exit_gate(folder: Path, config: Path) -> Iterator[None]:
    """Run the exit's gate."""
    command = [sys.executable, "-m", "portique.cli", "gate", "run", str(config)]
    with _process(command, folder / "exit-gate.log"):
        yield


@contextmanager
def _process(command: list[str], log: Path, **variables: str) -> Iterator[None]:
    with log.open("ab") as lines:
        process = subprocess.Popen(  # noqa: S603 -- our own interpreter and modules
            command,
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=lines,
            env=os.environ | variables,
            start_new_session=True,  # Ctrl-C is for the demonstration, which stops them in order
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_served(ports: Ports, stop: threading.Event) -> bool:
    """Wait for the pages to answer; say whether they did before `stop` or a minute had passed."""
    pool = urllib3.PoolManager(retries=False, timeout=1)
    for _ in range(int(PATIENCE_S / STEP_S)):
        try:
            if pool.request("GET", f"{ports.address}/healthz").status == 200:
                return True
        except urllib3.exceptions.HTTPError:
            pass
        if stop.wait(STEP_S):
            return False
    return False
