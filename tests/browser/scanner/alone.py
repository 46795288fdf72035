"""A scanner alone: its files under its policy, a school in its pocket, a board that obeys.

The school is `web/tests/pocket_school.js`'s; the page's own modules are met where they act, so that
a screen is shown by what the app itself draws.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page
from tests.browser.conftest import WATCH_POLICY

WEB = Path(__file__).parents[3] / "web"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'"
)
PIN = "482915"
ALIAS = "loge-1"
PATIENCE_MS = 20_000
SCHOOL_AT = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)  # within the pocket school's knowledge
LISTENED = """
window.said = [];
addEventListener('DOMContentLoaded', () => {
  const place = document.getElementById('announce');
  if (!place) return; // a page of somebody else's
  new MutationObserver(() => said.push(place.textContent)).observe(place, { childList: true });
});
"""
# A phone that joined a school which tells it nothing: its key is real, its calls find nobody.
JOINED = """async () => {
  const { makeDeviceKey } = await import('/scanner/web/core/wrapping.js');
  const { Store } = await import('/scanner/web/shared/store.js');
  const { Membership } = await import('/scanner/web/scanner/membership.js');
  const key = await makeDeviceKey();
  const of = { gateId: 'g-1', lane: 'entry-1', uai: '0990001N', key, knowledgeKey: key.public };
  await (await Membership.open(new Store('portique-scanner', 'kept'))).join(of);
}"""
# What a phone keeps that its school removed while a dozen entries waited.
REMOVED = """async () => {
  const { Store } = await import('/scanner/web/shared/store.js');
  await new Store('portique-scanner', 'kept').put({ id: 'gone', of: { atMs: 1, unsent: 12 } });
}"""
# The reading of knowledge, as of a school that told it everything.
TOLD = """
import { PocketSchool } from '/scanner/web/tests/pocket_school.js';
export async function readInWorker() {
  const school = await PocketSchool.open();
  const listed = %s;
  const today = { day: Date.parse('2026-11-23') / 86_400_000, listed };
  return school.knowledge({ keys: { orders: school.issuer.public }, today });
}
"""
LISTED = """[['Inès Garrigue', '2de 4'], ['Ines Garrido', '2de 12'], ['Agnès Lainé', '1re 2']]
  .map(([name, label], n) => ({ name, label, kind: 'pupil', passId: `001122334455660${n}` }))"""
LEARNS = """async () => {
  const { KnowledgeStore } = await import('/scanner/web/scanner/knowledge_store.js');
  const { open } = KnowledgeStore.prototype;
  KnowledgeStore.prototype.open = async function (key) {
    return (await open.call(this, key)) ?? this.save(new Uint8Array([1]));
  };
}"""
# The board is the lane's own; it is met when the lane first tells it the time, and then kept.
MEETING = """
  const { Board } = await import('/scanner/web/scanner/board.js');
  const board = window.metBoard ??= await new Promise((met) => {
    const { beat } = Board.prototype;
    Board.prototype.beat = function (ms) {
      met(this);
      Board.prototype.beat = beat;
      return beat.call(this, ms);
    };
  });
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
  board.forget(Infinity);
  board.stage(null);
}}"""
TOLD_BOARD = f"""async (orders) => {{
  {MEETING}
  for (const [name, ...of] of orders) board[name](...of);
}}"""


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


class Server(ThreadingHTTPServer):
    """One that a page may leave in the middle of an answer."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a page that went away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving_files() -> Iterator[str]:
    """Serve the scanner's files; give the app's address."""
    server = Server(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/scanner/"
    server.shutdown()
    server.server_close()


def opened(browser: Browser, address: str, **options: Any) -> Page:
    """Open the scanner in a browser of its own."""
    context = browser.new_context(reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(WATCH_POLICY + LISTENED)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("h1")
    return page


def signed_in(page: Page, *, told: bool = False) -> Page:
    """Have the page belong to a school, with an agent at its lane; `told`: and know the school."""
    page.evaluate(JOINED)
    page.reload()
    page.wait_for_selector("#new-pin")
    if told:
        page.evaluate(LEARNS)
    name_agent(page)
    return page


def name_agent(page: Page, alias: str = ALIAS) -> None:
    """Become the phone's first agent, who is then at the lane."""
    page.fill("#alias", alias)
    page.fill("#new-pin", PIN)
    page.fill("#again", PIN)
    page.click("form .primary")
    page.wait_for_selector(".standing")


def tells_everything(context: BrowserContext, listed: str = LISTED) -> None:
    """Have the school's knowledge read as the pocket school's, at its time."""
    context.clock.install(time=SCHOOL_AT)
    body = TOLD % listed
    context.route(
        "**/scanner/knowledge_reading.js",
        lambda route: route.fulfill(body=body, content_type="text/javascript"),
    )


def sign_in(page: Page, pin: str = PIN) -> None:
    """Type the agent's PIN."""
    page.fill("#pin", pin)
    page.keyboard.press("Enter")
    page.wait_for_selector(".standing")


def command(page: Page, *orders: list[Any]) -> None:
    """Have the lane's board do what is ordered: a method's name and its arguments each."""
    page.evaluate(TOLD_BOARD, list(orders))
