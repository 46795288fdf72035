"""An agent's phone whose browser is a whole one, with a place of its own on the disk: it can die.

It dies as a process does whose phone's system wants the memory, or whose battery is empty: all of
its processes at once, at any moment, without a word.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from playwright.sync_api import BrowserContext, BrowserType, Error, Page, Request, expect
from tests.browser.conftest import WATCH_POLICY
from tests.browser.scanner.alone import name_agent, sign_in
from tests.conftest import ARGUMENTS, CHROMIUM

from portique.core.entries import Body, from_body
from portique.core.entries_chain import commitment, genesis, link

PATIENCE_MS = 60_000
UNHEARD_MS = 5_000  # a reader's line of which nothing came: it is shown again
TRIES = 6
WAITING = ".standing [data-state=waits]"
SCHOOL_HOST = "127.0.0.1"
SEEN = """
new MutationObserver(() => {
  const plaque = document.querySelector('.stage .plaque');
  if (plaque === null || plaque === window.seenLast) return;
  window.seenLast = plaque;
  const text = (of) => plaque.querySelector(of)?.textContent ?? '';
  const unsent = document.querySelector('.standing span:last-child').textContent;
  window.seen(plaque.dataset.outcome, text('.name'), text('.outcome strong'), unsent);
}).observe(document, { childList: true, subtree: true });
"""
# What a hand reader types, all at once, whatever else the machine does meanwhile.
TYPED = """(text) => {
  for (const key of [...text, 'Enter']) {
    const press = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
    document.body.dispatchEvent(press);
  }
}"""
KEPT = """async () => {
  const open = indexedDB.open('portique-scanner-journal');
  await new Promise((done) => (open.onsuccess = done));
  const transaction = open.result.transaction(['rows', 'states']);
  const rows = transaction.objectStore('rows').getAll();
  const state = transaction.objectStore('states').get('journal');
  await new Promise((done) => (transaction.oncomplete = done));
  open.result.close();
  const hex = (bytes) =>
    bytes && Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const { gateId, point, epoch, number, chain, acknowledged, formers } = state.result;
  return {
    gateId, epoch, number, formers: formers.length,
    point: hex(point), chain: hex(chain), acknowledged: acknowledged.get(epoch) ?? 0,
    rows: rows.result.map((row) => [
      row.epoch, row.number, row.timeMs,
      ...[row.salt, row.body, row.commitment, row.chain].map(hex),
    ]),
  };
}"""


class Shown(NamedTuple):
    """What the plaque said, and the number of entries to send beside it."""

    outcome: str
    name: str
    word: str
    unsent: int


class Line(NamedTuple):
    """One entry as the phone's browser keeps it."""

    epoch: int
    number: int
    time_ms: int
    salt: str
    body: str
    commitment: str
    chain: str

    @property
    def said(self) -> Body:
        """Read what was written."""
        return from_body(bytes.fromhex(self.body))


@dataclass(frozen=True)
class Kept:
    """A phone's journal as it lies in its browser."""

    gate_id: str
    lines: tuple[Line, ...]
    unsent: int
    fault: str

    @property
    def chains(self) -> list[tuple[int, int, str]]:
        """Name each entry and its place in the chain, as the server's table does."""
        return [(line.epoch, line.number, line.chain) for line in self.lines]


def fault_of(kept: dict) -> str:
    """Follow the chain from its first entry to where the journal stands; say what is wrong."""
    gate_id, point = kept["gateId"], bytes.fromhex(kept["point"])
    if kept["formers"] or {row[0] for row in kept["rows"]} != {kept["epoch"]}:
        return "another epoch began"
    chain = genesis(gate_id, kept["epoch"], point)
    for place, line in enumerate((Line(*row) for row in kept["rows"]), 1):
        if line.number != place:
            return f"entry {place} is missing"
        commit = commitment(bytes.fromhex(line.salt), bytes.fromhex(line.body))
        chain = link(chain, place, line.time_ms, commit)
        if (commit.hex(), chain.hex()) != (line.commitment, line.chain):
            return f"entry {place} is not in the chain"
    stands = (len(kept["rows"]), chain.hex())
    return "" if stands == (kept["number"], kept["chain"]) else "it stands elsewhere"


@dataclass
class Handset:
    """An agent's phone: what its screen showed, what went wrong on it.

    `camera`: Chromium's arguments for one; without it the phone has only a hand reader.
    `wrong`: also whatever it asked of anybody but the school.
    """

    browsers: BrowserType
    profile: Path
    wait_until: Callable[..., None]
    alias: str = "loge-1"
    camera: tuple[str, ...] = ()
    shown: list[Shown] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    address: str = ""
    context: BrowserContext = field(init=False)
    page: Page = field(init=False)
    group: int = field(init=False)

    def switch_on(self, *, offline: bool = False) -> None:
        """Start the browser on what its former life left; open the app if it joined."""
        self.context = self.browsers.launch_persistent_context(
            self.profile,
            executable_path=str(CHROMIUM),
            args=[*ARGUMENTS, *self.camera],
            viewport={"width": 360, "height": 640},
            locale="fr-FR",
            permissions=["camera"],
            handle_sigint=False,
        )
        # Chromium's own lock names its process; Playwright starts it as the leader of a group.
        self.group = int(str((self.profile / "SingletonLock").readlink()).rpartition("-")[2])
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.expose_binding("seen", self._see)
        self.context.add_init_script(WATCH_POLICY + SEEN)
        self.context.on("weberror", lambda error: self.wrong.append(str(error.error)))
        self.context.on("request", self._hear)
        self.page = self.context.pages[0]
        self.context.set_offline(offline)
        if self.address:
            self.page.goto(self.address)
            self.page.wait_for_selector("#pin")

    def switch_off(self) -> None:
        """Close the browser in order."""
        self.wrong += self.page.evaluate("window.broken")
        self.context.close()

    def _hear(self, asked: Request) -> None:
        if urlsplit(asked.url).hostname != SCHOOL_HOST:
            self.wrong.append(f"called {asked.url}")

    def _see(self, _source: object, outcome: str, name: str, word: str, unsent: str) -> None:
        self.shown.append(Shown(outcome, name, word, int(unsent.rpartition(" ")[2])))

    # --- what an agent does ----------------------------------------------------------------------

    def join(self, link_: str, port: int | None = None) -> None:
        """Open the console's link, by way of another port if need be; become a scanner."""
        parts = urlsplit(link_)
        host = f"{SCHOOL_HOST}:{port or parts.port}"
        self.page.goto(urlunsplit(parts._replace(netloc=host)))
        self.address = f"{parts.scheme}://{host}/scanner/"
        self.page.click("form .primary")
        name_agent(self.page, self.alias)
        self.has_sent_everything()
        controlled = "navigator.serviceWorker.controller !== null"
        self.wait_until(lambda: self.page.evaluate(controlled), what="the service worker")

    def sign_in(self) -> None:
        """Type the agent's PIN."""
        sign_in(self.page)

    def read(self, text: str) -> None:
        """Let a hand reader type a code, as the page hears it."""
        self.page.evaluate(TYPED, text)

    def scan(
        self, text: str, outcome: str, name: str, *, by_keys: bool = False, again: str = ""
    ) -> None:
        """Have a code read until the screen says what came of it.

        By the browser's own keys a busy machine may cut a reader's line in two, which then reads
        as no pass. `again`: what else may be said of a second reading, where a starved page had
        drawn nothing of the first before it.
        """
        before = len(self.shown)
        for _ in range(TRIES):
            if by_keys:
                self.page.keyboard.type(f"{text}\n")
            else:
                self.read(text)
            with suppress(TimeoutError):
                self._until(lambda: self._has_shown({outcome, again}, name, before))
                return
        raise AssertionError(f"{name} was never shown as {outcome}: {self.shown[before:]}")

    def sees(self, outcome: str, name: str, before: int) -> None:
        """Wait until the screen says it, whatever reads."""
        self._until(lambda: self._has_shown({outcome}, name, before), PATIENCE_MS)

    def _has_shown(self, outcomes: set[str], name: str, before: int) -> bool:
        return any(one.outcome in outcomes and name in one.name for one in self.shown[before:])

    def _until(self, fact: Callable[[], bool], patience_ms: int = UNHEARD_MS) -> None:
        """Hear the page until a fact is there."""
        for _ in range(patience_ms // 50):
            if fact():
                return
            self.page.wait_for_timeout(50)  # what the page tells is heard meanwhile
        raise TimeoutError

    def has_sent_everything(self) -> None:
        """See the lane say that nothing waits."""
        expect(self.page.locator(WAITING)).to_have_count(0, timeout=PATIENCE_MS)

    def holds_entries(self) -> None:
        """See the lane say that entries wait to be sent."""
        self.page.wait_for_selector(WAITING)

    # --- what it keeps ---------------------------------------------------------------------------

    def kept(self) -> Kept:
        """Read the phone's own journal, and follow its chain."""
        found = self.page.evaluate(KEPT)
        lines = tuple(Line(*row) for row in found["rows"])
        unsent = found["number"] - found["acknowledged"]
        return Kept(found["gateId"], lines, unsent, fault_of(found))

    # --- how it dies -----------------------------------------------------------------------------

    def kill(self) -> None:
        """Kill all of the browser's processes at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)

    @contextmanager
    def dying(self, within_s: float | None) -> Iterator[threading.Timer]:
        """Kill the browser so long after `start()`, whatever is done inside; or somebody else does.

        The block ends when the browser is dead, and not before.
        """
        timer = threading.Timer(within_s or 0, self.kill)
        with suppress(Error):
            yield timer
            self.page.locator("#none").wait_for(state="attached", timeout=2 * PATIENCE_MS)
        self.wait_until(lambda: not alive(self.group), what="the browser's end")
        timer.cancel()


def alive(group: int) -> bool:
    """Say whether a group has processes that run."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, leader = stat.read_text().rpartition(")")[2].split()[:3]
            if int(leader) == group and state not in "ZX":
                return True
    return False
