"""Somebody comes back to the app: by the back button, or to a phone that was locked."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.wallet.conftest import CODE
from tests.conftest import ARGUMENTS, CHROMIUM

from portique.core.revocation import Status
from portique.core.values import PassId, from_ms, to_ms
from portique.server.passes.models import IssuedPass

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CONTROLLED = "Boolean(navigator.serviceWorker.controller)"
KEPT_PAGE = "addEventListener('pageshow', ({ persisted }) => (window.persisted = persisted))"


@pytest.fixture(scope="module")
def chromium(chromium: Browser) -> Iterator[Browser]:
    """Give a Chromium that keeps pages for the back button, as people's do."""
    browser = chromium.browser_type.launch(
        executable_path=str(CHROMIUM),
        args=ARGUMENTS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield browser
    browser.close()


def test_a_page_the_browser_kept_draws_at_once_and_shows_no_data(phone, code, wait_until):
    """Left with one's data on the screen: back comes the same page, with a new code alone."""
    held = phone(runs=True, alone=True)
    page = held.enrol(code())
    wait_until(
        lambda: page.evaluate(CONTROLLED), what="the worker: a page it claims later is let go"
    )
    before = held.drawn_at()
    page.evaluate(KEPT_PAGE)
    page.click("text=Détails")
    page.click("text=Afficher mes données")
    page.wait_for_selector(".data details")
    page.goto(f"{held.address}/healthz")
    wait_until(lambda: page.evaluate("Date.now() / 1000") > before + 3, what="three seconds")
    with page.expect_event("framenavigated"):
        page.evaluate("() => void setTimeout(() => history.back())")
    wait_until(lambda: page.evaluate("window.persisted"), what="the page the browser kept")

    page.wait_for_selector(CODE)
    expect(page.locator(".data")).to_have_count(0)
    assert held.drawn_at() >= before + 3


def test_a_phone_taken_up_again_draws_and_looks_what_is_in_the_way(phone, code, served):
    """The code is new at once; what the school did meanwhile is told."""
    held = phone()
    page = held.enrol(code())
    held.seen(really=False)
    later = from_ms(to_ms(held.times.at) + 300_000)
    held.times.at = later
    held.context.clock.set_fixed_time(later)
    held.seen(really=True)
    page.wait_for_selector(f"canvas[data-seconds='{round(later.timestamp())}']")
    held.seen(really=False)
    served.register.set_status(PassId(IssuedPass.objects.get().pk), Status.SUSPENDED)
    held.seen(really=True)

    expect(page.locator(".obstacle h2")).to_have_text("Suspendu")


def test_what_was_being_typed_stays(phone, code, person):
    """Another app, a locked phone, a newer pass: the code half typed is there, and its place."""
    held = phone()
    page = held.enrol(code(person(0)))
    page.click("text=Détails")
    page.click("text=Ajouter un laissez-passer")
    page.click("#code")
    page.keyboard.type("k7qm-")
    with page.expect_response("**/wallet/v1/state"):
        held.seen(really=False)
        held.seen(really=True)
    page.keyboard.type("2t")

    expect(page.locator("#code")).to_have_value("k7qm-2t")
