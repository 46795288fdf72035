"""Accounts in a real browser: a passkey and a shift change."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portique.server.accounts import devices, first_start
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


@pytest.mark.slow
def test_a_page_at_digits_says_that_passkeys_want_a_name(visitor, address, signed_in):
    """And how to go on: the name, or the app of codes."""
    page = visitor()
    cookie = signed_in(Role.HEAD).cookies[settings.SESSION_COOKIE_NAME].value
    digits = address.replace("localhost", "127.0.0.1")
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": digits}]
    )
    page.goto(digits + reverse("mfa_add_webauthn"))

    expect(page.get_by_text("à une adresse en chiffres")).to_be_visible()
    expect(page.get_by_text("Ajouter maintenant")).to_be_hidden()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("NotAllowedError", "Rien n’a été confirmé"),
        ("SecurityError", "refuse les clés d’accès à cette adresse"),
        ("UnknownError", "La clé n’a pas répondu"),
    ],
)
def test_why_a_passkey_failed_is_told_apart(visitor, address, served, fault, said):
    """Cancelled, refused where the page is, or silent."""
    page = visitor()
    page.add_init_script(
        f"navigator.credentials.get = () => Promise.reject(new DOMException('', '{fault}'))"
    )
    page.goto(f"{address}/compte/connexion/")
    page.click("text=Se connecter avec une clé d’accès")

    expect(page.locator(".error:visible")).to_contain_text(said)


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
    page.wait_for_load_state()  # with its styles
    boxes = [each.bounding_box() for each in page.locator("[data-digit]").all()]

    assert len(boxes) == 10
    assert all(box and box["width"] >= 72 and box["height"] >= 72 for box in boxes)
