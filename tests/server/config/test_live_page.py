"""The live page in a real browser, on real processes."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
POLICY = """
window.broken = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.broken.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.fixture
def page(chromium, whole):
    """Open the live page as somebody of the reception."""
    name, _, value = whole.ask("sign_in", "reception").partition("=")
    url = f"http://127.0.0.1:{whole.pages}"
    context = chromium.new_context(viewport={"width": 320, "height": 800}, locale="fr-FR")
    context.add_init_script(POLICY)
    context.add_cookies([{"name": name, "value": value, "url": url}])
    opened = context.new_page()
    opened.goto(f"{url}/direct/")
    opened.wait_for_selector('#link[data-state="live"]')
    yield opened
    context.close()


def test_a_referral_appears_by_itself_and_is_answered_by_keyboard(page, whole):
    """On a phone's width, within the policy: card, focus, answer, confirmation awaited."""
    whole.ask("file", 1, 1)
    page.wait_for_selector('.referral[data-waits="yes"]')
    expect(page.locator("#urgent")).to_have_text(re.compile("à voir"))
    page.locator(".referral .admit").first.focus()
    page.keyboard.press("Enter")

    page.wait_for_selector('.referral[data-waits="no"]')
    assert "Réponse envoyée" in page.locator("#toast").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("window.broken") == []
