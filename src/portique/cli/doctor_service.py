"""How a server is started: the variables of its service, and the options in them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from portique.cli.doctor_checks import Finding, State
from portique.core.errors import ConfigError, EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from portique.server.config.supervising import Place

OPTIONS = "PORTIQUE_SERVER_OPTIONS"
MEND = "mend it there, then: systemctl restart portique-server"


@dataclass(frozen=True, slots=True)
class Service:
    """The variables a server is started with."""

    variables: Mapping[str, str]

    def place(self) -> Place:
        """Return where it listens and how it is reached.

        Raises:
            ConfigError: `server run` would refuse the options.
        """
        from portique.cli.server import place_of, run

        try:
            typed = shlex.split(self.variables.get(OPTIONS, ""))
            with run.make_context("run", ["--school", ".", *typed]) as context:
                place = place_of(context.params)
        except (click.ClickException, ValueError) as error:
            raise ConfigError(str(getattr(error, "message", error))) from error
        place.check()
        return place


def read(file: Path | None, inherited: Mapping[str, str]) -> Service:
    """Read the variables of a file in systemd's form; without one, those of this command.

    Raises:
        EnvironmentProblem: The file can't be read.
    """
    if file is None:
        return Service(inherited)
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentProblem(f"{file} can't be read; check its name and your rights") from error
    pairs = (
        line.strip().partition("=") for line in lines if not line.lstrip().startswith(("#", ";"))
    )
    return Service({name.strip(): _unquoted(value.strip()) for name, sign, value in pairs if sign})


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def check_options(service: Service) -> tuple[Place | None, Finding]:
    """Look whether the server would start with its options."""
    try:
        place = service.place()
    except ConfigError as error:
        return None, Finding("options", State.WRONG, f"{OPTIONS}: {error}", MEND)
    if place.proxy:
        found = f"behind a proxy that serves {place.address}"
    else:
        found = f"it serves {place.address} itself, streams on port {place.stream_port}"
    return place, Finding("options", State.OK, found)
