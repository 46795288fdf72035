"""Told once, reached by keys, moved by a finger."""

import pytest
from playwright.sync_api import Page, Route, expect
from tests.browser.wallet.conftest import CODE

from portique.core.revocation import Status
from portique.core.values import PassId
from portique.server.passes.models import IssuedPass

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEARD = """
window.heard = [];
document.addEventListener('readystatechange', () => {
  const place = document.getElementById('announce');
  if (!place || document.readyState !== 'interactive') return;
  new MutationObserver(() => place.textContent && heard.push(place.textContent))
    .observe(place, { childList: true });
});
"""
REFUSES = """if (crypto.subtle) {
  const sign = crypto.subtle.sign.bind(crypto.subtle);
  crypto.subtle.sign = (...given) =>
    window.mended ? sign(...given) : Promise.reject(new DOMException(''));
}"""
# A part that was left: nothing of it is awaited any more.
ANSWERED = """(left) =>
  !left.hasAttribute('aria-busy') && !left.querySelector('[aria-disabled]')"""
SAID_AGAIN = "heard.filter((said) => said.startsWith('Ce téléphone a perdu sa clé')).length === 2"
FOCUSED = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"


def test_each_state_is_told_once_and_the_focus_stays(phone, code, served):
    """Redraws and checks in the background say nothing again; a check somebody asks for answers."""
    held = phone(script=HEARD)
    held.enrol(code())
    one = PassId(IssuedPass.objects.get().pk)
    served.register.set_status(one, Status.SUSPENDED)
    held.reopen().wait_for_selector(".obstacle")
    page = held.reopen()  # what the phone knows, then what the server says: the same
    page.wait_for_selector(".looked")
    with page.expect_response("**/wallet/v1/state"):
        held.seen(really=False)
        held.seen(really=True)
    assert [sentence.partition(".")[0] for sentence in page.evaluate("heard")] == ["Suspendu"]

    page.focus("[data-name=check]")
    page.keyboard.press("Enter")
    expect(page.locator("#announce")).to_have_text("C’est vérifié à l’instant.")
    assert page.evaluate(FOCUSED) == "Vérifier maintenant"
    served.register.set_status(one, Status.VALID)
    page.keyboard.press("Enter")
    page.wait_for_selector(CODE)
    expect(page.locator("#announce")).to_contain_text("Votre code est affiché")
    assert page.evaluate(FOCUSED) == "Zoé Martin"
    expect(page.locator("[role=status], [role=alert], [aria-live]")).to_have_count(1)


@pytest.mark.parametrize("asked", ["data", "enrol"])
def test_an_answer_says_nothing_to_somebody_who_went_back(phone, code, asked, wait_until):
    """One's data, or the refusal of a code, comes late: another screen speaks then."""
    held, late = phone(), list[Route]()
    page = held.enrol(code())
    page.click("text=Détails")
    page.route(f"**/wallet/v1/{asked}", lambda route: late.append(route))  # noqa: PLW0108 -- Playwright marks it
    with page.expect_request(f"**/wallet/v1/{asked}"):
        ask_for(page, asked)
    left = page.query_selector(".data, form")
    page.go_back()
    expect(page.locator(".data, form")).to_have_count(0)
    page.evaluate("document.getElementById('announce').textContent = 'Autre chose.'")
    late[0].continue_()
    wait_until(lambda: page.evaluate(ANSWERED, left), what="what comes of the answer")

    expect(page.locator("#announce")).to_have_text("Autre chose.")


def ask_for(page: Page, what: str) -> None:
    """Ask for one's data, or for a pass by a code that nobody made."""
    if what == "data":
        return page.click("text=Afficher mes données")
    page.click("text=Ajouter un laissez-passer")
    page.fill("#code", "K7QM2T9X")
    return page.click("form .primary")


def test_a_key_that_was_refused_is_tried_again_without_a_new_code(phone, code, wait_until):
    """The screen of a lost key is no dead end: it says so again, or shows the code."""
    held = phone(script=HEARD)
    held.enrol(code())
    held.context.add_init_script(REFUSES)
    page = held.reopen()
    expect(page.locator(".obstacle h2")).to_have_text("Ce téléphone a perdu sa clé")
    page.click("text=Réessayer")
    wait_until(lambda: page.evaluate(SAID_AGAIN), what="the same words once more")
    page.evaluate("window.mended = true")
    page.click("text=Réessayer")

    page.wait_for_selector(CODE)


def test_several_passes_by_keys_and_by_a_finger(phone, code, person):
    """In the order of the screen; sideways with one finger changes the pass, nothing else does."""
    held = phone(moves=True)
    held.enrol(code(person(0)))
    held.later(seconds=1)
    held.enrol(code(person(1)))
    page = held.reopen()
    page.wait_for_selector(CODE)
    assert [tabbed(page) for _ in range(4)] == ["English", "Suivant", "Détails", "Aide"]

    finger(page, (300, 300), (280, 500))
    finger(page, (60, 300), (300, 300))  # there is none before
    finger(page, (300, 300), (60, 300), second=(200, 400))
    expect(page.locator("h1")).to_have_text("Ali Martin")
    finger(page, (300, 300), (60, 330))
    expect(page.locator("h1")).to_have_text("Zoé Martin")
    page.wait_for_selector(CODE)
    expect(page.locator("#announce")).to_contain_text("Zoé Martin")
    finger(page, (60, 300), (300, 300))
    expect(page.locator("h1")).to_have_text("Ali Martin")

    page.focus("[aria-label=Suivant]")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Zoé Martin")
    assert page.evaluate(FOCUSED) == "Zoé Martin"  # the last: its button is no more


def tabbed(page: Page) -> str:
    """Press Tab; return what has the focus."""
    page.keyboard.press("Tab")
    return str(page.evaluate(FOCUSED))


def finger(
    page: Page, begin: tuple[int, int], end: tuple[int, int], second: tuple[int, int] | None = None
) -> None:
    """Move a finger over the screen, perhaps with a second one that stays."""
    touch = page.context.new_cdp_session(page)
    more = [] if second is None else [{"x": second[0], "y": second[1], "id": 1}]
    for kind, (x, y) in (("touchStart", begin), ("touchMove", end)):
        points = [{"x": x, "y": y, "id": 0}, *more]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    touch.detach()
