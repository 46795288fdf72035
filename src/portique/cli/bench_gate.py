"""A whole gate: fire to door, power to ready, memory, what it sees, how many it can decide."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portique.cli.bench_gate_parts import (
    Controller,
    Showman,
    fill_journal,
    make_site,
    processes_of,
    processor_s,
    pss_kb,
)
from portique.cli.measuring import Row, timed_ms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.gate.sections import GateConfig

FIRES, STARTS, SHOWINGS = 100, 5, 60
ENTRIES = 500_000
WATCHED_S = 10
PATIENCE_S = 120.0


def bench_gate(*, entries: int = ENTRIES, fires: int = FIRES) -> Iterator[Row]:
    """Measure real processes on loopback, one after another."""
    with tempfile.TemporaryDirectory(prefix="portique-bench-") as name:
        folder = Path(name)
        yield from fire_rows(folder, fires)
        yield from start_rows(folder, entries)
        yield from demonstration_rows(folder / "demo")
        yield showings_row(folder)


# --- fire ----------------------------------------------------------------------------------------


def fire_rows(folder: Path, fires: int) -> Iterator[Row]:
    """Time a word on the fire line until the door's controller has the order to free."""
    with ExitStack() as stack:
        controller = stack.enter_context(Controller())
        following, line = stack.enter_context(_following(folder, controller.url))
        times = []
        for _ in range(fires):
            began = time.perf_counter()
            line.write_text("fire\n", encoding="ascii")
            times.append((controller.await_order("free", PATIENCE_S) - began) * 1000)
            line.write_text("normal\n", encoding="ascii")
            _end(following)
            controller.await_order("reset", PATIENCE_S)
    ordered = sorted(times)
    what = "fire line to the door's controller"
    yield Row("gate", f"{what}, median", statistics.median(ordered), "ms", fires)
    p99 = ordered[min(fires - 1, int(0.99 * fires))]
    yield Row("gate", f"{what}, p99", p99, "ms", fires, target="≤ 400 ms")


@contextmanager
def _following(folder: Path, url: str) -> Iterator[tuple[Any, Path]]:
    """Follow a fire line with the parts a gate has: FIFO, latch, worker's door, webhook."""
    from portique.gate.doors.fire import LineFire
    from portique.gate.following import Followers, Following
    from portique.testing.lanes import PocketSchool, open_lane

    school = PocketSchool()
    working = open_lane(folder / "fire.db", school, known=school.knowledge())
    door, line = _webhook_door(url), LineFire(folder / "fire")
    followers = Followers(working.lane, working.board, working.journal, working.clock)
    following = Following(door, followers, folder / "posture.json")
    following.watch(line)
    try:
        yield following, folder / "fire"
    finally:
        line.close()
        door.close()
        working.close()


def _webhook_door(url: str) -> Any:
    from portique.core.values import Direction
    from portique.gate.clock import GateClock
    from portique.gate.doors.webhook import WebhookActuator, WebhookSettings
    from portique.gate.doors.worker import DoorSettings, WorkerDoor

    clock = GateClock()
    actuator = WebhookActuator(WebhookSettings(url, "bench"), clock)
    return WorkerDoor(actuator, clock, DoorSettings(Direction.ENTRY))


def _end(following: Any) -> None:
    """End the fire once the line's thread has heard that the panel is quiet."""
    from portique.core.errors import EnvironmentProblem

    pause = threading.Event()
    while following.burning:
        try:
            following.end_fire("bench")
        except EnvironmentProblem:
            pause.wait(0.002)


# --- from power to ready --------------------------------------------------------------------------


def start_rows(folder: Path, entries: int) -> Iterator[Row]:
    """Time `portique gate run` from its start until it says where its screens are."""
    site = make_site(folder / "start")
    empty = statistics.median(_start_ms(site) for _ in range(STARTS))
    yield Row("gate", "start to ready, empty journal", empty, "ms", STARTS, target="≤ 3,000 ms")
    fill_journal(site, entries)
    full = statistics.median(_start_ms(site) for _ in range(STARTS))
    what = f"start to ready, {entries // 1000},000 entries"
    yield Row("gate", what, full, "ms", STARTS, target="≤ 3,000 ms")


def _start_ms(config: Path) -> float:
    running: list[subprocess.Popen[str]] = []
    took = timed_ms(lambda: running.append(_run(config)))
    _stop(running[0])
    return took


def _run(config: Path) -> subprocess.Popen[str]:
    """Start a gate and return once it has said its addresses."""
    command = [sys.executable, "-m", "portique.cli", "gate", "run", str(config), "--json"]
    with config.with_suffix(".log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, stdout=subprocess.PIPE, stderr=log, text=True
        )
    assert process.stdout is not None, "a pipe was asked for"  # noqa: S101 - our own bug
    json.loads(process.stdout.readline())
    return process


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate(timeout=PATIENCE_S)


# --- the demonstration -------------------------------------------------------------------------


def demonstration_rows(folder: Path) -> Iterator[Row]:
    """Watch the demonstration's film with a real gate, then with its eyes alone."""
    from portique.cli.demo import prepare
    from portique.cli.options import now
    from portique.gate.config import dump

    scene = prepare(folder, now(), camera=None, port=0)
    config = folder / "gate" / "bench.toml"
    config.touch(0o600)
    config.write_text(dump(scene.config, folder=config.parent), encoding="utf-8")
    process = _run(config)
    threading.Event().wait(WATCHED_S)
    tree = processes_of(process.pid)
    mb = sum(map(pss_kb, tree)) / 1000
    _stop(process)
    what = f"memory of a gate's {len(tree)} processes (PSS), the demonstration's film"
    yield Row("gate", what, mb, "MB", 1, target="≤ 300 MB")
    frames, looks, busy_ms = _seen_a_second(scene.config)
    what = f"the demonstration's film, live, for {WATCHED_S} s"
    yield Row("gate", f"{what}: what the camera gives", frames, "frames/s", 1)
    yield Row("gate", f"{what}: what is looked at", looks, "looks/s", 1, target="≥ 15")
    what = f"{what}: the decoder's processor time a look, mean"
    yield Row("gate", what, busy_ms, "ms", 1, target="≤ 67 ms")


def _seen_a_second(config: GateConfig) -> tuple[float, float, float]:
    """Return frames and looks each second of camera time, and a look's processor time in ms."""
    from portique.gate.clock import GateClock
    from portique.gate.processes import Eyes
    from portique.gate.wiring import eyes_settings

    clock = GateClock()
    settings = replace(eyes_settings(config, clock.now_ms(), print), notice=None)
    eyes = Eyes(settings)
    eyes.start()
    try:
        first, decoder = eyes.looks.get(timeout=PATIENCE_S), eyes.health.decode_pid
        assert first is not None, "the film is endless"  # noqa: S101 - our own bug
        assert decoder is not None, "somebody looked"  # noqa: S101 - our own bug
        last, looks, busy_s = first, 0, processor_s(decoder)
        while last.at_ms - first.at_ms < 1000 * WATCHED_S:
            if (seen := eyes.take(PATIENCE_S)) is not None:
                last, looks = seen, looks + 1
        took_s = (last.at_ms - first.at_ms) / 1000
        frames = last.frame_number - first.frame_number
        return frames / took_s, looks / took_s, 1000 * (processor_s(decoder) - busy_s) / looks
    finally:
        eyes.stop()


# --- showings a second ---------------------------------------------------------------------------


def showings_row(folder: Path) -> Row:
    """Decide people from frames held in memory: read, verify, decide, journal durably, one core."""
    showman = Showman(folder, SHOWINGS)
    with showman:
        took = timed_ms(showman.show_all) / 1000
    assert showman.granted == SHOWINGS, "every prepared pass is good"  # noqa: S101 - our own bug
    what = "showings through the whole lane, from frames in memory"
    cores = len(os.sched_getaffinity(0))
    return Row("gate", f"{what} ({cores} cores seen)", SHOWINGS / took, "showings/s", SHOWINGS,
               target="≥ 20")  # fmt: skip
