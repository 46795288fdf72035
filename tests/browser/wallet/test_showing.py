"""The code on the screen: without network, over time, and when something is in its way."""

import pytest
from playwright.sync_api import expect
from tests.browser.wallet.conftest import CODE, KEPT

from portique.core.passes import parse
from portique.core.revocation import Status
from portique.core.values import PassId
from portique.server.passes.models import IssuedPass
from portique.server.people.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REDRAWN_S = 15
NEARLY_EMPTY = """
window.battery = Object.assign(new EventTarget(), { level: 0.15, charging: false });
navigator.getBattery = () => Promise.resolve(battery);
"""


def test_in_flight_mode_the_code_goes_on_for_weeks(phone, code, wait_until):
    """Drawn anew every 15 seconds, said once; opened again after sixteen days, at once."""
    held = phone(moves=True, alone=True)
    page = held.enrol(code())
    held.works_offline(wait_until)
    first = held.drawn_at()
    page.evaluate("document.getElementById('announce').textContent = ''")
    for turn in (1, 2):
        held.later(seconds=REDRAWN_S)
        page.wait_for_selector(f"canvas[data-seconds='{first + turn * REDRAWN_S}']")
    assert page.inner_text("#announce") == ""
    held.later(days=16)
    page = held.reopen()
    page.wait_for_selector(CODE)

    assert held.drawn_at() == first + 2 * REDRAWN_S + 16 * 86_400
    expect(page.locator(".obstacle")).to_have_count(0)
    held.later(days=400)
    expect(page.locator(".obstacle h2")).to_have_text("Plus valable")
    expect(page.locator(".obstacle .wrong")).to_contain_text("ne répond pas")
    expect(page.locator(".obstacle")).not_to_contain_text("le code reste bon")  # that is another's


def test_a_suspended_pass_says_where_to_go_and_comes_back(phone, code, served, person):
    """Shown all the same if somebody insists; valid again; revoked, another replaces it."""
    somebody, held = person(), phone()
    page = held.enrol(code(somebody))
    one = PassId(IssuedPass.objects.get().pk)
    served.register.set_status(one, Status.SUSPENDED)
    page = held.reopen()
    expect(page.locator(".obstacle")).to_contain_text("vie scolaire")
    page.click("text=Afficher quand même le code")
    page.wait_for_selector(CODE)
    page.click(".warning button")
    served.register.set_status(one, Status.VALID)
    page.click("text=Vérifier maintenant")

    page.wait_for_selector(CODE)
    expect(page.locator(".warning")).to_have_count(0)
    served.register.set_status(one, Status.REVOKED)
    held.reopen().wait_for_selector(".obstacle")
    page = held.enrol(code(somebody))
    assert page.evaluate(KEPT) == [parse(held.read()).pass_id] != [one]


def test_a_wrong_clock_is_explained_with_its_mending(phone, code):
    """Five minutes off: the gate would refuse its codes."""
    page = phone(ahead_s=300).open(f"#code={code()}")
    page.click("form .primary")
    expect(page.locator(".obstacle")).to_contain_text("avance de 5 min")
    expect(page.locator(".obstacle")).to_contain_text("automatique")
    for make in ("Android", "Samsung", "iPhone"):
        expect(page.locator(".obstacle li").filter(has_text=make)).to_contain_text("Date et heure")


def test_a_battery_nearly_empty_speaks_of_the_paper_card(phone, code):
    """Where the browser tells it, and until the phone charges."""
    page = phone(script=NEARLY_EMPTY).enrol(code())
    expect(page.locator(".hints .low")).to_contain_text("carte en papier")
    page.evaluate("battery.charging = true; battery.dispatchEvent(new Event('chargingchange'))")
    expect(page.locator(".hints .low")).to_have_count(0)
    expect(page.locator(CODE)).to_have_count(1)


def test_what_changes_at_the_school_changes_in_the_phone_by_itself(phone, code, person):
    """A new class brings a new pass; another phone ends it, and the old one says how to go on."""
    somebody, held = person(), phone()
    held.enrol(code(somebody))
    Person.objects.filter(pk=somebody.pk).update(label="1re 2")
    page = held.reopen()
    expect(page.locator(".card header p")).to_contain_text("1re 2")
    page.wait_for_selector(CODE)
    assert page.evaluate(KEPT) == [parse(held.read()).pass_id]

    phone().enrol(code(somebody))
    page = held.reopen()
    expect(page.locator(".obstacle h2")).to_have_text("Annulé")
    page.click("text=Saisir un code")
    expect(page.locator("form")).to_be_visible()
