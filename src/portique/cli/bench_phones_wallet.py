"""The wallet on a cheap phone: opened without network, and its code drawn anew."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from portique.cli.bench_phones_browser import phone, when_usable
from portique.cli.bench_phones_effort import BENCH, median_row, slower
from portique.cli.measuring import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playwright.sync_api import Browser

    from portique.cli.bench_phones_browser import Phone
    from portique.cli.bench_phones_effort import Effort
    from portique.cli.bench_phones_scene import Scene

CODE = "canvas[data-seconds]"
REDRAWN_MS, FASTER_MS = 15_000, 1_500  # a code is drawn anew ten times as often while it is watched
NEAR_MS = 400  # what belongs to a redraw, before and after it
JANK_MS, JANK = 50, "≤ 50 ms"
MEANT = 4  # the phone that the target is meant for

WATCHED = """
(() => {
  const later = window.setTimeout;
  window.setTimeout = (act, ms, ...rest) => later(act, ms === %d ? %d : ms, ...rest);
  Object.assign(window, { gaps: [], tasks: [], redrawn: [], watching: true });
  let last = performance.now();
  const beat = () => {
    const now = performance.now();
    gaps.push([now, now - last]);
    last = now;
    if (watching) requestAnimationFrame(beat);
  };
  requestAnimationFrame(beat);
  new PerformanceObserver((list) =>
    tasks.push(...list.getEntries().map((one) => [one.startTime, one.duration])),
  ).observe({ entryTypes: ['longtask'] });
  new MutationObserver((changes) =>
    changes.some((one) => one.attributeName === 'data-seconds') && redrawn.push(performance.now()),
  ).observe(document, { subtree: true, attributes: true });
})();
""" % (REDRAWN_MS, FASTER_MS)  # noqa: UP031 - braces are the script's own


def wallet_rows(browser: Browser, scene: Scene, effort: Effort) -> Iterator[Row]:
    """Enrol a wallet; open it again without network, and watch the code being drawn anew."""
    with phone(browser, script=when_usable(CODE) + WATCHED) as held:
        held.page.goto(f"{scene.address}/wallet/#code={scene.code}")
        held.page.click("form .primary")
        held.page.wait_for_selector(CODE)
        held.keeps_the_app()
        for rate in effort.rates:
            held.slow_down(rate)
            times = [held.reopen() for _ in range(effort.loads)]
            what = f"{slower(rate)}: wallet opened without network, until its code is drawn"
            yield median_row(what, times)
            yield from _redraw_rows(held, rate, effort.redraws)
            yield _work_row(held, rate, effort.redraws)


def _redraw_rows(held: Phone, rate: float, redraws: int) -> Iterator[Row]:
    held.page.evaluate("window.redrawn.length = window.gaps.length = window.tasks.length = 0")
    held.told(f"window.redrawn.length > {redraws}")
    seen = held.page.evaluate("({ gaps, tasks, redrawn })")
    drawn = seen["redrawn"][:redraws]
    gaps = [_longest(seen["gaps"], at) for at in drawn]
    still = [_longest(seen["gaps"], at + FASTER_MS / 2) for at in drawn]
    tasks = [_longest(seen["tasks"], at) for at in drawn]
    target = JANK if rate <= MEANT else ""
    what = f"{slower(rate)}: wallet's redraw"
    yield median_row(f"{what}, longest gap between frames", gaps, target=target)
    yield Row(BENCH, f"{what}, the longest gap of all", max(gaps), "ms", redraws, target=target)
    jank = sum(1 for one in gaps if one > JANK_MS)
    yield Row(BENCH, f"{what}, gaps over {JANK_MS} ms", jank, "redraws", redraws)
    yield Row(BENCH, f"{what}, longest task", max(tasks), "ms", redraws)
    yield median_row(f"{slower(rate)}: between redraws, longest gap", still, peer=True)


def _work_row(held: Phone, rate: float, redraws: int) -> Row:
    """Say what a redraw asks of the main thread: its own time, which no busy machine lengthens."""
    held.page.evaluate("window.watching = false; window.redrawn.length = 0")
    held.line.send("Performance.enable", {"timeDomain": "threadTicks"})
    before_s = _worked_s(held)
    threading.Event().wait(redraws * FASTER_MS / 1000)
    worked_ms = 1000 * (_worked_s(held) - before_s)
    drawn = held.page.evaluate("window.redrawn.length")
    what = f"{slower(rate)}: wallet's redraw, main thread's own time from one to the next, mean"
    return Row(BENCH, what, worked_ms / max(1, drawn), "ms", drawn)


def _worked_s(held: Phone) -> float:
    found = held.line.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in found if one["name"] == "TaskDuration"))


def _longest(timed: Iterable[tuple[float, float]], at: float) -> float:
    """Return the longest of what was noted around a moment."""
    return max((took for when, took in timed if abs(when - at) <= NEAR_MS), default=0.0)
