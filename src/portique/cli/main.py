"""The `portique` command: nouns first, each in a module of its own, imported when called for."""

from __future__ import annotations

import errno
import importlib
import io
import os
import sqlite3
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from portique import __version__
from portique.cli.speaking import printable
from portique.core.errors import (
    ConfigError,
    EnvironmentProblem,
    PortiqueError,
)
from portique.core.values import Language
from portique.sight.limits import OPENCV_LIMITS

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, tuple[str, str]] = {
    "bench": ("portique.cli.bench:bench", "Measure speed against peers, on this machine."),
    "charter": ("portique.cli.charter:charter", "Check what is declared about personal data."),
    "demo": ("portique.cli.demo:demo", "Start a synthetic school and one gate."),
    "doctor": ("portique.cli.doctor:doctor", "Say what works, what is missing, how to mend it."),
    "explain": ("portique.cli.explain:explain", "Say what the gate would do with facts, and why."),
    "gate": ("portique.cli.gate:gate", "Prepare, run and replay one lane."),
    "journal": ("portique.cli.journal:journal", "Verify, show and export a gate's journal."),
    "knowledge": ("portique.cli.knowledge:knowledge", "Carry to gates what the school knows."),
    "manage": ("portique.cli.server:manage", "Run one of Django's commands on a school's server."),
    "pass": ("portique.cli.passes:passes", "Issue, show, print and revoke passes."),
    "school": ("portique.cli.school:school", "Make and look after a school's folder."),
    "server": ("portique.cli.server:server", "Serve a school: people, passes, live console."),
    "sight": ("portique.cli.sight:sight", "Read codes in pictures and videos."),
}

# What a command writes concerns people (passes, keys, rights, entries): its owner alone reads it.
PRIVATE = 0o077
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
        keep_paragraphs(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])

    def invoke(self, ctx: click.Context) -> Any:
        """Turn errors that are not bugs into one sentence and a documented exit code."""
        write_whatever_the_terminal_knows()
        os.environ.update(OPENCV_LIMITS)  # before any command imports OpenCV
        former = os.umask(PRIVATE)
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read us has left; click ends in silence
                raise
            fail(error)
        except (PortiqueError, sqlite3.Error, ImportError) as error:
            fail(error)
        finally:
            os.umask(former)


def keep_paragraphs(command: click.Command) -> None:
    r"""Turn the two characters `\b` of raw docstrings into the mark that click keeps lines by."""
    command.help = (command.help or "").replace("\\b\n", "\b\n")
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            keep_paragraphs(inner)


def write_whatever_the_terminal_knows() -> None:
    """Let characters that the terminal's encoding lacks be escaped rather than stop a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def fail(error: Exception) -> NoReturn:
    """Say what went wrong in one sentence and leave with its exit code."""
    lines = map(printable, sentence_of(error).split("\n"))  # a file's name or heading may be in it
    click.echo("portique: " + "\n".join(lines), err=True)
    sys.exit(exit_code(error))


def sentence_of(error: Exception) -> str:
    """Put an error in one sentence; those of the machine that nobody foresaw, too."""
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}; check the disk, the name and your rights"
    if isinstance(error, sqlite3.Error):
        return f"a database can't be used ({error}); check the disk and that no other command runs"
    if isinstance(error, ImportError):
        return f"a part isn't installed ({error.name or error}); run: make install"
    return str(error)


def exit_code(error: Exception) -> int:
    """Return the documented exit code of an error."""
    if isinstance(error, ConfigError):
        return EXIT_USE
    if isinstance(error, (EnvironmentProblem, OSError, sqlite3.Error, ImportError)):
        return EXIT_ENVIRONMENT
    return EXIT_FAULT


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="portique")
@click.option(
    "--lang",
    type=click.Choice([language.value for language in Language]),
    help="Language of the answers. Default: PORTIQUE_LANG or LANG if English, else French.",
)
def main(lang: str | None) -> None:  # `speaking.spoken` reads it
    """Portique, the free virtual gate for schools: badges and codes decide, agents rule.

    Exit codes: 0 done or grant, 1 a fault in data, 2 wrong use, 3 refer, 4 refuse,
    5 the environment (disk, camera, network).
    """
