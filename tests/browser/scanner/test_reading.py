"""The scanner's eyes in a real browser, under its policy: camera, worker, reader, keys."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browser.scanner.conftest import FakeCamera

from portique.testing.held import Fault, held, pass_like_text
from portique.testing.scenes import Surface

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[3]
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "connect-src 'self'"
)
FIRST, SECOND = (f"PQ1:{letter * 240}" for letter in "AB")
PAGE = """<!doctype html><html lang="en"><title>eyes</title>
<video playsinline muted></video><ol></ol><output></output><button>Admit</button><input>
<script type="module" src="/eyes.js"></script>"""
SCRIPT = """
import { Camera } from '/web/scanner/camera.js';
import { Reading } from '/web/scanner/reading.js';
import { Wedge } from '/web/scanner/wedge.js';
import { Showings } from '/web/core/showing.js';

const [video, list, told] = ['video', 'ol', 'output'].map((name) => document.querySelector(name));
const camera = new Camera(video);
const reading = new Reading({
  video,
  showings: new Showings(),
  nowMs: () => Date.now(),
  onShowing: ({ showing, text }) => {
    const line = document.createElement('li');
    line.textContent = `${showing} ${text}`;
    list.append(line);
  },
});
const wedge = new Wedge({ onText: (text) => reading.line(text) });
const tell = () => {
  const { works, crowded, unread } = reading.state;
  told.textContent = [
    camera.state, camera.fault?.kind, !works && 'idle', crowded && 'crowded', unread && 'unread',
  ].filter(Boolean).join(' ');
};
for (const one of [camera, reading]) one.addEventListener('change', tell);
document.querySelector('button').onclick = () => list.append(document.createElement('hr'));
wedge.start();
reading.start();
camera.start();
Object.assign(window, { camera, reading });
"""
MADE = {"/": ("text/html", PAGE), "/eyes.js": ("text/javascript", SCRIPT)}


class Files(SimpleHTTPRequestHandler):
    """The web side's files and one page, under the scanner's policy."""

    def do_GET(self) -> None:
        """Answer with the page, or a file."""
        if self.path not in MADE:
            return super().do_GET()
        kind, text = MADE[self.path]
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode())
        return None

    def end_headers(self) -> None:
        """Add the policy to every answer: a worker goes by that of its own file."""
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Serves them; a page that is closed while it loads is no fault."""

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the web side."""
    server = Server(("127.0.0.1", 0), partial(Files, directory=str(ROOT)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def asked() -> list[str]:
    """Give the addresses that pages and their workers asked for."""
    return []


@pytest.fixture
def opened(address: str, asked: list[str]) -> Iterator[Callable[..., Page]]:
    """Open the page in a browser; afterwards nothing may have stumbled or called a stranger."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def go(browser: Browser, *permissions: str) -> Page:
        contexts.append(browser.new_context(permissions=permissions))
        contexts[-1].on("request", lambda request: asked.append(request.url))
        contexts[-1].on("weberror", lambda error: wrong.append(str(error.error)))
        page = contexts[-1].new_page()
        page.goto(address)
        return page

    yield go
    for one in contexts:
        one.close()
    assert wrong == []
    assert {urlsplit(url).hostname for url in asked} == {"127.0.0.1"}


@pytest.fixture
def page(opened: Callable[..., Page], seeing_chromium: Browser, camera: FakeCamera) -> Page:
    """Open the page; nothing is held up yet."""
    camera.show_nothing()
    return opened(seeing_chromium, "camera")


def type_as_a_reader(page: Page, text: str) -> None:
    """Type a text and Enter, a key every ten milliseconds, however busy the machine is."""
    keyboard = page.context.new_cdp_session(page)
    begun = page.evaluate("Date.now() / 1000")
    for number, letter in enumerate([*text, "\r"]):
        name = {"\r": "Enter"}.get(letter, letter)
        code = {"\r": "Enter", " ": "Space"}.get(letter, "")
        key = {"key": name, "code": code, "windowsVirtualKeyCode": ord(letter)}
        at = {"timestamp": begun + number / 100}
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": letter} | key | at)
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp"} | key | at)


def test_a_code_held_up_is_shown_once(page: Page, camera: FakeCamera, asked: list[str]):
    """It opens one showing, and none again while it stays; another one opens the next."""
    camera.show(FIRST)
    expect(page.locator("li")).to_have_text([f"1 {FIRST}"])

    camera.show(SECOND)
    expect(page.locator("li")).to_have_text([f"1 {FIRST}", f"2 {SECOND}"])
    assert any(url.endswith(".wasm") for url in asked), "what the worker asks for is seen, too"


def test_two_codes_at_once_are_held(page: Page, camera):
    """One at a time: neither is decided before the other is taken away."""
    camera.show(FIRST, SECOND)
    expect(page.locator("output")).to_have_text("on crowded")
    expect(page.locator("li")).to_have_count(0)

    camera.show(SECOND)
    expect(page.locator("li")).to_have_text([f"1 {SECOND}"])


def test_a_phone_in_dark_mode_is_read(page: Page, camera):
    """Light modules on a dark screen: every other picture without a code is read so, too."""
    camera.show(FIRST, surface=Surface.DARK_SCREEN)

    expect(page.locator("li")).to_have_text([f"1 {FIRST}"])


def test_what_a_hand_holds_is_read(page: Page, camera: FakeCamera):
    """Moved by a module while the picture was taken, in poor light, far out of focus."""
    faults = [Fault(motion_modules=1.0), Fault(noise_sigma=10.0), Fault(defocus_modules=0.6)]
    for seed, fault in enumerate(faults):
        camera.draw(held(seed, 0, fault).frame)
        expect(page.locator("li").nth(seed)).to_have_text(f"{seed + 1} {pass_like_text(seed)}")


def test_a_worker_that_died_is_replaced(page: Page, camera):
    """Reading stops, then goes on with another one."""
    expect(page.locator("output")).to_have_text("on")
    page.workers[0].evaluate("setTimeout(() => { throw new Error('gone'); })")

    expect(page.locator("output")).to_have_text("on idle")

    camera.show(FIRST)
    expect(page.locator("li")).to_have_text([f"1 {FIRST}"])


def test_a_phone_without_camera_says_so(opened, chromium: Browser):
    """The fault has a name of its own; nothing is read."""
    page = opened(chromium)

    expect(page.locator("output")).to_have_text("fault missing")


def test_a_camera_that_is_forbidden_says_so(opened, seeing_chromium: Browser):
    """Told apart from a missing one: another next step."""
    page = opened(seeing_chromium)

    expect(page.locator("output")).to_have_text("fault denied")


def test_a_reader_that_types_opens_a_showing_and_presses_no_button(page: Page):
    """Its spaces and its Enter do not reach what has the focus."""
    page.focus("button")
    type_as_a_reader(page, "PQ1:AB CD EF")

    expect(page.locator("li")).to_have_text(["1 PQ1:AB CD EF"])
    expect(page.locator("hr")).to_have_count(0)


def test_what_is_typed_into_a_field_stays_there(page: Page):
    """Even a reader's: somebody chose the field."""
    page.focus("input")
    type_as_a_reader(page, "Diallo 2A")

    expect(page.locator("input")).to_have_value("Diallo 2A")
    expect(page.locator("li")).to_have_count(0)
