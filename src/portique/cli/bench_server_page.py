"""Load the server and write the figures into their page: what `docs/scale.md` states was measured.

Run `python -m portique.cli.bench_server_page docs/scale.md --seconds 120` to write them anew.
"""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portique.cli.bench_server import SQLITE, server_rows
from portique.cli.bench_sight_page import replaced, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portique.cli.measuring import Row

WHOLE = 1000  # from there on a figure is told without decimals
MACHINE = "{date}, {cores} cores ({processor}), Python {python}, load before {load}.\n\n"


@click.command()
@click.argument("page", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seconds", default=120.0, show_default=True, help="How long each is loaded.")
def write(page: Path, seconds: float) -> None:
    """Load servers and replace the figures between the marks of PAGE."""
    said = machine()
    body = beside(server_rows(seconds=seconds))
    text = replaced(page.read_text(encoding="utf-8"), "server", f"{said}{body}")
    page.write_text(text, encoding="utf-8")


def machine() -> str:
    """Say when and on which machine figures are taken, and how busy it was before."""
    return MACHINE.format(
        date=datetime.now(UTC).date(),
        cores=os.cpu_count(),
        processor=platform.machine(),
        python=platform.python_version(),
        load=", ".join(f"{one:.1f}" for one in os.getloadavg()),
    )


def beside(rows: Iterable[Row]) -> str:
    """Return figures as a Markdown table, one column for each database."""
    found: dict[str, dict[str, str]] = {}
    names: list[str] = []
    for row in rows:
        database, _, what = row.what.partition(": ")
        names += [database] if database not in names else []
        line = found.setdefault(what, {"what": what, "target": row.target})
        line[database] = f"{row.value:{',.0f' if row.value >= WHOLE else '.4g'}} {row.unit}"
    return table(found.values(), ("what", *(names or [SQLITE]), "target"))


if __name__ == "__main__":
    write()
