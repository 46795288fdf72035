"""What the forms of a phone's agents say of what was typed: all of it at once, beside its field."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.scanner.alone import (
    ALIAS,
    JOINED,
    PIN,
    name_agent,
    opened,
    serving_files,
    sign_in,
    signed_in,
)
from tests.browser.test_access_for_all import faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SMALL = {"width": 360, "height": 640}
PATIENCE = """async () => {
  const { Store } = await import('/scanner/web/shared/store.js');
  const kept = await new Store('portique-scanner', 'kept').all();
  return kept.find(({ id }) => id === 'patience')?.of.tries ?? 0;
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open the scanner of a phone that has joined its school, for English."""
    with serving_files() as address:
        page = opened(chromium, address, viewport=SMALL, locale="en-GB")
        page.evaluate(JOINED)
        page.reload()
        yield page
        assert page.evaluate("window.broken") == []
        page.context.close()


def told(page: Page, field: str) -> Locator:
    """Find what is said beside a field, by what describes it to a screen reader."""
    described = page.locator(field).get_attribute("aria-describedby") or ""
    return page.locator(f"#{described.split()[0]}")


def test_all_that_is_wrong_in_a_form_is_told_at_once_beside_its_field(page: Page):
    """An alias, a PIN and its repeat: each has its own word, and the focus is on the first."""
    page.fill("#alias", "Zoé Brie")
    page.fill("#new-pin", "12")
    page.fill("#again", "13")
    page.locator("form .primary").press("Enter")
    expect(told(page, "#alias")).to_contain_text("without accents")
    expect(told(page, "#new-pin")).to_contain_text("Six digits")
    expect(told(page, "#again")).to_contain_text("not the same")
    expect(page.locator("#alias")).to_be_focused()
    expect(page.locator("[aria-invalid=true]")).to_have_count(3)
    assert faults(page) == []
    name_agent(page)


def test_an_alias_that_is_taken_is_told_with_a_pin_that_can_be_guessed(page: Page):
    """A second agent learns both at once, and that the first one's word is missing."""
    signed_in(page)
    page.click(".tools button:last-child")
    page.click("nav .row >> nth=1")
    page.fill("#alias", ALIAS)
    page.fill("#new-pin", "123456")
    page.fill("#again", "123456")
    page.locator("form .primary").press("Enter")
    expect(told(page, "#alias")).to_contain_text("already")
    expect(told(page, "#new-pin")).to_contain_text("easy to guess")
    expect(told(page, "#again")).to_be_empty()
    expect(told(page, "#own")).to_contain_text("Six digits")


def test_half_a_pin_is_no_try_and_a_wrong_one_does_not_say_what_was_wrong(page: Page):
    """Nobody waits for a finger that slipped; a wrong PIN and a wrong alias sound the same."""
    name_agent(page)
    page.reload()
    page.fill("#pin", PIN[:3])
    page.locator("form .primary").press("Enter")
    expect(page.locator("#wrong")).to_have_text("Six digits are needed.")
    expect(page.locator("#pin")).to_be_focused()
    expect(page.locator("#pin")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#pin")).to_have_value(PIN[:3])
    assert page.evaluate(PATIENCE) == 0
    page.fill("#pin", PIN[::-1])
    page.keyboard.press("Enter")
    expect(page.locator("#wrong")).to_have_text("This PIN is not that agent’s.")
    expect(page.locator("#pin")).to_have_attribute("aria-invalid", "false")
    sign_in(page)
