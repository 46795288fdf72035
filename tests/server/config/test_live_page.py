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
CALLS = """
window.calls = [];
navigator.vibrate = (shakes) => calls.push(shakes);
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  const tone = make.call(this);
  const start = tone.start.bind(tone);
  tone.start = (at) => { calls.push(tone.frequency.value); start(at); };
  return tone;
};
"""
MEANWHILE = 150


@pytest.fixture
def page(chromium, whole):
    """Open the live page as somebody of the reception."""
    name, _, value = whole.ask("sign_in", "reception").partition("=")
    url = f"http://127.0.0.1:{whole.pages}"
    context = chromium.new_context(viewport={"width": 320, "height": 800}, locale="fr-FR")
    context.add_init_script(POLICY + CALLS)
    context.add_cookies([{"name": name, "value": value, "url": url}])
    opened = context.new_page()
    opened.goto(f"{url}/direct/")
    opened.wait_for_selector('#link[data-state="live"]')
    yield opened
    context.close()


def test_a_referral_appears_by_itself_and_is_answered_by_keyboard(page, whole):
    """On a phone: it sounds and shakes where that was asked for; card, answer, confirmation."""
    for switch in ("#sound", "#vibration"):
        page.check(switch)
    page.evaluate("() => { calls.length = 0; }")  # each was tried out
    whole.ask("file", 1, 1)
    page.wait_for_selector('.referral[data-waits="yes"]')
    expect(page.locator("#urgent")).to_have_text(re.compile("à voir"))
    page.locator(".referral .admit").first.focus()
    page.keyboard.press("Enter")

    page.wait_for_selector('.referral[data-waits="no"]')
    assert "Réponse envoyée" in page.locator("#toast").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("window.broken") == []
    assert page.evaluate("() => calls.flat().sort()") == [200, 392, 392]


def test_a_page_that_was_cut_off_for_ten_minutes_lacks_no_line(page, whole):
    """It says that it is cut off; back on the network it has what happened, in order."""
    page.clock.install()  # before the page loads: whatever it hears is of this clock
    page.reload()
    page.wait_for_selector('#link[data-state="live"]')
    page.context.set_offline(offline=True)
    page.clock.fast_forward("10:00")
    page.wait_for_selector('#link[data-state="cut"]')
    assert "10 min" in page.inner_text("#link")
    whole.ask("file", MEANWHILE)
    page.context.set_offline(offline=False)
    page.clock.run_for(5000)
    expect(page.locator("#lines .line")).to_have_count(MEANWHILE)
    times = page.locator("#lines time").evaluate_all("all => all.map((one) => one.dateTime)")

    assert times == sorted(times, reverse=True)
