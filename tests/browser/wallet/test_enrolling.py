"""A phone gets its pass: by a link, by a typed code, and whatever goes wrong in between."""

import pytest
from playwright.sync_api import expect
from tests.browser.wallet.conftest import CODE, KEPT

from portique.core.passes import parse
from portique.server.passes.models import IssuedPass

FULL = "IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError') }"
PRIVATE = "Object.defineProperty(window, 'indexedDB', {get() { throw new DOMException('') }})"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_link_with_a_code_brings_the_pass(phone, code):
    """One press; the code is in no address of the browser's, and was sent in no address either."""
    held, made = phone(), code()
    page = held.enrol(made)

    assert parse(held.read()).pass_id == IssuedPass.objects.get().pk
    assert page.url.endswith("/wallet/")
    assert not any(made in url for url in held.asked)
    expect(page.locator("h1")).to_have_text("Zoé Martin")
    expect(page.locator("#announce")).to_contain_text("Votre code est affiché")
    assert held.violations() == []


def test_a_wrong_code_is_explained_and_the_right_one_can_be_typed_any_way(phone, code):
    """In the server's words; small letters, spaces, and no hyphens are as good."""
    held, made = phone(), code()
    page = held.open()
    page.fill("#code", "K7QM")
    page.click("form .primary")
    expect(page.locator("#wrong")).to_contain_text("8 ou 12")
    page.fill("#code", "K7QM-2T9X")
    page.click("form .primary")
    expect(page.locator("#wrong")).to_contain_text("code")
    page.fill("#code", made.lower().replace("-", " "))
    page.keyboard.press("Enter")

    page.wait_for_selector(CODE)


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


@pytest.mark.parametrize(
    ("script", "said"),
    [(FULL, "plus de place"), (PRIVATE, "ne garde rien")],
    ids=["full", "private"],
)
def test_a_phone_that_keeps_nothing_says_so_and_uses_no_code_up(phone, code, script, said):
    """No room left, or a private window: what to do, and the code stays good."""
    held = phone(script=script)
    page = held.open(f"#code={code()}")
    if page.locator("form").count():
        page.click("form .primary")
    expect(page.locator(".wrong").first).to_contain_text(said)

    assert not IssuedPass.objects.exists()
