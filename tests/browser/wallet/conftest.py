"""Phones: real Chromiums before a real server; all clocks stand until a test moves them."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer
from tests.browser.conftest import WATCH_POLICY
from tests.server.conftest import AT, account, folder_made_once, served
from tests.server.passes.conftest import by, person

from portique.server import clock
from portique.server.people.models import Person
from portique.server.wallet.actions import Lasts, codes_for
from portique.sight.codes import CodeReader

__all__ = ["account", "by", "folder_made_once", "person", "served"]

PATIENCE_MS = 20_000
USUAL: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "locale": "fr-FR",
    "has_touch": True,
    "device_scale_factor": 2,
}
CODE = "canvas[data-seconds]"
BROKEN = "if (crypto.subtle) crypto.subtle.sign = () => Promise.reject(new DOMException(''))"

WITHOUT_WORKER = """;
if (navigator.serviceWorker) navigator.serviceWorker.register = () => Promise.reject(new Error());
"""
KEPT = """() => new Promise((resolve) => {
  const opening = indexedDB.open('portique-wallet', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('passes', {keyPath: 'id'});
  opening.onsuccess = () => {
    const asked = opening.result.transaction('passes').objectStore('passes').getAllKeys();
    asked.onsuccess = () => { opening.result.close(); resolve(asked.result); };
  };
})"""


RUNS = "{ const real = Date.now; Date.now = () => real() + %d; }"
SEEN = """(seen) => {
  Object.defineProperty(document, 'visibilityState', {configurable: true, get: () => seen});
  document.dispatchEvent(new Event('visibilitychange'));
}"""


@dataclass
class Times:
    """The school's time: that of the server, and of phones whose clock is right."""

    at: datetime = AT
    since: float | None = None

    def now(self) -> datetime:
        """Return the time; it stands, unless a phone's clock runs."""
        passed_s = 0 if self.since is None else time.monotonic() - self.since
        return self.at + timedelta(seconds=passed_s)

    def run(self) -> str:
        """Let time pass by itself; return the script that has a phone's clock go along."""
        self.since = time.monotonic()
        machine_s = time.time()  # noqa: TID251 -- what the browser's own clock says
        return RUNS % (self.at.timestamp() * 1000 - machine_s * 1000)


@dataclass
class Phone:
    """A phone: what it shows, what went wrong on it, whom it called."""

    context: BrowserContext
    address: str
    times: Times
    page: Page = field(init=False)
    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Watch every page of it."""
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.add_init_script(WATCH_POLICY)
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.context.on("weberror", lambda error: self.wrong.append(str(error.error)))
        self.context.on("console", lambda said: self._hear(said.type, said.text))
        self.page = self.context.new_page()

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and "Failed to load resource" not in text:
            self.wrong.append(text)

    def open(self, mark: str = "") -> Page:
        """Open the app, perhaps by the link of a code."""
        self.page.goto(f"{self.address}/wallet/{mark}")
        return self.page

    def enrol(self, code: str) -> Page:
        """Add a pass by a code's link; return the page once it shows the pass's code."""
        self.open(f"#code={code}")
        self.page.click("form .primary")
        self.page.wait_for_selector(CODE)
        return self.page

    def reopen(self) -> Page:
        """Close the app and open it again."""
        before, self.page = self.page, self.context.new_page()
        before.close()
        return self.open()

    def later(self, **passed: float) -> None:
        """Let time pass for this phone and the school."""
        self.times.at += timedelta(**passed)
        self.context.clock.fast_forward(round(timedelta(**passed).total_seconds() * 1000))

    def works_offline(self, wait_until: Callable[..., None]) -> None:
        """Wait until the app would open without network, and cut it off."""
        there = "Boolean(navigator.serviceWorker.controller)"
        wait_until(lambda: self.page.evaluate(there), what="the service worker")
        self.context.set_offline(True)

    def seen(self, *, really: bool) -> None:
        """Have the page believe that somebody looks at it, or nobody: it can't be hidden here."""
        self.page.evaluate(SEEN, "visible" if really else "hidden")

    def drawn_at(self) -> int:
        """Return the second in which the code on the screen was drawn."""
        return int(self.page.get_attribute(CODE, "data-seconds") or 0)

    def read(self) -> str:
        """Read the code off a picture of the screen, as a gate's camera does."""
        seen = np.frombuffer(self.page.screenshot(), np.uint8)
        picture = cv2.imdecode(seen, cv2.IMREAD_GRAYSCALE)
        assert picture is not None
        (code,) = CodeReader().read(picture.astype(np.uint8), at_ms=0).codes
        return str(code.text)

    def violations(self) -> list[str]:
        """Return what the content policy stopped."""
        return list(self.page.evaluate("window.broken"))


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """Serve the school; Django's own test server would serve files of the working folder first."""
    with override_settings(MEDIA_URL="https://portique.invalid/"):
        server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def times(monkeypatch) -> Times:
    """It is a Monday morning of term, until a test lets time pass."""
    moving = Times()

    class Moving(datetime):
        @classmethod
        def now(cls, tz=None):
            return moving.now().astimezone(tz)

    monkeypatch.setattr(clock, "datetime", Moving)
    return moving


@pytest.fixture
def code(served, by, person) -> Callable[..., str]:
    """Make an enrolment code for somebody."""

    def make(somebody: Person | None = None, lasts: Lasts = Lasts.SCREEN) -> str:
        (new,) = codes_for(by, [somebody or person()], lasts)
        return new.code

    return make


@pytest.fixture
def phone(
    chromium: Browser, transactional_db, live_server, served, times
) -> Iterator[Callable[..., Phone]]:
    """Take out a phone; afterwards nothing on it may have stumbled or called anybody else."""
    phones: list[Phone] = []

    def take(
        *,
        ahead_s: float = 0,
        moves: bool = False,
        runs: bool = False,
        alone: bool = False,
        script: str = "",
        **options: Any,
    ) -> Phone:
        """`moves`, `runs`: a test moves its clock, it goes by itself; `alone`: without network."""
        context = chromium.new_context(**(USUAL | options))
        at = times.at + timedelta(seconds=ahead_s)
        if moves:
            context.clock.install(time=at - timedelta(minutes=1))
            context.clock.pause_at(at)
        elif runs:
            context.add_init_script(times.run())
        else:
            context.clock.set_fixed_time(at)  # timers run on: axe, for one, waits for some
        # A service worker fetches every file once more: only for tests that need one.
        context.add_init_script(script + ("" if alone else WITHOUT_WORKER))
        phones.append(Phone(context, str(live_server.url), times))
        return phones[-1]

    yield take
    for one in phones:
        one.context.close()
    for one in phones:
        assert one.wrong == []
        assert {urlsplit(url).hostname for url in one.asked} <= {urlsplit(one.address).hostname}
