"""Two screens and two cameras: wallets in Chromium, held before a gate's process and a scanner.

A phone's screen is photographed as it is rendered, whole, and put before both cameras: the gate's
is a network camera, the scanner's is its Chromium's own. All run on the machine's clock; a phone
whose time is wrong is one whose browser says so.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from tests.browser.conftest import WATCH_POLICY
from tests.browser.phones.cameras import NetworkCamera, held_up, wall_alone
from tests.browser.scanner.alone import name_agent, sign_in
from tests.browser.scanner.conftest import FakeCamera, film, seeing_chromium
from tests.browser.scanner.working_school import Office
from tests.browser.wallet.conftest import CODE as DRAWN
from tests.e2e.test_first_day import UAI, Day, first_start, new_school, process

from portique.core.plain import Words
from portique.gate.config import dump, load
from portique.gate.sections import CameraSection
from portique.testing.scenes import Frame
from portique.testing.siecle import make_school, siecle_zip

__all__ = ["DRAWN", "film", "seeing_chromium"]

PATIENCE_MS = 30_000
PUPILS = 20
LOOKS, LOOK_MS = 15, 2_000  # a phone's screen is looked at again and again, as it changes
CLOCK = """
window.aheadMs = AHEAD;
const true_ = Date;
Date = class extends true_ {
  constructor(...parts) { parts.length ? super(...parts) : super(true_.now() + aheadMs); }
  static now() { return true_.now() + aheadMs; }
};
"""

COME_BACK = """(ahead_ms) => {
  window.aheadMs = ahead_ms;
  for (const seen of ['hidden', 'visible']) {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => seen });
    document.dispatchEvent(new Event('visibilitychange'));
  }
}"""


@dataclass(frozen=True)
class Needed:
    """A phone that a test needs: with how many passes, how wrong, in which language."""

    passes: int = 1
    ahead_s: float = 0
    locale: str = "fr-FR"
    photographed: bool = False


@dataclass
class Wallet:
    """A holder's phone, whose clock may be wrong."""

    context: BrowserContext
    address: str
    ahead_s: float = 0
    names: list[str] = field(default_factory=list)
    page: Page = field(init=False)
    screenshot: bytes = b""
    screenshot_s: int = 0

    def __post_init__(self) -> None:
        """Set its clock before its first page."""
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.add_init_script(WATCH_POLICY + CLOCK.replace("AHEAD", f"{self.ahead_s}e3"))
        self.page = self.context.new_page()

    def add(self, name: str, code: str) -> None:
        """Add somebody's pass by its code."""
        self.names.append(name)
        self.page.goto("about:blank")
        self.page.goto(f"{self.address}/wallet/#code={code}")
        self.page.click("form .primary")
        expect(self.page.locator(".card h1")).to_have_text(name)

    def close(self) -> None:
        """Close the app."""
        self.page.close()

    def open(self) -> None:
        """Open the app again."""
        self.page = self.context.new_page()
        self.page.goto(f"{self.address}/wallet/")
        self.page.wait_for_selector(".card h1")

    def choose(self, name: str) -> None:
        """Turn over to somebody's pass."""
        for step in ("Précédent", "Suivant"):
            button = self.page.locator(f"[aria-label={step}]:enabled")
            while self.page.locator("h1").inner_text() != name and button.count():
                before = self.page.locator(".switch p").inner_text()
                button.click()
                expect(self.page.locator(".switch p")).not_to_have_text(before)
        expect(self.page.locator("h1")).to_have_text(name)
        self.page.wait_for_selector(DRAWN)

    def puts_its_clock(self, ahead_s: float) -> None:
        """Have its time set in its settings, and come back to the app."""
        self.page.evaluate(COME_BACK, ahead_s * 1000)

    def photograph(self) -> None:
        """Keep a picture of its screen, and when its code was drawn: it grows old meanwhile."""
        self.screenshot, self.screenshot_s = self.screen(), self.drawn_at()

    def drawn_at(self) -> int:
        """Return the second in which the code on the screen was drawn, by the phone's clock."""
        return int(self.page.get_attribute(DRAWN, "data-seconds") or 0)

    def insist(self) -> None:
        """Show the code although the app says that it won't do."""
        self.page.click(".obstacle .actions button.quiet >> nth=-1")
        self.page.wait_for_selector(DRAWN)

    def redrawn(self, before: int) -> None:
        """Wait for another code than the one drawn at `before`."""
        expect(
            self.page.locator(f"canvas[data-seconds]:not([data-seconds='{before}'])")
        ).to_be_visible(timeout=PATIENCE_MS)

    def screen(self) -> bytes:
        """Photograph its screen, once it is all there."""
        self.page.wait_for_selector(DRAWN)
        return self.page.screenshot(animations="disabled")


@dataclass
class Scanner:
    """An agent's phone, whose clock may be set."""

    context: BrowserContext
    camera: FakeCamera
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        """Set its clock before its first page."""
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.add_init_script(WATCH_POLICY + CLOCK.replace("AHEAD", "0"))
        self.page = self.context.new_page()

    def join(self, link: str) -> None:
        """Open the console's link; become a scanner with one agent."""
        self.page.goto(link)
        self.page.click("form .primary")
        name_agent(self.page)

    def sign_in(self) -> None:
        """Type the agent's PIN."""
        sign_in(self.page)


@dataclass
class GateLane:
    """The gate's process: its camera, and its agent's screen in French and in English."""

    camera: NetworkCamera
    screens: dict[str, Page]
    pin: str

    def attend(self) -> None:
        """Have the agent be at the screen, which locks by itself when nobody is."""
        for page in self.screens.values():
            if page.locator("body[data-locked=yes]").count():
                page.fill("#lock #pin", self.pin)
                page.click("#lock .primary")
                page.wait_for_selector("body[data-locked=no]")
            page.keyboard.press("Shift")

    def sees(self, frame: Frame) -> None:
        """Have this before its camera."""
        self.camera.see(frame)

    def granted(self, name: str) -> Locator:
        """Return where its screen tells that somebody is let through."""
        return self.screens["fr"].locator("#recent [data-outcome=grant]", has_text=name)

    def refuses(self, *said: Words | str) -> None:
        """See the agent's screen refuse, with these words."""
        for language, page in self.screens.items():
            card = page.locator("#stage .card[data-outcome=refuse]")
            for words in said:
                expect(card).to_contain_text(in_language(words, language), timeout=PATIENCE_MS)


@dataclass
class ScannerLane:
    """An agent's phone at the same lane: its camera and its screen, in one language at a time."""

    phone: Scanner
    language: str = "fr"

    def sees(self, frame: Frame) -> None:
        """Have this before its camera."""
        self.phone.camera.draw(frame)

    def granted(self, name: str) -> Locator:
        """Return where its screen tells that somebody is let through."""
        return self.phone.page.locator(".stage .plaque[data-outcome=grant]", has_text=name)

    def refuses(self, *said: Words | str) -> None:
        """See its screen refuse, with these words."""
        self.has("refuse", *said)

    def has(self, outcome: str, *said: Words | str) -> None:
        """See its screen tell an outcome, with these words beside it."""
        page = self.phone.page
        page.wait_for_selector(f".stage .plaque[data-outcome={outcome}]")
        for words in said:
            expect(page.locator("main")).to_contain_text(
                in_language(words, self.language), timeout=PATIENCE_MS
            )

    def puts_its_clock(self, ahead_s: float) -> None:
        """Have its time set in its settings."""
        self.phone.page.evaluate("(ms) => (window.aheadMs = ms)", ahead_s * 1000)

    def turn_to_english(self) -> None:
        """Have the agent turn to English, with their PIN again."""
        self.phone.page.click("button:has-text('Menu')")
        self.phone.page.click("text=English")
        self.phone.sign_in()
        self.language = "en"


def in_language(words: Words | str, language: str) -> str:
    """Return what is said in a language; a name is the same in each."""
    return words if isinstance(words, str) else str(getattr(words, language))


@dataclass
class School:
    """One school: its server, a gate and a scanner at its entry, codes for pupils' phones."""

    office: Office
    gate: GateLane
    scanner: ScannerLane
    wallets: dict[str, Wallet]

    def take(self, name: str) -> Wallet:
        """Take out one of the phones, and open its wallet."""
        self.wallets[name].open()
        return self.wallets[name]

    def lets_through(self, lane: GateLane | ScannerLane, held: Wallet, name: str) -> None:
        """Hold a phone before one camera, its screen as it changes: its holder is let through."""
        self.gate.attend()
        held.choose(name)
        for _ in range(LOOKS):
            lane.sees(held_up(held.screen()))
            with suppress(PlaywrightTimeout):
                lane.granted(name).wait_for(timeout=LOOK_MS)
                break
        expect(lane.granted(name)).to_be_visible()
        lane.sees(wall_alone())

    def both_refuse(self, seen: Frame | Wallet, *said: Words | str) -> None:
        """Hold something before both cameras: both refuse it, in these words."""
        self.gate.attend()
        frame = held_up(seen.screen()) if isinstance(seen, Wallet) else seen
        for lane in (self.gate, self.scanner):
            lane.sees(frame)
        for lane in (self.gate, self.scanner):
            lane.refuses(*said)
        for lane in (self.gate, self.scanner):
            lane.sees(wall_alone())


def taken_out(chromium: Browser, address: str, kind: Needed) -> Wallet:
    """Take out a phone of a kind, without a pass yet."""
    context = chromium.new_context(
        viewport={"width": 360, "height": 640}, locale=kind.locale, device_scale_factor=2
    )
    return Wallet(context, address, kind.ahead_s)


def enrolled(chromium: Browser, day: Day, kinds: Mapping[str, Needed]) -> dict[str, Wallet]:
    """Take out phones and add a pass, or several, to each by the console's codes."""
    codes = iter(codes_on_sheet(day).items())
    made = {name: taken_out(chromium, day.address, kind) for name, kind in kinds.items()}
    for name, kind in kinds.items():
        for whose, code in islice(codes, kind.passes):
            made[name].add(whose, code)
        assert len(made[name].names) == kind.passes
        if kind.photographed:
            made[name].photograph()
        made[name].close()
    return made


def codes_on_sheet(day: Day) -> dict[str, str]:
    """Have the console print a code for each pupil of the classes; return them by name."""
    found = {}
    day.go("/telephones/")
    for place in range(day.page.locator("main table button").count()):
        day.go("/telephones/")
        day.page.locator("main table button").nth(place).click()
        day.page.wait_for_selector(".wallet-codes")
        for one in day.page.locator(".wallet-codes > li").all():
            name = one.locator("h2").evaluate("each => each.firstChild.textContent.trim()")
            found[name] = one.locator(".code").inner_text()
    return found


def joined_gate(day: Day, config: Path, camera: str) -> str:
    """Let a gate join by the console's code and look through a camera; return its agent's PIN."""
    config.parent.mkdir()
    picture = day.folder / "invitation.png"
    day.go("/portiques/ajouter/")
    day.page.check("[value=entry-1]")
    day.page.click("text=Afficher le code")
    day.page.locator("img.qr").screenshot(path=picture)
    words = ["gate", "enrol", "--picture", str(picture), "--out", str(config), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "portique.cli", *words],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    held = load(config)
    looking = replace(
        held, camera=CameraSection(source=camera), screens=replace(held.screens, port=0)
    )
    config.write_text(dump(looking, folder=config.parent), encoding="utf-8")
    return str(json.loads(done.stdout)["pin"])


def address_in(log: Path) -> str | None:
    """Return where a gate's screens are, once it has said so."""
    lines = [line for line in log.read_text("utf-8").splitlines() if '"agent"' in line]
    return str(json.loads(lines[0])["agent"]) if lines else None


def signed_in(chromium: Browser, address: str, pin: str, language: str) -> Page:
    """Open a gate's screen for its agent."""
    page = chromium.new_context(locale="fr-FR").new_page()
    page.goto(f"{address}?lang={language}")
    page.fill("#pin", pin)
    page.click("form .primary")
    page.wait_for_selector("body[data-locked=no]")
    return page


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the module's folder."""
    return tmp_path_factory.mktemp("phones")


@pytest.fixture(scope="module")
def office(chromium, folder, wait_until) -> Iterator[Office]:
    """A new school's server, running, its head signed in, its pupils imported."""
    school = folder / "school"
    new_school(school)
    with first_start(chromium, school, wait_until) as (day, code):
        day.start(code)
        day.import_pupils(siecle_zip(make_school(7, PUPILS, uai=UAI)))
        yield Office(day, school)


@pytest.fixture(scope="module")
def wallets(request, chromium, office) -> Iterator[dict[str, Wallet]]:
    """Phones with their passes, of the kinds the module names, closed."""
    made = enrolled(chromium, office.day, request.module.PHONES)
    yield made
    for held in made.values():
        held.context.close()


@pytest.fixture(scope="module")
def gate(chromium, office, wallets, folder, wait_until) -> Iterator[GateLane]:
    """A gate's process that joined when the phones had their passes, and knows them."""
    camera, config, log = NetworkCamera(), folder / "gate" / "entry-1.toml", folder / "gate.log"
    pin = joined_gate(office.day, config, camera.address)
    with process("gate", "run", str(config), "--json", log=log):
        wait_until(lambda: address_in(log), 60, "the gate's address")
        address = str(address_in(log))
        screens = {each: signed_in(chromium, address, pin, each) for each in ("fr", "en")}
        yield GateLane(camera, screens, pin)
        for page in screens.values():
            page.context.close()
    camera.close()


@pytest.fixture(scope="module")
def scanner(seeing_chromium, film, office, wallets) -> Iterator[ScannerLane]:
    """An agent's phone that joined when the phones had their passes, and knows them."""
    context = seeing_chromium.new_context(
        viewport={"width": 360, "height": 640}, locale="fr-FR", permissions=["camera"]
    )
    lane = ScannerLane(Scanner(context, FakeCamera(film)))
    lane.sees(wall_alone())
    lane.phone.join(office.invite("entry-1"))
    lane.phone.page.wait_for_selector(".standing [data-state=fresh]:has-text('Infos')")
    yield lane
    context.close()


@pytest.fixture(scope="module")
def school(office, gate, scanner, wallets) -> School:
    """The school, in which all is ready."""
    return School(office, gate, scanner, wallets)
