"""Whether the addresses a gate listens on are free, or its own because it is at work."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from portique.cli.doctor_checks import Finding, State
from portique.core.errors import EnvironmentProblem, JournalError
from portique.gate.journal_control import ask_head

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portique.gate.sections import GateConfig


def ports_of(config: GateConfig) -> dict[str, tuple[str, int]]:
    """Name the addresses a configuration listens on."""
    ports = {"the screens": (config.screens.host, config.screens.port)}
    if config.metrics.port:
        ports["metrics"] = ("127.0.0.1", config.metrics.port)
    if config.fire.kind == "webhook":
        ports["the fire line"] = ("127.0.0.1", config.fire.port)
    return ports


def check_ports(
    ports: dict[str, tuple[str, int]], journal: Path | None = None
) -> Iterator[Finding]:
    """Look whether the addresses to listen on are free; port 0 takes any.

    Args:
        ports: What listens, and where.
        journal: The gate's: who answers for it is the gate itself, which listens already.
    """
    for use, (host, port) in ports.items():
        fault = _fault(host, port)
        if fault is None:
            yield Finding(f"port {port}", State.OK, f"{host}:{port} is free for {use}")
        elif journal is not None and _at_work(journal):
            yield Finding(
                f"port {port}", State.OK, f"this gate is at work: {host}:{port} serves {use}"
            )
        else:
            yield Finding(
                f"port {port}",
                State.WRONG,
                f"{use} can't listen on {host}:{port} ({fault})",
                "stop the program that holds it, another gate perhaps, or choose another port",
            )


def _fault(host: str, port: int) -> str | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((host, port))
        except OSError as error:
            return error.strerror
    return None


def _at_work(journal: Path) -> bool:
    """Ask the gate that holds the journal; it runs only while all it listens on is its own."""
    try:
        ask_head(journal)
    except EnvironmentProblem:
        return False
    except JournalError:  # it answers, and its journal has a fault of its own
        return True
    return True
