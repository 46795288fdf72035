"""Debian's Chromium, driven for real, watching that nothing leaves the machine."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from portique.gate.board import Board
from portique.gate.screen.app import create_app
from portique.gate.screen.preview import PIN, PreviewDesk, agents, sample_board, sample_list
from portique.gate.screen.serving import Serving, serve_in_thread
from portique.gate.screen.settings import ScreenSettings

PATIENCE_MS = 30_000
COMPLAINTS = {"error", "warning"}
WATCH_POLICY = """
window.broken = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.broken.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
NOTES = """
window.notes = [];
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  const tone = make.call(this);
  const start = tone.start.bind(tone);
  tone.start = (at) => { notes.push(Math.round(tone.frequency.value)); start(at); };
  return tone;
};
"""


@dataclass(slots=True)
class Watched:
    """A page and everything that went wrong or out on it."""

    page: Page
    url: str
    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def sign_in(self, language: str = "fr", alias: str = "loge") -> Page:
        """Open the agent's screen; return the page once a card or calm is shown."""
        self.page.goto(f"{self.url}/agent?lang={language}")
        self.page.locator(f".aliases label:has-text('{alias}')").click()
        self.page.fill("#pin", PIN)
        self.page.click("form .primary")
        self.page.wait_for_selector("body[data-locked=no]")
        return self.page

    def holder(self) -> Page:
        """Open the holder's screen; return the page once it is connected."""
        self.page.goto(f"{self.url}/holder")
        self.page.wait_for_selector("body[data-alive=yes]")
        return self.page

    def write_down_notes(self) -> None:
        """Have the pages opened from now on keep the notes they play, in Hz."""
        self.page.add_init_script(NOTES)

    def violations(self) -> list[str]:
        """Return what the content policy stopped."""
        return list(self.page.evaluate("window.broken"))


@pytest.fixture
def board() -> Board:
    return sample_board()


@pytest.fixture
def desk(board: Board) -> PreviewDesk:
    return PreviewDesk(board, lambda: 1_789_970_880_000, listed=sample_list())


@pytest.fixture
def serving(board: Board, desk: PreviewDesk) -> Iterator[Serving]:
    ticks = itertools.count(0, 1)  # a clock that hardly moves: nothing locks by itself
    settings = ScreenSettings(port=0, agents=agents())
    app = create_app(board, desk, settings, monotonic_ms=lambda: next(ticks))
    running = serve_in_thread(app, settings)
    yield running
    running.stop()


@pytest.fixture
def visit(chromium: Browser, serving: Serving) -> Iterator[Callable[..., Watched]]:
    """Open pages in browsers of their own; afterwards nothing may have left loopback."""
    contexts: list[BrowserContext] = []
    opened: list[Watched] = []

    def open_page(width: int = 1920, height: int = 1080, **options: Any) -> Watched:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(WATCH_POLICY)
        contexts.append(context)
        watched = Watched(context.new_page(), serving.url)
        opened.append(watched)
        _watch(watched)
        _listen_to_console(watched)
        return watched

    yield open_page
    for context in contexts:
        context.close()
    for watched in opened:
        hosts = {urlsplit(url).hostname for url in watched.asked if not url.startswith("data:")}
        assert hosts <= {"127.0.0.1"}


def on_stage(page: Page, name: str) -> None:
    """Wait until the big card is this person's and waits for an answer."""
    page.wait_for_selector(f".card[data-waits=yes]:has-text('{name}')")


def _watch(watched: Watched) -> None:
    page = watched.page
    page.on("request", lambda request: watched.asked.append(request.url))
    page.on("pageerror", lambda error: watched.wrong.append(str(error)))
    page.on("dialog", lambda dialog: watched.wrong.append(dialog.message))


def _listen_to_console(watched: Watched) -> None:
    def hear(told: ConsoleMessage) -> None:
        if told.type in COMPLAINTS:
            watched.wrong.append(told.text)

    watched.page.on("console", hear)
