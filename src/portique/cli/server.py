"""`portique server` and `portique manage`: the school's server."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portique.cli.options import json_option, school_option
from portique.cli.server_backup import backup, backup_key, restore
from portique.cli.server_certificate import certificate
from portique.cli.server_recovery import new_epoch, recovery_key
from portique.cli.speaking import say
from portique.core.errors import EnvironmentProblem
from portique.core.plain import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portique.server.config.supervising import Place

PORT = click.IntRange(1, 65535)
PROCESSES, PAGES_USUAL = click.IntRange(1, 16), 2
READABLE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.group()
def server() -> None:
    """Serve a school: people, passes, live console, gates."""


for _command in (backup_key, backup, restore, recovery_key, new_epoch, certificate):
    server.add_command(_command)


@server.command("run")
@school_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=PORT, default=8600, show_default=True, help="Port of pages and API.")
@click.option("--stream-port", type=PORT, help="Port of the live streams; by default the next one.")
@click.option("--tls-cert", type=READABLE, help="Certificate chain, PEM.")
@click.option("--tls-key", type=READABLE, help="Its private key, PEM.")
@click.option("--behind-proxy", metavar="NAME", default="", help="Name a proxy serves by HTTPS.")
@click.option("--public-name", metavar="NAME", default="", help="Name people and gates use.")
@click.option("--pages", type=PROCESSES, help="Processes of pages; by default 2, on one core 1.")
@click.option("--metrics-port", type=PORT, help="Measures for Prometheus, on this machine alone.")
@json_option
def run(
    folder: Path,
    metrics_port: int | None,
    as_json: bool,  # noqa: FBT001 - a flag
    **where: Any,
) -> None:
    r"""Serve the school in a folder until stopped.

    Processes of pages and API, and one of the live streams. One that dies is started again.

    \b
    Exit code: 0 stopped, 2 wrong use (other machines without TLS or proxy), 5 no school, disk,
    or a port is taken.

    \b
    Examples:
        portique server run --school lycee
        portique server run --school lycee --host 0.0.0.0 --tls-cert c.pem --tls-key k.pem
            --public-name portique.lycee.example
    """
    from portique.core.errors import ConfigError

    try:
        place = place_of(where)
        place.check()
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
    _serve(folder, place, metrics_port, as_json=as_json)


def place_of(where: Mapping[str, Any]) -> Place:
    """Return where the options of `run` say that the server listens.

    Raises:
        click.UsageError: Half of a certificate and key.
    """
    from portique.server.config.supervising import Place

    tls = where["tls_cert"], where["tls_key"]
    if (tls[0] is None) != (tls[1] is None):
        raise click.UsageError("--tls-cert and --tls-key go together")
    port = where["port"]
    return Place(
        host=where["host"],
        port=port,
        stream_port=where["stream_port"] or port + 1,
        tls=tls if all(tls) else None,
        proxy=where["behind_proxy"],
        name=where["public_name"],
        pages=where["pages"] or min(PAGES_USUAL, os.cpu_count() or 1),
    )


def _serve(folder: Path, place: Place, metrics_port: int | None, *, as_json: bool) -> None:
    """Make the school ready, then watch over its processes."""
    from portique.server.config import supervising

    supervising.check_ports(place)
    with tempfile.TemporaryDirectory(prefix="portique-") as counted:
        if metrics_port:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = counted
        _prepare(folder, place)
        if metrics_port:
            from portique.server.config.measuring import serve_metrics

            serve_metrics(metrics_port)

        def ready() -> None:
            _tell(place, as_json=as_json)
            tell_missing_pages()
            supervising.tell_system()

        supervising.Supervisor(place, dict(os.environ)).run(ready)


def _prepare(folder: Path, place: Place) -> None:
    """Bring the database to this version, with what the folder still holds."""
    from portique.server.config import starting

    starting.make_ready(folder, **place.variables())
    starting.migrate()
    from django.db import connections

    from portique.server.school.adoption import adopt

    adopt(folder)
    connections.close_all()  # the parts have their own


def _tell(place: Place, *, as_json: bool) -> None:
    """Say where the pages are and, while there is no account, the code that makes the first."""
    from portique.server.accounts.first_start import make_code

    code, address = make_code(), place.address
    start = Words(
        f"\nAucun compte\xa0: ouvrez {address}compte/depart/ et créez celui de la direction"
        f" avec {code}",
        f"\nNo account yet: open {address}compte/depart/ and make the head’s with {code}",
    )
    say(
        {"url": address, "code": code},
        as_json=as_json,
        words=Words(f"{address}{start.fr if code else ''}", f"{address}{start.en if code else ''}"),
    )


def tell_missing_pages() -> None:
    """Say when phones' pages can't be served: all else can, so that the server starts."""
    from portique.server.wallet.web_files import web_folder

    try:
        web_folder()
    except EnvironmentProblem as problem:
        click.echo(f"portique: {problem}", err=True)


@click.command("manage", context_settings={"ignore_unknown_options": True})
@school_option
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(folder: Path, arguments: tuple[str, ...]) -> None:
    r"""Run one of Django's own commands on a school's server.

    \b
    Exit code: 0 done, otherwise the command's own.

    \b
    Example:
        portique manage --school lycee migrate
    """
    from portique.server.config import starting

    starting.make_ready(folder)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["portique manage", *arguments])
