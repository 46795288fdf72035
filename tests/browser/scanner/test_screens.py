"""The scanner's screens in a real browser: read by everybody, answered by hand, inert to text."""

import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import WATCH_POLICY
from tests.browser.test_access_for_all import faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WEB = Path(__file__).parents[3] / "web"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'"
)
PIN = "482915"
PATIENCE_MS = 20_000
HOSTILE = "<img src=x onerror=alert(1)>\u202eZoé"
READ = "<img src=x onerror=alert(1)>⟨U+202E⟩Zoé"
LISTENED = """
window.said = [];
addEventListener('DOMContentLoaded', () => new MutationObserver(() =>
  said.push(document.getElementById('announce').textContent))
    .observe(document.getElementById('announce'), { childList: true }));
"""
# A phone that joined a school which tells it nothing: its key is real, its calls find nobody.
JOINED = """async () => {
  const { makeDeviceKey } = await import('/scanner/web/core/wrapping.js');
  const { Store } = await import('/scanner/web/shared/store.js');
  const key = await makeDeviceKey();
  const of = { gateId: 'g-1', lane: 'entry-1', uai: '0990001S', key, knowledgeKey: key.public };
  await new Store('portique-scanner', 'kept').put({ id: 'joined', of });
}"""
# The board is the lane's own; it is met when the lane next tells it the time.
MEETING = """
  const { Board } = await import('/scanner/web/scanner/board.js');
  const beat = Board.prototype.beat;
  const board = await new Promise((met) => {
    Board.prototype.beat = function (ms) { met(this); return beat.call(this, ms); };
  });
  Board.prototype.beat = beat;
"""
SHOWN = f"""async (cards) => {{
  {MEETING}
  const {{ cardWith }} = await import('/scanner/web/scanner/shown.js');
  const at = {{ atMs: Date.now(), medium: 'paper', kind: 'pupil' }};
  for (const card of cards) board.present(cardWith({{ ...at, ...card }}));
}}"""
CLEARED = f"""async () => {{
  {MEETING}
  board.clearWaiting();
}}"""
EVERYTHING = f"""async () => {{
  {MEETING}
  board.setPosture({{ posture: 'intrusion', drill: true }});
  board.raiseAlert({{ alert: 1, kind: 'stolen-issuer', atMs: Date.now(), detail: null }});
  board.setFault('journal', 'full');
}}"""
ALARM = f"""async (posture) => {{
  {MEETING}
  board.stage(null);
  board.setPosture({{ posture, drill: false }});
}}"""
CARDS = [
    {"showing": 901, "outcome": 0, "name": "Inès Garrigue", "label": "2de 4", "reasons": ["late"]},
    {"showing": 902, "outcome": 2, "name": "Yanis Oudrhiri", "passId": "00112233445566aa"},
    {
        "showing": 903,
        "outcome": 1,
        "name": "Maximilienne-Anne-Sophie de Brie",
        "label": "1re STI2D B",
        "passId": "00112233445566bb",
        "reasons": ["expired", "outside-opening"],
    },
]


class Files(SimpleHTTPRequestHandler):
    """The scanner's files where a server has them, under its policy."""

    def translate_path(self, path: str) -> str:
        """Find the page and the files below the app's address."""
        name = path.partition("?")[0].removeprefix("/scanner/").removeprefix("web/")
        return str(WEB / (name or "scanner/index.html"))

    def end_headers(self) -> None:
        """Add the policy to every answer."""
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the scanner's files."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/scanner/"
    server.shutdown()
    server.server_close()


def opened(browser: Browser, address: str, **options) -> Page:
    """Open the scanner in a browser of its own."""
    context = browser.new_context(reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(WATCH_POLICY + LISTENED)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("h1")
    return page


@pytest.fixture
def small(chromium: Browser, address: str) -> Iterator[Page]:
    """Open the scanner on a small phone, for French, by day; its policy stops nothing."""
    size = {"width": 320, "height": 640}
    page = opened(chromium, address, viewport=size, locale="fr-FR", color_scheme="light")
    yield page
    broken = page.evaluate("window.broken")
    page.context.close()
    assert broken == []


@pytest.fixture(scope="module")
def night(chromium: Browser, address: str) -> Iterator[Page]:
    """Open the scanner at its lane, for English, by night; its policy stops nothing."""
    size = {"width": 1280, "height": 800}
    page = opened(chromium, address, viewport=size, locale="en-GB", color_scheme="dark")
    yield signed_in(page)
    broken = page.evaluate("window.broken")
    page.context.close()
    assert broken == []


@pytest.fixture
def lane(night: Page) -> Page:
    """Find nobody at the lane."""
    night.evaluate(CLEARED)
    return night


def signed_in(page: Page) -> Page:
    """Have the page belong to a school, with an agent at its lane."""
    page.evaluate(JOINED)
    page.reload()
    page.fill("#alias", "loge-1")
    page.fill("#new-pin", PIN)
    page.fill("#again", PIN)
    page.click("form .primary")
    page.wait_for_selector(".standing")
    return page


def test_everybody_can_use_every_screen(small: Page):
    """Axe finds nothing, nothing is wider than a small phone, from joining to the shift's end."""
    is_fit(small)
    signed_in(small).evaluate(SHOWN, CARDS)
    small.evaluate(EVERYTHING)
    expect(small.locator(".posture")).to_be_visible()
    is_fit(small)
    small.locator(".tools button").first.click()
    is_fit(small)
    small.keyboard.press("Escape")
    small.locator(".tools button").last.click()
    is_fit(small)
    for row in (1, 2):
        small.locator("nav .row").nth(row).click()
        is_fit(small)
        small.click(".back")
    small.click(".leaving .primary")
    small.wait_for_selector(".keypad")
    is_fit(small)


def test_everybody_can_read_the_lane_in_the_dark_and_zoomed(lane: Page):
    """Axe finds nothing on a wide screen, and a zoomed one scrolls one way only."""
    lane.evaluate(SHOWN, CARDS)
    expect(lane.locator(".stage .plaque")).to_contain_text("Refer")
    is_fit(lane)
    lane.set_viewport_size({"width": 320, "height": 256})
    is_fit(lane)
    lane.set_viewport_size({"width": 1280, "height": 800})


def test_what_a_reader_reads_is_announced_once_and_answered_by_keyboard(lane: Page, wait_until):
    """A code before any knowledge is referred; its sheet takes a reason, the plaque its answer."""
    lane.evaluate("window.said = []")
    lane.locator(".lane-name").click()
    lane.keyboard.type(f"PQ1:{'A' * 60}\n")
    expect(lane.locator(".stage .name")).to_have_text("No readable name")
    sheet = lane.locator(".sheet")

    def asked() -> bool:
        if not sheet.is_visible():  # just after a card came, presses are meant for the one before
            lane.locator(".pair .deny").press("Enter")
        return sheet.is_visible()

    wait_until(asked, what="the sheet of reasons")
    lane.locator(".sheet [data-code=sent]").press("Enter")
    expect(lane.locator(".stage .ruling")).to_contain_text("loge-1")
    expect(lane.locator(".middle")).to_be_focused()
    said = lane.evaluate("window.said.filter(Boolean)")
    assert len(said) == 2
    assert "loge-1" in said[1]


@pytest.mark.parametrize("page", ["lane", "menu"])
def test_an_alarm_is_seen_wherever_the_agent_looks(lane: Page, page: str):
    """Above every screen, and no plaque says that there is nothing to check."""
    if page == "menu":
        lane.locator(".tools button").last.click()
    lane.evaluate(ALARM, "intrusion")
    expect(lane.locator("#alarm .posture")).to_contain_text("follow the safety plan")
    if page == "lane":
        expect(lane.locator(".stage .calm strong")).to_contain_text("Intrusion")
    else:
        lane.click(".back")
    lane.evaluate(ALARM, "normal")
    expect(lane.locator(".posture")).to_have_count(0)
    expect(lane.locator(".stage .calm strong")).to_have_text("Nothing to check")


def test_the_next_step_is_in_view_on_a_small_phone(small: Page):
    """Why, what to say and what comes next stand above the thumb, alarm or not."""
    small.set_viewport_size({"width": 360, "height": 640})
    signed_in(small).evaluate(SHOWN, CARDS[2:])
    expect(small.locator(".speech .next")).to_be_in_viewport(ratio=1)


def test_a_network_that_goes_while_the_app_is_coming_is_said(small: Page, address: str):
    """The first screen stands; what comes after it is asked for again, the invitation unused."""
    small.context.route("**/at_school.js", lambda route: route.abort())
    small.reload()
    small.wait_for_selector("h1")
    small.goto(f"{address}#PQE1:ABC")
    small.click("form .primary")
    expect(small.locator("#wrong")).to_contain_text("Vérifiez le réseau")
    small.evaluate(JOINED)
    small.reload()
    expect(small.locator("[role=alert]")).to_contain_text("Vérifiez le réseau")
    small.context.unroute("**/at_school.js")
    small.click(".primary")
    expect(small.locator("#alias")).to_be_visible()


def test_a_name_that_is_markup_is_read_as_text(lane: Page):
    """What hides in it is shown, wherever the name stands."""
    hostile = {"showing": 990, "outcome": 1, "name": HOSTILE, "passId": "00112233445566cc"}
    lane.evaluate(SHOWN, [hostile])
    expect(lane.locator(".stage .name")).to_have_text(READ)
    expect(lane.locator(".lists .line-name").first).to_have_text(READ)
    assert lane.locator("#screen img").count() == 0


def is_fit(page: Page) -> None:
    """See that everybody can use what the page shows, on its width."""
    page.wait_for_selector("h1")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
