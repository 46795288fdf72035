"""`portique server` and `portique manage`: the school's server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from portique.cli.options import school_option
from portique.cli.speaking import warn
from portique.core.plain import Words

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def server() -> None:
    """Serve a school: people, passes, live console, gates."""


@server.command("run")
@school_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8600, show_default=True)
def run(folder: Path, host: str, port: int) -> None:
    r"""Serve the school in a folder until stopped.

    \b
    Exit code: 0 stopped, 2 wrong use, 5 no school, disk, or the port is taken.

    \b
    Example:
        portique server run --school lycee
    """
    from portique.server.config import serving, starting

    starting.make_ready(folder, PORTIQUE_HOSTS=host)
    starting.migrate()
    from portique.server.school.adoption import adopt

    adopt(folder)
    warn(f"http://{host}:{port}/")
    _say_first_code()
    serving.serve_pages(host, port, None)


def _say_first_code() -> None:
    from portique.server.accounts.first_start import make_code

    code = make_code()
    if code is not None:
        warn(
            Words(
                f"Aucun compte : ouvrez /compte/depart/ et créez celui de la direction avec {code}",
                f"No account yet: open /compte/depart/ and make the head’s with {code}",
            )
        )


@click.command("manage", context_settings={"ignore_unknown_options": True})
@school_option
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(folder: Path, arguments: tuple[str, ...]) -> None:
    r"""Run one of Django's own commands on a school's server.

    \b
    Exit code: the command's own.

    \b
    Example:
        portique manage --school lycee migrate
    """
    from portique.server.config import starting

    starting.make_ready(folder)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["portique manage", *arguments])
