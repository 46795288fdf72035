"""The scanner on a cheap phone: signing in, codes held up before its camera, lying still."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from portique.cli.bench_phones_browser import phone, processes_of_pages, used_s, when_usable
from portique.cli.bench_phones_effort import BENCH, median_row, p95, slower
from portique.cli.bench_phones_scene import BLUR_MODULES, picture
from portique.cli.bench_phones_slow import slowed
from portique.cli.measuring import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from portique.cli.bench_phones_browser import Phone
    from portique.cli.bench_phones_effort import Effort
    from portique.cli.bench_phones_scene import Film, Scene

ALIAS, PIN = "loge-1", "482915"
Person = tuple[str, str]  # the name, and the pass's text
LANE, PIN_FIELD = ".standing", "#pin"
SEEN_S = 30.0  # until a code that is held up must have been decided
AWAY_S = 0.4  # from one code to the next, as people walk
DECISION = "≤ 700 ms"

DECIDED = """
window.decided = [];
new MutationObserver(() => {
  const said = document.querySelector('.stage .plaque[data-outcome]')?.textContent ?? '';
  if (!said || said === decided.at(-1)?.[1]) return;
  const seen = [0, said];
  decided.push(seen);
  requestAnimationFrame(() => (seen[0] = performance.timeOrigin + performance.now()));
}).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
"""
# A page that does nothing but look whether its camera's picture became darker: codes are.
CAMERA_ALONE = """async () => {
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
  const wanted = { video: { width: { ideal: 1280 }, height: { ideal: 720 } } };
  video.srcObject = await navigator.mediaDevices.getUserMedia(wanted);
  await video.play();
  const canvas = new OffscreenCanvas(64, 36);
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  const light = () => {
    brush.drawImage(video, 0, 0, 64, 36);
    return brush.getImageData(0, 0, 64, 36).data.reduce((sum, one) => sum + one, 0);
  };
  window.changed = [];
  let before = light();
  const look = () => {
    const now = light();
    if (Math.abs(now - before) > 5_000) changed.push(performance.timeOrigin + performance.now());
    before = now;
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
}"""


def scanner_rows(browser: Browser, scene: Scene, effort: Effort, film: Film) -> Iterator[Row]:
    """Let a scanner join; sign in again and again, hold codes up, let it lie."""
    people = iter(list(zip(scene.names, scene.texts, strict=True)))
    nobody, first = picture(""), picture(scene.texts[0])
    yield _camera_row(browser, scene, film, (nobody, first), effort.scans)
    script = DECIDED + when_usable(PIN_FIELD)
    with phone(browser, script=script) as held:
        _join(held, scene)
        held.keeps_the_app()
        for rate in effort.rates:
            held.slow_down(rate)
            opened = [held.reopen() for _ in range(effort.loads)]
            yield median_row(
                f"{slower(rate)}: scanner opened without network, until the sign-in", opened
            )
            held.slow_down(1)
            with slowed(processes_of_pages(browser), rate):
                yield from _decided_rows(held, film, people, (rate, effort))
            if rate == 1:
                yield from _still_rows(browser, film, nobody, effort.still_s)


def _decided_rows(
    held: Phone, film: Film, people: Iterator[Person], slow: tuple[float, Effort]
) -> Iterator[Row]:
    """Sign in, and hold codes up: sharp ones, and such as are read only with blur undone."""
    rate, effort = slow
    signed = [_sign_in(held, film, next(people)) for _ in range(effort.sign_ins)]
    held.page.wait_for_selector(LANE)
    scans = [_scan(held, film, next(people)) for _ in range(effort.scans)]
    blurred = [_scan(held, film, next(people), BLUR_MODULES) for _ in range(effort.blurred)]
    yield median_row(f"{slower(rate)}: PIN to the first pass decided", signed)
    what = f"{slower(rate)}: code held up to decision on the screen"
    yield median_row(f"{what}, median", scans, target=DECISION)
    yield Row(BENCH, f"{what}, 95th percentile", p95(scans), "ms", len(scans))
    yield median_row(f"{what}, blurred by {BLUR_MODULES} of a module, median", blurred)


def _join(held: Phone, scene: Scene) -> None:
    page = held.page
    page.goto(f"{scene.address}/scanner/#{quote(scene.invitation)}")
    page.click("form .primary")
    page.fill("#alias", ALIAS)
    page.fill("#new-pin", PIN)
    page.fill("#again", PIN)
    page.click("form .primary")
    page.wait_for_selector(LANE)


def _sign_in(held: Phone, film: Film, person: Person) -> float:
    """Type the PIN while a pass is before the camera; return how long until it is decided."""
    name, text = person
    held.reopen()
    film.show(picture(text))
    held.page.fill(PIN_FIELD, PIN)
    began_ms = time.time() * 1000
    held.page.keyboard.press("Enter")
    return _decided_ms(held, name) - began_ms


def _scan(held: Phone, film: Film, person: Person, blur_modules: float = 0.0) -> float:
    """Hold up one code; return how long until the screen says what came of it."""
    name, text = person
    shown = picture(text, blur_modules=blur_modules)
    film.show(picture(""))
    threading.Event().wait(AWAY_S)
    began_ms = time.time() * 1000
    film.show(shown)
    return _decided_ms(held, name) - began_ms


def _decided_ms(held: Phone, name: str) -> float:
    find = f"decided.find(([at, said]) => at && said.includes('{name}'))?.[0]"
    return float(held.told(find, SEEN_S))


def _camera_row(
    browser: Browser, scene: Scene, film: Film, pictures: tuple[bytes, bytes], runs: int
) -> Row:
    """Measure what the made camera itself takes to show a picture to a page."""
    times = []
    with phone(browser, works_offline=False) as held:
        film.show(pictures[0])
        held.page.goto(f"{scene.address}/scanner/")
        held.page.evaluate(CAMERA_ALONE)
        for number in range(runs):
            threading.Event().wait(AWAY_S)
            seen = int(held.page.evaluate("changed.length"))
            began_ms = time.time() * 1000
            film.show(pictures[(number + 1) % 2])
            times.append(float(held.told(f"changed[{seen}]")) - began_ms)
    return median_row("a bare page: the made camera's picture changes", times, peer=True)


def _still_rows(browser: Browser, film: Film, nobody: bytes, seconds: float) -> Iterator[Row]:
    """Say what a scanner asks of a processor while nothing is held up."""
    film.show(nobody)
    threading.Event().wait(1)
    before, began = used_s(browser), time.monotonic()
    threading.Event().wait(seconds)
    after, took = used_s(browser), time.monotonic() - began
    for part, whose in (("pages", "the scanner's page and workers"), ("all", "the browser whole")):
        share = 100 * (after[part] - before[part]) / took
        what = f"scanner with nothing held up: {whose}, of a core"
        yield Row(BENCH, what, share, "%", 1)
