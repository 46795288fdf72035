"""The school's server under load: what gates file, programs ask and consoles watch, all at once.

Everything is real: `portique server run` in its own processes, signed calls, streams, and beside
twenty gates that file at a fixed pace one whole lane with its journal and link, whose decisions
are timed until consoles have them.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portique.cli.bench_served import served
from portique.cli.bench_server_load import SECONDS, Offered, Scene, load
from portique.cli.bench_server_plain import plain_rate
from portique.cli.bench_witness import enrolled, witness
from portique.cli.measuring import Row
from portique.testing.lanes import PocketSchool
from portique.testing.load.school import make_folder
from portique.testing.postgresql import MISSING, is_there, own_database

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from portique.cli.bench_server_load import Found

BENCH, SQLITE, POSTGRESQL = "server", "SQLite", "PostgreSQL"
LOCKED = b"database is locked"
WANTED_PER_S = 500


def server_rows(*, seconds: float = SECONDS) -> Iterator[Row]:
    """Load a server on SQLite for so long, then one on PostgreSQL; say so where there is none."""
    offered = Offered(seconds)
    yield from rows_on(SQLITE, offered, nullcontext(""))
    if is_there():
        yield from rows_on(POSTGRESQL, offered, own_database())
    else:
        click.echo(f"Not measured: {MISSING}", err=True)


def rows_on(database: str, offered: Offered, opened: AbstractContextManager[str]) -> Iterator[Row]:
    """Load a server whose database is `opened`: its address, empty for the school's own file."""
    with tempfile.TemporaryDirectory(prefix="portique-bench-") as name, ExitStack() as stack:
        folder, url = Path(name), stack.enter_context(opened)
        variables = {"DATABASE_URL": url} if url else {}
        plain = plain_rate(folder, variables)
        log, scene = folder / "server.log", _scene(folder, offered, variables, stack)
        found = asyncio.run(load(offered, scene))
        locked, memory = log.read_bytes().count(LOCKED), scene.server.most_kb / 1024
    for row in _figures(offered, found):
        yield Row(BENCH, f"{database}: {row[0]}", *row[1:])
    yield Row(BENCH, f"{database}: “database is locked”", locked, "times", 1, target="0")
    yield Row(BENCH, f"{database}: memory, all processes, most", memory, "MB", 1)
    what = "plain Django view, one insert, as fast as it goes"
    yield Row(BENCH, f"{database}: {what}", plain, "requests/s", 1, peer=True)


def _scene(folder: Path, offered: Offered, variables: Mapping[str, str], stack: ExitStack) -> Scene:
    """Make a school, fill its database, serve it, and put its whole lane to work."""
    school, pocket = make_folder(folder / "school", offered.size), PocketSchool(1)
    told = enrolled(school.folder, pocket)
    who = _ordered("fill", school.folder, variables, offered.size.to_texts())
    one = stack.enter_context(served(school.folder, folder / "server.log", variables))
    address = f"http://127.0.0.1:{one.port}"
    lane = stack.enter_context(witness(folder / "gate" / "journal.db", pocket, told, address))
    return Scene(school, lane, one, who, lambda: _ordered("tell", school.folder, variables))


def _ordered(
    order: str, school: Path, variables: Mapping[str, str], rest: Sequence[str] = ()
) -> Any:
    """Have something done in a process with the server's settings; return what it says."""
    command = [sys.executable, "-m", "portique.testing.load.school", order, str(school), *rest]
    done = subprocess.run(  # noqa: S603 - our own module
        command, env={**os.environ, **variables}, stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)


def _figures(offered: Offered, found: Found) -> Iterator[tuple[str, float, str, int, bool, str]]:
    """Give what, value, unit, runs, whether a peer's, and the target of each figure."""
    seconds, rate = offered.seconds, offered.entries_per_s
    pace = f"entries taken in {seconds:g} s at {rate}/s offered"
    yield pace, found.taken / seconds, "entries/s", found.due, False, f"≥ {WANTED_PER_S}"
    yield "entries lost", found.lost, "entries", found.due, False, "0"
    calls = f"API at {offered.calls_per_s} calls/s"
    for what, times, limits in (
        ("filing", found.filing_s, ("", "")),
        (calls, found.call_s, ("", "≤ 250 ms")),
        ("decision to a console's line", found.line_s, ("≤ 1,000 ms", "")),
    ):
        yield f"{what}, median", statistics.median(times) * 1000, "ms", len(times), False, limits[0]
        yield f"{what}, p99", _p99(times) * 1000, "ms", len(times), False, limits[1]
    consoles = f"lines missed by {offered.size.consoles} consoles"
    yield consoles, found.missed, "lines", found.lines, False, "0"
    yield "processors the server keeps busy", found.cores, "cores", 1, False, ""
    yield "answers 5xx or none", found.failed, "answers", found.statuses.total(), False, "0"


def _p99(times: Sequence[float]) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
