"""What the phone keeps: several passes, keys nobody can take, files of the app and nothing else."""

import pytest
from playwright.sync_api import expect
from tests.browser.test_hostile_text import payloads
from tests.browser.wallet.conftest import BROKEN, CODE, KEPT

from portique.server.wallet.app_files import app_files
from portique.server.wallet.web_files import web_folder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CACHED = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys())
      found[new URL(request.url).pathname] = await (await cache.match(request)).text();
  }
  return found;
}"""


def test_several_passes_come_in_the_order_of_their_last_use(phone, code, person):
    """By buttons; one taken out of the phone is gone, in another tab too, and the others stay."""
    held = phone(moves=True)
    held.enrol(code(person(0)))
    held.later(seconds=1)
    page = held.enrol(code(person(1)))
    expect(page.locator("h1")).to_have_text("Ali Martin")
    held.later(seconds=1)
    page.click("[aria-label=Suivant]")
    expect(page.locator("h1")).to_have_text("Zoé Martin")
    page = held.reopen()
    expect(page.locator("h1")).to_have_text("Zoé Martin")
    other = held.context.new_page()
    other.goto(page.url)
    other.wait_for_selector(CODE)
    page.click("text=Détails")
    page.click("summary:has-text('Retirer')")
    page.click("text=Oui, retirer")

    for tab in (page, other):
        expect(tab.locator("h1")).to_have_text("Ali Martin")
        expect(tab.locator(".switch")).to_have_count(0)


def test_a_phone_that_lost_its_key_or_everything_says_how_to_begin_again(phone, code):
    """A new code, and what to show meanwhile."""
    held = phone()
    held.enrol(code())
    held.context.add_init_script(BROKEN)
    page = held.reopen()
    expect(page.locator(".obstacle h2")).to_have_text("Ce téléphone a perdu sa clé")
    expect(page.locator(".obstacle .next")).to_contain_text("billet du jour")
    clearing = held.context.new_cdp_session(page)
    clearing.send("Storage.clearDataForOrigin", {"origin": held.address, "storageTypes": "all"})
    page = held.reopen()
    page.click("summary:has-text('Vous aviez déjà')")

    expect(page.locator("details[open]")).to_contain_text("carte en papier")
    assert page.evaluate(KEPT) == []


def test_malicious_texts_are_shown_never_obeyed_and_kept_in_no_cache(phone, code, wait_until):
    """Five hundred, in names, labels, schools, data; the caches hold the app's files alone."""
    texts = [in_unicode(text) for text in payloads()]
    lines = [{"label": text, "text": text} for text in texts]

    def answer(route):
        said = route.fetch().json()
        said |= {"name": texts[0], "label": texts[1], "recorded": texts[:20]}
        said["school"] = said.get("school", {}) | {"name": texts[2]}
        said["sections"] = [{"id": "own", "title": texts[3], "lines": lines}]
        route.fulfill(json=said)

    held = phone(alone=True)
    held.context.route("**/wallet/v1/enrol", answer)
    held.context.route("**/wallet/v1/data", answer)
    page = held.enrol(code())
    page.click("text=Détails")
    page.click("text=Afficher mes données")
    page.wait_for_selector(".data dd")

    shown = page.eval_on_selector_all(".data dd", "all => all.map((each) => each.textContent)")
    assert shown == texts
    assert page.evaluate("window.ran") is None
    assert held.violations() == []
    held.works_offline(wait_until)
    cached = page.evaluate(CACHED)
    assert sorted(cached) == sorted(app_files(web_folder(), "wallet"))
    assert not any(text in kept for kept in cached.values() for text in texts[:20])
    page.go_back()  # without network, and what was shown is gone
    expect(page.locator(".data")).to_have_count(0)


def in_unicode(text: str) -> str:
    """Return a text as an answer can carry it: half a pair of surrogates becomes a mark."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
