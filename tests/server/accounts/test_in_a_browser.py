"""Accounts in a real browser: a passkey, a shift change, and pages that everybody can use."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page

from portique.server.accounts import actions, devices, first_start
from portique.server.accounts.models import User
from portique.server.accounts.roles import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSKEY_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
RULES = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}
WIDTHS = (320, 390, 1280)


@pytest.fixture
def address(transactional_db, live_server, served) -> str:
    """Serve the school."""
    return str(live_server.url).replace("127.0.0.1", "localhost")  # passkeys want a name


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open browsers of their own; no page may have stumbled."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def make(**options: Any) -> Page:
        context = chromium.new_context(**({"locale": "fr-FR"} | options))
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert wrong == []


def give_passkeys(page: Page) -> None:
    """Put a phone with a fingerprint beside the browser."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": PASSKEY_DEVICE})


def start_school(page: Page, address: str, code: str) -> None:
    """Make the head's account, and a passkey for it."""
    page.goto(f"{address}/")
    given = {"code": code, "name": "Dominique Aubry", "login": "d.aubry"}
    given |= {"password": "trois mots faciles", "again": "trois mots faciles"}
    for name, value in given.items():
        page.fill(f"[name={name}]", value)
    page.click("main form button")
    page.click("text=Ajouter une clé d’accès")
    page.click("text=Ajouter maintenant")
    page.wait_for_url("**/second-facteur/codes/")


@pytest.mark.slow
def test_a_head_starts_and_comes_back_by_a_passkey(visitor, address):
    """From the printed code to the first page, then without a password."""
    code = first_start.make_code()
    page = visitor()
    give_passkeys(page)
    start_school(page, address, str(code))
    page.click("text=Se déconnecter")

    page.click("text=Se connecter avec une clé d’accès")
    page.wait_for_url(f"{address}/")
    assert page.inner_text(".who").startswith("Dominique Aubry")


def offered_device(page: Page, address: str, account: Callable[..., User]) -> User:
    """Make a browser a shared device, for an agent who has a PIN."""
    agent = account(Role.AGENT)
    devices.set_pin(agent, "482915")
    page.goto(f"{address}/compte/poste/")
    page.fill("[name=code]", devices.offer("loge", by=account(Role.HEAD)))
    page.click("main form button")
    return agent


@pytest.mark.slow
def test_an_agent_is_there_after_seven_touches(visitor, address, account):
    """A name and six digits; the sixth sends."""
    page = visitor(has_touch=True, viewport={"width": 390, "height": 844})
    offered_device(page, address, account)
    page.tap(".people a")
    for digit in "482915":
        page.tap(f"[data-digit='{digit}']")

    page.wait_for_selector("text=Changer d’agent")


@pytest.mark.slow
def test_a_pin_needs_no_script(visitor, address, account):
    """The keyboard, and a button."""
    page = visitor(java_script_enabled=False)
    offered_device(page, address, account)
    page.click(".people a")
    page.fill("#pin", "482915")
    page.keyboard.press("Enter")

    page.wait_for_selector("text=Changer d’agent")


@pytest.mark.slow
def test_digits_of_the_pad_are_big_enough_for_gloves(visitor, address, account):
    """At least 72 by 72 pixels, on the smallest phone."""
    page = visitor(viewport={"width": 320, "height": 640})
    offered_device(page, address, account)
    page.click(".people a")
    boxes = [each.bounding_box() for each in page.locator("[data-digit]").all()]

    assert len(boxes) == 10
    assert all(box and box["width"] >= 72 and box["height"] >= 72 for box in boxes)


def faults(page: Page) -> list[str]:
    """Return what axe finds on a desk, and at which widths something is cut off."""
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("(options) => axe.run(options)", RULES)["violations"]
    said = [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            said.append(f"wider than {width} pixels")
    return said


@pytest.mark.slow
@pytest.mark.parametrize(("language", "scheme"), [("fr-FR", "light"), ("en-GB", "dark")])
def test_every_page_of_accounts_is_for_everybody(visitor, address, language, scheme):
    """Axe finds nothing, and nothing is cut off: on a small phone, a phone and a desk."""
    code = first_start.make_code()
    page = visitor()
    give_passkeys(page)
    start_school(page, address, str(code))
    head = User.objects.get()
    colleague = actions.make_account(
        actions.Colleague("Maximilienne-Anne-Sophie de Brie", Role.AGENT, "loge"), by=head
    )
    own = ["", "compte/comptes/", "compte/comptes/nouveau/", f"compte/comptes/{colleague.pk}/"]
    own += ["compte/postes/", "compte/actes/", "compte/second-facteur/", "compte/encore/"]
    own += ["compte/second-facteur/application/", "compte/second-facteur/cles/", "nowhere"]
    strangers = ["compte/connexion/", "compte/arrivee/", "compte/poste/"]
    state = page.context.storage_state()
    known = visitor(locale=language, color_scheme=scheme, storage_state=state)
    stranger = visitor(locale=language, color_scheme=scheme)
    for browser, paths in ((known, own), (stranger, strangers)):
        for path in paths:
            browser.goto(f"{address}/{path}")
            assert faults(browser) == [], path
