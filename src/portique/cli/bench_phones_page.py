"""Measure phones and write the figures into their page: what `docs/phones-speed.md` states.

Run `python -m portique.cli.bench_phones_page docs/phones-speed.md` to write them anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portique.cli.bench_phones import phone_rows
from portique.cli.bench_server_page import WHOLE, machine
from portique.cli.bench_sight_page import replaced, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portique.cli.measuring import Row


@click.command()
@click.argument("page", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def write(page: Path) -> None:
    """Measure phones and replace the figures between the marks of PAGE."""
    said = machine()
    text = replaced(page.read_text(encoding="utf-8"), "phones", f"{said}{figures(phone_rows())}")
    page.write_text(text, encoding="utf-8")


def figures(rows: Iterable[Row]) -> str:
    """Return figures as a Markdown table; what is measured beside them, for comparison, leans."""
    lines = [
        {
            "what": f"*{row.what}*" if row.peer else row.what,
            "median": f"{row.value:{',.0f' if row.value >= WHOLE else '.3g'}} {row.unit}",
            "runs": row.runs,
            "target": row.target,
        }
        for row in rows
    ]
    return table(lines, ("what", "median", "runs", "target"))


if __name__ == "__main__":
    write()
