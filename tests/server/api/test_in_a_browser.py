"""The pages about the interface, in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from portique.server.accounts.roles import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": TAGS}}
WIDTHS = (320, 1280)


@pytest.fixture
def page(transactional_db, live_server, signed_in, chromium: Browser) -> Iterator[Page]:
    """Open the head's browser."""
    client = signed_in(Role.HEAD)
    context = chromium.new_context(locale="fr-FR", base_url=live_server.url)
    cookies: list[Any] = [
        {"name": name, "value": cookie.value, "url": live_server.url}
        for name, cookie in client.cookies.items()
    ]
    context.add_cookies(cookies)
    yield context.new_page()
    context.close()


def faults(page: Page) -> list[str]:
    """Return what shuts somebody out of a page."""
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("(options) => axe.run(options)", RULES)["violations"]
    said = [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        said.append("wider than the screen")
    return said


def looked_at(page: Page) -> dict[int, list[str]]:
    """Return the faults at each width."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found[width] = faults(page)
    return found


def test_the_head_makes_a_token_by_hand_and_everybody_can(page):
    """The form, the token that is shown once, the list; then what programs can ask."""
    page.goto("/api/jetons/")
    empty = looked_at(page)
    page.fill("[name=name]", "Emploi du temps")
    page.check("[value='rules:write']")
    page.check("[value='gates:read']")
    page.click("main .primary")
    page.wait_for_selector("code.token")
    made = looked_at(page)
    page.goto("/api/")

    assert [empty, made, looked_at(page)] == [{320: [], 1280: []}] * 3
