"""`portique bench phones`: both apps on a cheap phone, from a real server, in Debian's Chromium.

A phone is a browser slowed down four and six times. Loads and redraws go by the browser's own
throttling, which slows a page's main thread; a scanner's work is in workers and beside them, so its
whole processes are slowed (`bench_phones_slow`).
"""

from __future__ import annotations

import gzip
import json
import tempfile
import urllib.request
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from portique.cli.bench_phones_browser import LOOPBACK, MOBILE, chromium, phone, when_usable
from portique.cli.bench_phones_effort import BENCH, Effort, median_row, slower
from portique.cli.bench_phones_scanner import scanner_rows
from portique.cli.bench_phones_scene import Film, served_scene
from portique.cli.bench_phones_wallet import wallet_rows
from portique.cli.measuring import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from portique.cli.bench_phones_browser import Network
    from portique.cli.bench_phones_scene import Scene

APPS = ("wallet", "scanner")
USABLE = {"wallet": "#screen button:not([disabled])", "scanner": ".scanning .primary"}
LOAD, PACKED = "≤ 3,000 ms", "≤ 2.5 MB"


def phone_rows(effort: Effort | None = None) -> Iterator[Row]:
    """Measure both apps; the browser is asked for first, for it may not be there."""
    effort = effort or Effort()
    with tempfile.TemporaryDirectory(prefix="portique-bench-") as name:
        folder = Path(name)
        film = Film(folder / "film.y4m")
        with (
            chromium(film.path) as browser,
            served_scene(folder, effort.passes, effort.pupils) as scene,
        ):
            yield from size_rows(scene)
            yield from scanner_rows(browser, scene, effort, film)  # its invitation lasts minutes
            yield from load_rows(browser, scene, effort)
            yield from wallet_rows(browser, scene, effort)


# --- sizes ----------------------------------------------------------------------------------------


def size_rows(scene: Scene) -> Iterator[Row]:
    """Add up an app's files as the server sends them, and as they are."""
    for app in APPS:
        files = _files_of(scene, app)
        answers = [_answer(f"{scene.address}{file}") for file in files]
        sent = sum(len(data) for data, _ in answers) / 1e6
        plain = sum(len(gzip.decompress(data) if packed else data) for data, packed in answers)
        what = f"{app}: its {len(files)} files"
        yield Row(BENCH, f"{what}, as they come over the line", sent, "MB", 1, target=PACKED)
        yield Row(BENCH, f"{what}, unpacked", plain / 1e6, "MB", 1, peer=True)


def _files_of(scene: Scene, app: str) -> list[str]:
    """Read off an app's service worker which files it keeps."""
    mount = "/web" if app == "wallet" else "/scanner/web"
    data, packed = _answer(f"{scene.address}{mount}/{app}/service-worker.js")
    text = (gzip.decompress(data) if packed else data).decode()
    told, _ = json.JSONDecoder().raw_decode(text.partition("=")[2].lstrip())
    return list(told["files"])


def _answer(address: str) -> tuple[bytes, bool]:
    """Fetch as a browser does; return what came and whether it was packed."""
    asked = urllib.request.Request(  # noqa: S310 - our own, on loopback
        address, headers={"Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - likewise
        return answer.read(), answer.headers["Content-Encoding"] == "gzip"


# --- first load -----------------------------------------------------------------------------------


def load_rows(browser: Browser, scene: Scene, effort: Effort) -> Iterator[Row]:
    """Open each app on a phone that never saw it, until its first screen can be used."""
    for network, rates in effort.lines:
        for rate in rates:
            yield from _loads(browser, scene, effort.loads, (rate, network))


def _loads(
    browser: Browser, scene: Scene, count: int, slow: tuple[float, Network]
) -> Iterator[Row]:
    rate, network = slow
    where = f"{slower(rate)}, {network.name}"
    smallest = (f"{scene.address}/healthz", "body")
    times = (_first_load(browser, *smallest, slow) for _ in range(count))
    yield median_row(f"{where}: the server's smallest answer", times, peer=True)
    for app in APPS:
        load = partial(_first_load, browser, f"{scene.address}/{app}/", USABLE[app], slow)
        target = LOAD if network in {LOOPBACK, MOBILE} else ""
        what = f"{where}: first load of the {app}"
        yield median_row(what, (load() for _ in range(count)), target=target)


def _first_load(
    browser: Browser, address: str, selector: str, slow: tuple[float, Network]
) -> float:
    with phone(browser, script=when_usable(selector), works_offline=False) as held:
        held.slow_down(*slow)
        return held.open(address)
