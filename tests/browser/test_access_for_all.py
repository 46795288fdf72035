"""axe finds nothing on any page, in both languages, light and dark, on phone, tablet and desk."""

import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from portique.core.decide import Outcome, Reason
from portique.core.entries import Ruling
from portique.core.sentences import AdmitReason
from portique.core.values import Kind, Medium, PassId
from portique.gate.board import (
    WAITING_MAX,
    Advice,
    Alert,
    AlertKind,
    Board,
    Card,
    Freshness,
    FreshnessState,
    Mode,
    Organ,
    Posture,
    Ruled,
)
from portique.gate.faults import (
    JOURNAL_FULL,
    NO_CAMERA,
    NO_DOOR,
    NO_READER,
    NO_READING,
    TIME_DOUBTED,
)
from portique.gate.learning import NOT_TAKEN
from portique.gate.screen.preview import MONDAY_MS, sample_aim, sample_waiting

pytestmark = pytest.mark.browser

SIZES = {
    "phone": (390, 844),
    "tablet": (820, 1180),
    "laptop": (1280, 800),
    "desk": (1920, 1080),
}
LANGUAGES, SCHEMES = ("fr", "en"), ("light", "dark")
# Any two of size, language and scheme meet in every second look; all three meet at a release.
STEP = 1 if os.environ.get("PORTIQUE_EVERY_LOOK") else 2
LOOKS = [
    pytest.param(size, language, scheme, id=f"{name}-{language}-{scheme}")
    for (of, (name, size)), (tongue, language), (light, scheme) in itertools.product(
        enumerate(SIZES.items()), enumerate(LANGUAGES), enumerate(SCHEMES)
    )
    if (of + tongue + light) % STEP == 0
]
NAMES = (
    "Maximilienne-Anne-Sophie de Brie",
    "مريم عبد الرحمن",
    "გიორგი ლო",
    "Nguyễn Thị Phương Thảo",
    "Αλεξάνδρα Παπαδο",
)
EVERY_FAULT = {
    Organ.CAMERA: NO_CAMERA,
    Organ.DECODER: NO_READING,
    Organ.JOURNAL: JOURNAL_FULL,
    Organ.DOOR: NO_DOOR,
    Organ.READER: NO_READER,
    Organ.CLOCK: TIME_DOUBTED,
}
RULES = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}
STRONG_CONTRAST = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast-enhanced"]},
}


def faults(page: Page, options: dict[str, Any] = RULES) -> list[str]:
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE_SCRIPT)  # half a megabyte: once a page is enough
    found = page.evaluate("(options) => axe.run(options)", options)["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize(("size", "language", "scheme"), LOOKS)
def test_the_pages_before_signing_in(visit, size, language, scheme):
    """Start, sign-in, pairing and the page that does not exist."""
    watched = visit(*size, color_scheme=scheme)
    for path in ("/", "/agent", "/nowhere"):
        watched.page.goto(f"{watched.url}{path}?lang={language}")
        assert faults(watched.page) == [], path

    watched.page.set_extra_http_headers({"x-forwarded-for": "192.0.2.7"})
    watched.page.goto(f"{watched.url}/agent?lang={language}")
    assert watched.page.locator("#code").count() == 1
    assert faults(watched.page) == []


@pytest.mark.parametrize(("size", "language", "scheme"), LOOKS)
def test_the_agents_screen(visit, board, size, language, scheme):
    """With cards waiting, everything wrong at once, and calm."""
    watched = visit(*size, color_scheme=scheme)
    page = watched.sign_in(language)
    assert faults(page) == []

    everything_wrong(board)
    page.wait_for_selector("#posture:not([hidden])")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("[data-open=end-dialog]")
    assert faults(page) == []


@pytest.mark.parametrize(("size", "language", "scheme"), LOOKS)
def test_the_agents_screen_under_strain(visit, board, size, language, scheme):
    """Forty cards with names of 32 bytes in five alphabets, every fault, two alerts, old news."""
    page = visit(*size, color_scheme=scheme).sign_in(language)
    for card in strangers():
        board.present(card)
    page.wait_for_selector(f"#waiting li:nth-child({WAITING_MAX})")
    page.locator("#waiting button", has_text=NAMES[1]).last.click()
    page.wait_for_selector(f".card[data-waits=yes]:has-text('{NAMES[1]}')")
    assert faults(page) == []
    for organ, words in EVERY_FAULT.items():
        board.set_fault(organ, words)
    board.raise_alert(Alert(1, AlertKind.STOLEN_ISSUER, MONDAY_MS))
    board.raise_alert(Alert(2, AlertKind.NOTICE, MONDAY_MS, NOT_TAKEN))
    board.set_freshness([Freshness("rights", 400_000, FreshnessState.STALE)])
    board.aim([], advice=Advice.ONE_AT_A_TIME)
    page.wait_for_selector("#asked:not(:empty)")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("size", "language", "scheme"), LOOKS)
def test_the_agents_other_states(visit, board, size, language, scheme):
    """Each dialog, counting, and the locked screen."""
    page = visit(*size, color_scheme=scheme).sign_in(language)
    for dialog in ("manual-dialog", "mode-dialog", "help-dialog"):
        page.click(f"[data-open={dialog}]")
        assert faults(page) == [], dialog
        page.keyboard.press("Escape")
    if size == SIZES["phone"]:  # the same dialog everywhere: both languages and schemes here
        page.click("[data-open=forgotten-dialog]")
        page.fill("#letters", "ine")
        page.keyboard.press("Enter")
        page.wait_for_selector("#candidates button")
        assert faults(page) == []
        page.keyboard.press("Escape")

    for mode in (Mode.FREE, Mode.COUNTING):
        board.set_mode(mode)
        page.wait_for_selector(f"body[data-mode={mode}]")
        assert faults(page) == [], mode
    for posture in (Posture.INTRUSION, Posture.SHELTER):
        board.set_posture(posture)
        page.wait_for_selector(f"[data-posture={posture}]")
        assert faults(page) == [], posture
    page.click("#lock-now")
    page.wait_for_selector("body[data-locked=yes]")
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES.values()), ids=list(SIZES))
def test_the_agents_screen_when_nothing_waits_or_nothing_works(visit, board, serving, size, scheme):
    """Calm, then cut off from the gate."""
    for card in board.snapshot().waiting:
        board.settle(card.showing, Ruled(Ruling.ADMIT, AdmitReason.KNOWN, "loge", MONDAY_MS))
    page = visit(*size, color_scheme=scheme).sign_in()
    assert faults(page) == []
    board.forget(2 * MONDAY_MS)
    page.wait_for_selector("#calm:not([hidden])")
    assert faults(page) == []

    serving.stop()
    page.wait_for_selector("#offline:not([hidden])")
    assert faults(page) == []


@pytest.mark.parametrize("size", list(SIZES.values()), ids=list(SIZES))
def test_the_holders_screen_in_every_state(visit, board, size):
    """Idle, aiming, go ahead, see the agent, free passage, evacuation."""
    page = visit(*size).holder()
    assert faults(page) == []
    board.aim([sample_aim()])
    page.wait_for_selector("body[data-aiming=yes]")
    assert faults(page) == []
    for change, state in holder_changes(board):
        change()
        page.wait_for_selector(f"body[data-state={state}]")
        assert faults(page) == [], state


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_main_text_can_be_read_in_the_sun(visit, board, scheme):
    """Seven to one and more, everywhere on the agent's and the holder's screens (WCAG AAA)."""
    watched = visit(color_scheme=scheme)
    page = watched.sign_in()
    everything_wrong(board)
    page.wait_for_selector("#posture:not([hidden])")
    assert faults(page, STRONG_CONTRAST) == []

    board.set_fault(Organ.CAMERA, None)  # a blind gate's holder's screen asks for no code
    board.set_fault(Organ.DECODER, None)
    page = watched.holder()
    for change, state in holder_changes(board):
        change()
        page.wait_for_selector(f"body[data-state={state}]")
        assert faults(page, STRONG_CONTRAST) == [], state


def strangers() -> Iterator[Card]:
    for number in range(WAITING_MAX):
        name = NAMES[number % len(NAMES)]
        yield Card(
            100 + number,
            MONDAY_MS,
            Outcome.REFER,
            Medium.PAPER,
            (Reason.EXPIRED, Reason.OUTSIDE_OPENING),
            PassId(f"{number:016x}"),
            name,
            "1re STMG2 AB",
            Kind.PUPIL,
        )


def everything_wrong(board: Board) -> None:
    board.set_fault(Organ.CAMERA, NO_CAMERA)
    board.raise_alert(Alert(1, AlertKind.EXIT_REFUSED, MONDAY_MS))
    states = enumerate(FreshnessState)
    board.set_freshness([Freshness(f"part-{n}", 90_000, state) for n, state in states])
    board.set_posture(Posture.EVACUATION, drill=True)


def holder_changes(board: Board) -> Iterator[tuple[Callable[[], object], str]]:
    granted = Card(70, MONDAY_MS, Outcome.GRANT, Medium.PAPER)
    yield lambda: board.set_posture(Posture.NORMAL), "idle"
    yield lambda: board.present(granted), "pass"
    yield lambda: board.present(sample_waiting()[0]), "agent"
    yield lambda: board.gone(11), "idle"
    yield lambda: board.set_mode(Mode.FREE), "free"
    yield lambda: board.set_posture(Posture.EVACUATION), "evacuate"
