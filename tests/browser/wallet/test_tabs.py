"""Two tabs of one wallet: none writes over what the other kept."""

import pytest
from playwright.sync_api import Page, Route, expect
from tests.browser.wallet.conftest import CODE, KEPT, Phone

from portique.core.revocation import Status
from portique.core.values import PassId
from portique.server.passes.models import IssuedPass

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COUNT = """async (times) => {
  const { Store } = await import('/web/shared/store.js');
  const store = new Store('counted', 'rows');
  const one = () => store.change(([row = { id: 'row', count: 0 }]) =>
    ({ put: [{ ...row, count: row.count + 1 }] }));
  await Promise.all(Array.from({ length: times }, one));
  const [{ count }] = await store.all();
  return count;
}"""
START = f"(times) => {{ window.counting = ({COUNT})(times) }}"
RECORD = """async (id) => {
  const { Store } = await import('/web/shared/store.js');
  const kept = await new Store('portique-wallet', 'passes').all();
  const { standing, used_ms } = kept.find((record) => record.id === id);
  return [standing.status, used_ms];
}"""


def test_what_two_tabs_count_at_once_is_counted_whole(phone):
    """Each reads and writes in one transaction."""
    held = phone()
    tabs = [held.open(), another(held)]
    for tab in tabs:
        tab.evaluate(START, 100)
    for tab in tabs:
        tab.evaluate("window.counting")

    assert tabs[0].evaluate(COUNT, 0) == 200


def test_a_tab_that_knows_less_takes_nothing_back(phone, code, person, served, wait_until):
    """One learns that a pass is suspended; the other, which does not know, chooses that pass."""
    held = phone(moves=True)
    held.enrol(code(person(0)))
    first = PassId(IssuedPass.objects.get().pk)
    held.later(minutes=2)
    page = held.enrol(code(person(1)))
    page.route("**/wallet/v1/**", lambda route: route.abort())
    served.register.set_status(first, Status.SUSPENDED)
    other = another(held)
    other.wait_for_selector(CODE)
    other.click("[aria-label=Suivant]")
    expect(other.locator(".obstacle h2")).to_have_text("Suspendu")
    _, used_ms = page.evaluate(RECORD, first)
    held.later(minutes=2)
    page.click("[aria-label=Suivant]")
    expect(page.locator("h1")).to_have_text("Zoé Martin")

    wait_until(lambda: page.evaluate(RECORD, first)[1] > used_ms, what="the pass chosen")
    assert page.evaluate(RECORD, first)[0] == "suspended"


def test_one_link_opened_twice_brings_one_pass(phone, code):
    """Pressed in both tabs, the second's call late: one key, one pass, shown in both."""
    held, made = phone(), code()
    late: list[Route] = []
    tabs = [held.open(f"#code={made}"), another(held, f"#code={made}")]
    for tab in tabs:
        tab.wait_for_selector("form")
    tabs[1].route("**/wallet/v1/enrol", lambda route: late.append(route))  # noqa: PLW0108 -- Playwright marks it
    with tabs[1].expect_request("**/wallet/v1/enrol"):
        tabs[1].click("form .primary")
    tabs[0].click("form .primary")
    tabs[0].wait_for_selector(CODE)
    with tabs[1].expect_response("**/wallet/v1/enrol") as again:
        late[0].continue_()
    tabs[1].wait_for_selector(CODE)

    assert again.value.status == 200  # asked with the same key
    assert tabs[1].evaluate(KEPT) == [IssuedPass.objects.get().pk]


def test_a_tab_that_waits_with_a_used_code_shows_the_pass_another_waits_on(phone, code, person):
    """What another tab got by the same code is shown; one with another code keeps its form."""
    held, made, theirs = phone(), code(person(0)), code(person(1))
    tabs = [another(held, f"#code={made}"), another(held, f"#code={theirs}")]
    for tab in tabs:
        tab.wait_for_selector("form")
    held.enrol(made)

    tabs[0].wait_for_selector(CODE)
    expect(tabs[1].locator("#code")).to_have_value(theirs)


def another(held: Phone, mark: str = "") -> Page:
    """Open the app in one more tab of a phone."""
    tab = held.context.new_page()
    tab.goto(f"{held.address}/wallet/{mark}")
    return tab
