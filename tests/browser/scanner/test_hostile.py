"""Five hundred malicious texts are shown by the scanner, and never obeyed (reliability T5)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.scanner.alone import (
    CLEARED,
    SHOWN,
    command,
    opened,
    serving_files,
    signed_in,
    tells_everything,
)
from tests.browser.scanner.at_school import TYPED
from tests.browser.test_hostile_text import payloads
from tests.browser.wallet.test_keeping import in_unicode

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WAITING_MAX = 40
CODES = 30  # fewer than may wait: each is seen to have been taken
LISTED_MAX = 8  # so many does a forgotten card offer
TEXTS = [in_unicode(text) for text in payloads()]
LEGIBLE = """async ([texts, most]) => {
  const { legible } = await import('/scanner/web/scanner/legible.js');
  return texts.map((text) => legible(text, most));
}"""


@pytest.fixture(scope="module")
def lane(chromium: Browser) -> Iterator[Page]:
    """Open the scanner at its lane, with a day's list of hostile names; nothing may have run."""
    listed = json.dumps(
        [
            {"name": f"zoe {text}", "label": text, "kind": "pupil", "passId": f"{n:016x}"}
            for n, text in enumerate(TEXTS)
        ]
    )
    with serving_files() as address:
        page = opened(chromium, address, viewport={"width": 1280, "height": 800}, locale="fr-FR")
        asked: list[str] = []
        page.on("dialog", lambda dialog: asked.append(dialog.message))
        tells_everything(page.context, listed)
        yield signed_in(page, told=True)
        assert page.evaluate("[window.ran, window.broken.length]") == [None, 0]
        assert asked == []
        page.context.close()


def test_names_labels_and_notes_are_shown_as_text(lane: Page):
    """On the stage and in the list, hidden characters made visible; no element comes of them."""
    spelt = lane.evaluate(LEGIBLE, [TEXTS, 200])
    for start in range(0, len(TEXTS), WAITING_MAX):
        batch = TEXTS[start : start + WAITING_MAX]
        lane.evaluate(SHOWN, [card(start + n, text) for n, text in enumerate(batch)])
        expected = spelt[start : start + WAITING_MAX]
        expect(lane.locator(".stage .name")).to_have_text(expected[-1], use_inner_text=False)
        assert texts_of(lane, ".lists .line-name") == expected[::-1]
        assert texts_of(lane, ".stage .name, .answers .whom p")[:1] == expected[-1:]
        lane.evaluate(CLEARED)
        expect(lane.locator(".lists .line-name")).to_have_count(0)
    assert lane.locator("#screen :is(img, script, iframe, a, style, math, template)").count() == 0


def test_messages_and_the_lanes_own_name_are_shown_as_text(lane: Page, wait_until):
    """Alerts of the school, as many as are ever shown, and what it calls the lane."""
    texts = TEXTS[::25]
    title = {"fr": texts[0], "en": texts[0]}
    alerts = [told(number, text) for number, text in enumerate(texts)]
    command(lane, ["setLane", lane_called(title)], *(["raiseAlert", alert] for alert in alerts))
    spelt = lane.evaluate(LEGIBLE, [texts, 500])
    wait_until(lambda: texts_of(lane, ".middle .alerts li > p") == spelt, what="the alerts")
    assert texts_of(lane, ".lane-name") == lane.evaluate(LEGIBLE, [texts[:1], 200])
    assert lane.locator("body :is(img, iframe, a, style, math, template)").count() == 0
    plain = lane_called({"fr": "la loge", "en": "the lodge"})
    command(lane, ["setLane", plain], *(["dropAlert", number] for number in range(len(texts))))


def test_names_of_the_days_list_are_shown_as_text(lane: Page):
    """Those that a forgotten card finds."""
    lane.locator(".tools button").first.click()
    lane.fill("#letters", "zoe")
    lane.keyboard.press("Enter")
    expect(lane.locator(".found button")).to_have_count(LISTED_MAX)
    first = lane.evaluate(LEGIBLE, [[f"zoe {text}" for text in TEXTS[:LISTED_MAX]], 200])
    assert texts_of(lane, ".found .line-name") == first
    assert lane.locator("dialog :is(img, script, iframe, a, style)").count() == 0
    lane.keyboard.press("Escape")


def test_codes_that_say_such_things_are_refused_and_shown_nowhere(lane: Page):
    """They are no pass of the school; as fast as a reader's texts are ever taken."""
    lane.locator(".lane-name").click()
    lane.evaluate(CLEARED)
    for taken, text in enumerate(TEXTS[:CODES], 1):
        lane.evaluate(TYPED, text)
        expect(lane.locator(".lists .line-name")).to_have_count(taken)
        lane.clock.run_for(1_000)
    expect(lane.locator(".stage .plaque")).to_have_attribute("data-outcome", "refuse")
    said = lane.locator("body").inner_text()
    assert not any(text.strip() in said for text in TEXTS[:CODES])


def card(number: int, text: str) -> dict[str, Any]:
    """Make a card on which every word is the text."""
    note = {"fr": text, "en": text}
    words = {"name": text, "label": text, "note": note, "reasons": ["not-a-pass"]}
    return {"showing": number + 1, "outcome": 2, "passId": f"{number:016x}"} | words


def told(number: int, text: str) -> dict[str, Any]:
    """Make an alert that says the text."""
    detail = {"fr": text, "en": text}
    return {"alert": number, "kind": "notice", "atMs": 1_795_421_520_000, "detail": detail}


def lane_called(title: dict[str, str]) -> dict[str, Any]:
    """Make the lane's description with a title."""
    zones = {"zoneFrom": "outside", "zoneTo": "inside", "mode": "control"}
    usual = {"name": "entry-1", "direction": "entry", "staffed": True, "pairing": False}
    return usual | zones | {"title": title, "point": title}


def texts_of(page: Page, selector: str) -> list[str]:
    """Return the text of each element, exactly."""
    return list(page.eval_on_selector_all(selector, "all => all.map((each) => each.textContent)"))
