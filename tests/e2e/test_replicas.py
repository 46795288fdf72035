"""Two processes of pages on one database: a console hears of all that either takes."""

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.link_real import free_port, wait_for

from portique.testing.load.consoles import Heard, listen
from portique.testing.load.gates import Gate, Pace
from portique.testing.load.http import Stream
from portique.testing.load.school import LoadedSchool, Size, make_folder
from portique.testing.postgresql import own_database

SIZE = Size(people=20, gates=2, late=0, consoles=1, tokens=0, past=0)
SECONDS, PER_S = 3.0, 40.0
CHILD = (sys.executable, "-m", "portique.server.config.child")
SCHOOL = (sys.executable, "-m", "portique.testing.load.school")


def ask(environment: dict[str, str], school: Path, order: str, *rest: str) -> Any:
    """Have something done in a process with the server's settings."""
    command = [*SCHOOL, order, str(school), *rest]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, timeout=60)
    return json.loads(done.stdout)


@contextmanager
def part(environment: dict[str, str], name: str) -> Iterator[int]:
    """Start pages or streams as a process of its own; give the port once it answers."""
    port = free_port()
    command = [*CHILD, name, "127.0.0.1", str(port)]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE) as process:
        wait_for(lambda: answers(port), name)
        yield port
        process.terminate()


def answers(port: int) -> bool:
    with suppress(OSError):
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5))
    return False


async def rush(school: LoadedSchool, pages: list[int], streams: int, cookie: str) -> Heard:
    """File at both processes at once while a console listens; return what it heard."""
    stream = await Stream.open(streams, "/direct/flux", {"Cookie": cookie})
    heard = Heard()
    listening = asyncio.create_task(listen(stream, b"", heard))
    pace = Pace(time.monotonic(), SECONDS, PER_S)
    gates = [
        Gate(name, name, key, school.cards[10 * n : 10 * n + 10], pages[n])
        for n, (name, key) in enumerate(school.keys.items())
    ]
    await asyncio.gather(*(gate.file(pace, n / 2) for n, gate in enumerate(gates)))
    assert {status for gate in gates for status in gate.statuses} == {200}
    await asyncio.to_thread(wait_for, lambda: heard.last >= 2 * pace.due(pace.ends_s), "a line")
    listening.cancel()
    stream.close()
    return heard


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_console_hears_of_what_every_process_takes(tmp_path, database):
    """Each line once and in order, whoever wrote it, and nobody finds the database locked."""
    school = make_folder(tmp_path / "school", SIZE)
    with own_database() if database == "postgresql" else nullcontext("") as url:
        environment = os.environ | {"DATABASE_URL": url, "PORTIQUE_SCHOOL": str(school.folder)}
        (cookie,) = ask(environment, school.folder, "fill", *SIZE.to_texts())["cookies"]
        with (
            part(environment, "pages") as one,
            part(environment, "pages") as two,
            part(environment, "streams") as streams,
        ):
            heard = asyncio.run(rush(school, [one, two], streams, cookie))
        held = ask(environment, school.folder, "tell")

    assert held["decisions"] == 2 * SECONDS * PER_S
    assert heard.spans == [tuple(span) for span in held["spans"]]
    assert heard.disordered == 0
