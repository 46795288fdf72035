"""`portique bench`: speed against peers, on this machine, in this run."""

from __future__ import annotations

import importlib
import json
import os
import platform
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from portique.cli.options import json_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portique.cli.measuring import Row

BENCHES: Mapping[str, str] = {
    "badges": "portique.cli.bench_badges:badge_rows",
    "decision": "portique.cli.bench_decision:bench_decision",
    "gate": "portique.cli.bench_gate:bench_gate",
    "journal": "portique.cli.bench_rows:journal_rows",
    "link": "portique.cli.bench_link:link_rows",
    "phones": "portique.cli.bench_phones:phone_rows",
    "server": "portique.cli.bench_server:server_rows",
    "sight": "portique.cli.bench_rows:sight_rows",
}
LOADED = "server"  # the bench that lasts as long as it is told to


@click.command()
@click.argument("name", type=click.Choice(sorted(BENCHES)), required=False)
@click.option(
    "--seconds",
    type=click.FloatRange(min=1),
    help="How long the server is loaded; by default 20.",
)
@json_option
def bench(name: str | None, seconds: float | None, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Measure NAME, or everything: medians, beside peers measured in the same run.

    Trust the ratios: another machine, or a busy one, changes every figure together.

    \b
    Exit code: 0 measured, 2 wrong use, 5 a part is missing.

    \b
    Examples:
        portique bench decision --json
        portique bench server --seconds 120
    """
    for chosen in [name] if name else sorted(BENCHES):
        rows = _rows(chosen, seconds)
        if as_json:
            for row in rows:
                click.echo(json.dumps(row.to_data()))
        else:
            _print(chosen, list(rows))


def _rows(name: str, seconds: float | None) -> Iterable[Row]:
    module, _, function = BENCHES[name].partition(":")
    options = {"seconds": seconds} if seconds and name == LOADED else {}
    rows: Iterable[Row] = getattr(importlib.import_module(module), function)(**options)
    return rows


def _print(name: str, rows: Iterable[Row]) -> None:
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    table = Table("what", "median", "runs", "target", title=f"{name} ({machine})")
    for row in rows:
        what = f"[dim]{row.what}[/dim]" if row.peer else row.what
        table.add_row(what, f"{row.value:.3g} {row.unit}", str(row.runs), row.target)
    Console().print(table)
