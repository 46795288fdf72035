"""The `portique` command: nouns first, each in a module of its own, imported when called for."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

import click

from portique import __version__
from portique.core.errors import (
    ConfigError,
    EnvironmentProblem,
    PortiqueError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, tuple[str, str]] = {
    "bench": ("portique.cli.bench:bench", "Measure speed against peers, on this machine."),
    "demo": ("portique.cli.demo:demo", "Start a synthetic school and one gate."),
    "doctor": ("portique.cli.doctor:doctor", "Say what works, what is missing, how to mend it."),
    "explain": ("portique.cli.explain:explain", "Say what the gate would do with facts, and why."),
    "gate": ("portique.cli.gate:gate", "Prepare, run and replay one lane."),
    "journal": ("portique.cli.journal:journal", "Verify, show and export a gate's journal."),
    "knowledge": ("portique.cli.knowledge:knowledge", "Carry to gates what the school knows."),
    "pass": ("portique.cli.passes:passes", "Issue, show, print and revoke passes."),
    "school": ("portique.cli.school:school", "Make and look after a school's folder."),
    "sight": ("portique.cli.sight:sight", "Read codes in pictures and videos."),
}

EXIT_FAULT, EXIT_USE, EXIT_ENVIRONMENT = 1, 2, 5


class Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name every command."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])

    def invoke(self, ctx: click.Context) -> Any:
        """Turn our own errors into one sentence and a documented exit code."""
        try:
            return super().invoke(ctx)
        except PortiqueError as error:
            click.echo(f"portique: {error}", err=True)
            sys.exit(exit_code(error))


def exit_code(error: PortiqueError) -> int:
    """Return the documented exit code of an error."""
    if isinstance(error, ConfigError):
        return EXIT_USE
    if isinstance(error, EnvironmentProblem):
        return EXIT_ENVIRONMENT
    return EXIT_FAULT


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="portique")
def main() -> None:
    """Portique, the free virtual gate for schools: badges and codes decide, agents rule.

    Exit codes: 0 done or grant, 1 a fault in data, 2 wrong use, 3 refer, 4 refuse,
    5 the environment (disk, camera, network).
    """
