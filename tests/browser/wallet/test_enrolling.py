"""A phone gets its pass: by a link, by a typed code, and whatever goes wrong in between."""

import pytest
from playwright.sync_api import Page, expect
from tests.browser.wallet.conftest import CODE, KEPT

from portique.core.passes import parse
from portique.server.passes.models import IssuedPass

FOCUSED = "[document.activeElement.id, document.activeElement.textContent]"
TAKEN = """async () => {
  const opening = indexedDB.open('portique-wallet', 1);
  await new Promise((done) => (opening.onsuccess = done));
  const asked = opening.result.transaction('passes').objectStore('passes').getAll();
  await new Promise((done) => (asked.onsuccess = done));
  const [{ key }] = asked.result;
  const forms = ['raw', 'pkcs8', 'spki', 'jwk'];
  const tries = forms.map((form) => crypto.subtle.exportKey(form, key.handle));
  const ends = (await Promise.allSettled(tries)).map((each) => each.status);
  return [ends.includes('fulfilled'), key.handle.extractable, JSON.stringify(key.handle)];
}"""
PRIVATE = {
    "refuses": "Object.defineProperty(window, 'indexedDB', {get() { throw new DOMException('') }})",
    "fails later": """indexedDB.open = () => {
      const request = new EventTarget();
      request.error = new DOMException('', 'InvalidStateError');
      setTimeout(() => request.onerror(new Event('error')));
      return request;
    };""",
    "absent": "Object.defineProperty(window, 'indexedDB', {value: undefined})",
    "nothing at all": """for (const name of ['localStorage', 'indexedDB', 'caches'])
      Object.defineProperty(window, name, {get() { throw new DOMException('', 'SecurityError') }});
    """,
}
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_link_with_a_code_brings_the_pass_and_a_key_that_stays(phone, code):
    """One press, on a clock four seconds off; the code was in no address, the key goes nowhere."""
    held, made = phone(ahead_s=4), code()
    page = held.enrol(made)

    assert parse(held.read()).pass_id == IssuedPass.objects.get().pk
    assert page.url.endswith("/wallet/")
    assert not any(made in url for url in held.asked)
    expect(page.locator("h1")).to_have_text("Zoé Martin")
    expect(page.locator("#announce")).to_contain_text("Votre code est affiché")
    expect(page.locator(".warning, .obstacle")).to_have_count(0)
    assert page.evaluate(TAKEN) == [False, False, "{}"]
    assert held.violations() == []


def test_a_wrong_code_is_explained_and_the_right_one_can_be_typed_any_way(phone, code):
    """In the server's words; by keyboard alone, with small letters and spaces, up to one's data."""
    held, made = phone(), code()
    page = held.open()
    reach(page, "code")
    page.keyboard.type("K7QM")
    page.keyboard.press("Enter")
    expect(page.locator("#wrong")).to_contain_text("8 ou 12")
    page.keyboard.type("2T9X")
    page.keyboard.press("Enter")
    expect(page.locator("#wrong")).to_contain_text("vie scolaire")
    page.fill("#code", "")
    page.keyboard.type(made.lower().replace("-", " "))
    page.keyboard.press("Enter")
    page.wait_for_selector(CODE)
    for wanted in ("Détails", "Afficher mes données"):
        reach(page, wanted)
        page.keyboard.press("Enter")

    page.wait_for_selector(".data details")


def test_an_answer_that_was_lost_is_asked_for_again(phone, code):
    """The key was kept before the code was used: the app, opened again, gets the same pass."""
    held = phone()
    page = held.open(f"#code={code()}")
    held.context.route("**/wallet/v1/enrol", lambda route: (route.fetch(), route.abort()), times=1)
    page.click("form .primary")
    expect(page.locator("#wrong")).to_contain_text("le code reste bon")
    page = held.reopen()
    page.click("form .primary")
    page.wait_for_selector(CODE)

    assert parse(held.read()).pass_id == IssuedPass.objects.get().pk
    assert len(page.evaluate(KEPT)) == 1


def test_safari_says_to_install_first_and_makes_no_key(phone, code):
    """What it keeps and what the installed app keeps are apart; the code is there to be typed."""
    made = code()
    held = phone(script="Object.defineProperty(navigator, 'standalone', {value: false})")
    page = held.open(f"#code={made}")
    expect(page.locator("h1")).to_have_text("Installez d’abord l’application")
    expect(page.locator(".steps .code")).to_have_text(made)
    assert page.evaluate(KEPT) == []

    page.click("text=Continuer sans installer")
    expect(page.locator("#code")).to_have_value(made)


@pytest.mark.parametrize("script", PRIVATE.values(), ids=PRIVATE)
def test_a_window_that_keeps_nothing_says_so_and_uses_no_code_up(phone, code, script):
    """Private, or storage forbidden: what to do, and what to show at the gate meanwhile."""
    page = phone(script=script).open(f"#code={code()}")
    expect(page.locator(".wrong")).to_contain_text("ne garde rien")
    expect(page.locator("main")).to_contain_text("carte en papier")
    expect(page.locator("main button")).to_have_text("Réessayer")

    assert not IssuedPass.objects.exists()


def test_a_phone_without_room_uses_no_code_up_and_takes_it_once_there_is_some(phone, code):
    """Said before the code is used; emptied, the same code brings the pass."""
    held = phone()
    page = held.page
    limits = held.context.new_cdp_session(page)
    limits.send("Storage.overrideQuotaForOrigin", {"origin": held.address, "quotaSize": 1})
    held.open(f"#code={code()}")
    page.click("form .primary")
    expect(page.locator("#wrong")).to_contain_text("plus de place")
    assert not IssuedPass.objects.exists()

    limits.send("Storage.overrideQuotaForOrigin", {"origin": held.address})
    page.click("form .primary")
    page.wait_for_selector(CODE)


def reach(page: Page, wanted: str) -> None:
    """Move the focus to a field or a button by the Tab key alone."""
    page.wait_for_selector(f"#{wanted}" if wanted == "code" else f"button:has-text('{wanted}')")
    for _ in range(12):
        page.keyboard.press("Tab")
        if wanted in page.evaluate(FOCUSED):
            return
    raise AssertionError(f"no way to {wanted!r} by keyboard")
