"""A cheap phone for benches: Debian's Chromium, slowed, on a mobile network, its camera a film."""

from __future__ import annotations

import importlib
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portique.core.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
PATIENCE_S, LOOK_S = 90.0, 0.1
BITS = 8


@dataclass(frozen=True, slots=True)
class Network:
    """A line: how long each answer takes to begin, and what comes through."""

    name: str
    latency_ms: int
    down_bits_s: float
    up_bits_s: float

    def to_data(self) -> dict[str, Any]:
        """Write it as the browser wants it."""
        return {
            "offline": False,
            "latency": self.latency_ms,
            "downloadThroughput": self.down_bits_s / BITS,
            "uploadThroughput": self.up_bits_s / BITS,
        }


LOOPBACK = Network("no network between", 0, -1, -1)
MOBILE = Network("4G (170 ms, 9 Mbit/s)", 170, 9e6, 9e6)
SLOW = Network("slow 4G (150 ms, 1.6 Mbit/s)", 150, 1.6e6, 0.75e6)
NETWORKS = (LOOPBACK, MOBILE, SLOW)


@contextmanager
def chromium(film: Path) -> Iterator[Browser]:
    """Start a browser whose camera sees a film.

    Raises:
        EnvironmentProblem: It is not on this machine, or what drives it.
    """
    try:
        playwright = importlib.import_module("playwright.sync_api")
    except ImportError as error:
        raise EnvironmentProblem(
            "phones can't be measured without Playwright: in the folder of the sources, make test "
            "installs it"
        ) from error
    if not CHROMIUM.exists():
        raise EnvironmentProblem(
            "phones can't be measured without Chromium: apt-get install chromium"
        )
    camera = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=[*ARGUMENTS, *camera])
        yield browser
        browser.close()


@contextmanager
def phone(browser: Browser, *, script: str = "", works_offline: bool = True) -> Iterator[Phone]:
    """Take out a phone on which nothing of ours was ever opened."""
    context = browser.new_context(
        viewport={"width": 360, "height": 640},
        device_scale_factor=2,
        locale="fr-FR",
        permissions=["camera"],
        service_workers="allow" if works_offline else "block",
    )
    context.set_default_timeout(PATIENCE_S * 1000)
    context.add_init_script(script)
    page = context.new_page()
    try:
        yield Phone(context, page, context.new_cdp_session(page))
    finally:
        context.close()


@dataclass(frozen=True, slots=True)
class Phone:
    """One page on one phone, and the line by which it is slowed down."""

    context: BrowserContext
    page: Page
    line: CDPSession

    def slow_down(self, rate: float, network: Network = LOOPBACK) -> None:
        """Throttle the page's main thread, and what it fetches."""
        self.line.send("Network.enable")
        self.line.send("Network.emulateNetworkConditions", network.to_data())
        self.line.send("Emulation.setCPUThrottlingRate", {"rate": rate})

    def open(self, address: str) -> float:
        """Open an address; return how long it took until the page could be used, in ms."""
        self.page.goto(address, wait_until="commit")
        return self.usable_ms()

    def usable_ms(self) -> float:
        """Return when what `WHEN_USABLE` waits for was there, since the page began to open."""
        return float(self.told("window.usableMs"))

    def reopen(self) -> float:
        """Open the app again as it is kept; return how long it took."""
        self.page.reload(wait_until="commit")
        return self.usable_ms()

    def keeps_the_app(self) -> None:
        """Wait until the app would open without network, and cut it off."""
        self.told("navigator.serviceWorker.controller !== null")
        self.context.set_offline(True)

    def told(self, expression: str, patience_s: float = PATIENCE_S) -> Any:
        """Ask the page until it says something: the apps' policy lets nothing wait inside it.

        Raises:
            EnvironmentProblem: It does not come.
        """
        pause = threading.Event()
        for _ in range(round(patience_s / LOOK_S)):
            if found := self.page.evaluate(expression):
                return found
            pause.wait(LOOK_S)
        raise EnvironmentProblem(f"a phone that is measured does not come to: {expression}")


WHEN_USABLE = """
(() => {
  const look = () => {
    if (!document.querySelector('%s')) return requestAnimationFrame(look);
    window.usableMs = performance.now();
  };
  requestAnimationFrame(look);
})();
"""


def when_usable(selector: str) -> str:
    """Return a script that notes in which frame something to be used was there first."""
    return WHEN_USABLE % selector


def processes_of_pages(browser: Browser) -> list[int]:
    """List the processes in which pages and their workers run."""
    return [int(one["id"]) for one in _processes(browser) if one["type"] == "renderer"]


def used_s(browser: Browser) -> dict[str, float]:
    """Return the processor time that pages have used, and the browser whole, in seconds."""
    every = _processes(browser)
    pages = [one for one in every if one["type"] == "renderer"]
    return {
        "pages": sum(one["cpuTime"] for one in pages),
        "all": sum(one["cpuTime"] for one in every),
    }


def _processes(browser: Browser) -> list[dict[str, Any]]:
    line = browser.new_browser_cdp_session()
    found: list[dict[str, Any]] = line.send("SystemInfo.getProcessInfo")["processInfo"]
    line.detach()
    return found
