"""A morning with an agent's phone: a real server, the console's invitation, a camera."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.conftest import WATCH_POLICY
from tests.browser.scanner.conftest import KEPT, WIPED_MS, FakeCamera
from tests.e2e.test_first_day import Day, first_start, new_school

from portique.cli.options import machine_time
from portique.core.values import Kind, Uai, Window
from portique.school.folder import SchoolFolder, Settings
from portique.school.issuing import Request, issue
from portique.sight.codes import CodeReader

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

ALIAS, PIN = "loge-1", "482915"
PATIENCE_MS = 30_000
PEOPLE = 6
WAITING = ".standing [data-state=waits]"
WRITTEN = """async () => {
  const open = indexedDB.open('portique-scanner-journal');
  await new Promise((done) => (open.onsuccess = done));
  const asked = open.result.transaction('rows').objectStore('rows').getAll();
  await new Promise((done) => (asked.onsuccess = done));
  open.result.close();
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return asked.result.map(({ epoch, number, chain }) => [epoch, number, hex(chain)]);
}"""
AT_REST = """async () => {
  const text = (value) => {
    if (value instanceof ArrayBuffer) return text(new Uint8Array(value));
    if (ArrayBuffer.isView(value)) return new TextDecoder().decode(value);
    if (value === null || typeof value !== 'object') return String(value);
    return Object.values(value).map(text).join(' ');
  };
  const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
  for (const { name } of await indexedDB.databases()) {
    const open = indexedDB.open(name);
    await new Promise((done) => (open.onsuccess = done));
    for (const table of open.result.objectStoreNames) {
      const asked = open.result.transaction(table).objectStore(table).getAll();
      await new Promise((done) => (asked.onsuccess = done));
      found.push(text(asked.result));
    }
    open.result.close();
  }
  return found.join(' ');
}"""
CACHED = """async () => {
  const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const kept = await Promise.all(caches_.map((cache) => cache.keys()));
  return kept.flat().map(({ url }) => new URL(url).pathname);
}"""


@dataclass
class Phone:
    """An agent's phone: its camera, what went wrong on it, whom it called."""

    context: BrowserContext
    camera: FakeCamera
    page: Page = field(init=False)
    wrong: list[str] = field(default_factory=list)
    hosts: set[str | None] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Watch it from its first page on."""
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.add_init_script(WATCH_POLICY)
        self.context.on("request", lambda asked: self.hosts.add(urlsplit(asked.url).hostname))
        self.context.on("weberror", lambda error: self.wrong.append(str(error.error)))
        self.page = self.context.new_page()

    def join(self, link: str) -> None:
        """Open the console's link; become a scanner with one agent."""
        self.page.goto(link)
        self.page.click("form .primary")
        self.page.fill("#alias", ALIAS)
        self.page.fill("#new-pin", PIN)
        self.page.fill("#again", PIN)
        self.page.click("form .primary")
        self.page.wait_for_selector(".standing")

    def sign_in(self) -> None:
        """Type the agent's PIN."""
        self.page.fill("#pin", PIN)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(".standing")

    def scan(self, text: str, outcome: str, said: str) -> None:
        """Hold a pass before the camera until the screen says what came of it."""
        self.camera.show(text)
        plaque = self.page.locator(f".stage .plaque[data-outcome={outcome}]")
        expect(plaque).to_contain_text(said, timeout=PATIENCE_MS)
        self.camera.show_nothing()

    def holds_entries(self) -> None:
        """See the screen say that entries wait to be sent."""
        self.page.wait_for_selector(WAITING)

    def has_sent_everything(self) -> None:
        """See the screen say that none waits."""
        expect(self.page.locator(WAITING)).to_have_count(0, timeout=PATIENCE_MS)


@dataclass
class Morning:
    """The school: its console in a browser, its database, the passes people hold."""

    day: Day
    school: Path
    texts: list[str]
    strange: str

    def invite(self) -> str:
        """Have the console show a code for a phone; read it as a phone's camera does."""
        page = self.day.page
        self.day.go("/portiques/ajouter/")
        page.check("[value=phone]")
        page.check("[value=entry-1]")
        page.click("text=Afficher le code")
        seen = np.frombuffer(page.locator("img.qr").screenshot(), np.uint8)
        picture = cv2.imdecode(seen, cv2.IMREAD_GRAYSCALE)
        assert picture is not None
        (code,) = CodeReader().read(picture.astype(np.uint8), at_ms=0).codes
        return str(code.text)

    def remove(self) -> None:
        """Take the phone out of the school."""
        self.day.go("/portiques/entry-1/retirer/")
        self.day.page.click("button.danger")
        self.day.page.wait_for_selector("text=Aucun portique")

    def asked(self, query: str) -> list[tuple]:
        """Look into the server's database."""
        with closing(
            sqlite3.connect(f"file:{self.school / 'server.db'}?mode=ro", uri=True)
        ) as rows:
            return rows.execute(query).fetchall()

    def filed(self) -> list[list]:
        """Return the entries the server holds: epoch, number, chain."""
        rows = self.asked(
            "SELECT epoch.number, entry.number, lower(hex(entry.chain)) FROM gates_entry entry"
            " JOIN gates_epoch epoch ON epoch.id = entry.epoch_id"
        )
        return sorted(map(list, rows))


def passes_of(folder: Path, count: int) -> list[str]:
    """Issue passes to people of a school's folder."""
    at = machine_time().replace(microsecond=0)
    window = Window(at - timedelta(hours=1), at + timedelta(days=30))
    school = SchoolFolder.open(folder)
    made = [
        issue(
            school, Request(Kind.STAFF, f"Personne {n}", window=window), at=at, entropy=os.urandom
        )
        for n in range(count)
    ]
    school.close()
    return [one.text for one in made]


@pytest.fixture
def morning(chromium, tmp_path, wait_until) -> Iterator[Morning]:
    """A new school's server, running, its head signed in at the console."""
    school, other = tmp_path / "school", tmp_path / "other"
    new_school(school)
    settings = Settings(Uai("0990002P"), "Lycée des Ormes")
    SchoolFolder.create(other, settings, at=machine_time(), entropy=os.urandom).close()
    texts, (strange,) = passes_of(school, PEOPLE), passes_of(other, 1)
    with first_start(chromium, school, wait_until) as (day, code):
        day.start(code)
        yield Morning(day, school, texts, strange)


@pytest.fixture
def phone(seeing_chromium, camera) -> Iterator[Phone]:
    """Take out a phone; afterwards it must have called nobody but the school."""
    context = seeing_chromium.new_context(
        viewport={"width": 360, "height": 640}, locale="fr-FR", permissions=["camera"]
    )
    held = Phone(context, camera)
    yield held
    broken = held.page.evaluate("window.broken")
    context.close()
    assert (held.wrong, broken, held.hosts) == ([], [], {"127.0.0.1"})


def test_a_morning_without_network_is_filed_once_and_a_stolen_phone_is_emptied(
    morning: Morning, phone: Phone, wait_until
):
    """Joined by the console's link, offline with a reload in between, back, removed."""
    phone.join(morning.invite())
    granted, late = morning.texts[:-1], morning.texts[-1]
    phone.scan(granted[0], "grant", "Personne 0")
    phone.scan(morning.strange, "refuse", "Refus")
    phone.has_sent_everything()
    controlled = "Boolean(navigator.serviceWorker.controller)"
    wait_until(lambda: phone.page.evaluate(controlled), what="the service worker")

    phone.context.set_offline(True)
    for n, text in enumerate(granted[1:], 1):
        phone.scan(text, "grant", f"Personne {n}")
    phone.page.reload()
    phone.page.wait_for_selector("#pin")
    at_rest = phone.page.evaluate(AT_REST)
    assert ALIAS in at_rest
    assert "Personne" not in at_rest
    phone.sign_in()
    phone.holds_entries()
    phone.scan(late, "grant", f"Personne {PEOPLE - 1}")
    phone.context.set_offline(False)
    phone.has_sent_everything()

    assert morning.filed() == sorted(phone.page.evaluate(WRITTEN))
    crossings = morning.asked("SELECT count(*), count(DISTINCT holder) FROM gates_crossing")
    assert crossings == [(PEOPLE, PEOPLE)]
    phone.page.evaluate("localStorage.setItem('portique-camera', 'the back one')")
    morning.remove()
    gone = phone.page.locator("h1", has_text="n’est plus un scanner")
    expect(gone).to_be_visible(timeout=WIPED_MS)
    assert phone.page.evaluate(KEPT) == ["portique-scanner kept gone"]
    left = phone.page.evaluate(AT_REST)
    assert [name for name in (ALIAS, "portique-camera") if name in left] == []
    assert all(path.startswith("/scanner/") for path in phone.page.evaluate(CACHED))
