"""Whatever monitor a school has: who it is, why, what to say and the answers are in sight."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from portique.core.decide import Outcome, Reason
from portique.core.values import Kind, Medium, PassId
from portique.gate.board import Board, Card, Words
from portique.gate.screen.preview import MONDAY_MS

pytestmark = pytest.mark.browser

SIZES = [
    (1024, 700), (1024, 768), (1152, 864), (1280, 720), (1280, 768), (1280, 800), (1280, 900),
    (1280, 960), (1280, 1024), (1360, 768), (1366, 768), (1440, 900), (1536, 864), (1600, 900),
    (1600, 1200), (1668, 1044), (1680, 1050), (1920, 900), (1920, 937), (1920, 1000), (1920, 1080),
    (1920, 1200),
]  # fmt: skip
LONG = "Maximilienne-Anne-Sophie de Brie"
CARDS = {
    "one reason": Card(
        901, MONDAY_MS, Outcome.REFER, Medium.PAPER, (Reason.OUTSIDE_OPENING,),
        PassId("0000000000000011"), "Camille Brézolles", "2de 4", Kind.PUPIL,
    ),
    "two reasons": Card(
        902, MONDAY_MS, Outcome.REFER, Medium.PAPER,
        (Reason.EXPIRED, Reason.OUTSIDE_OPENING),
        PassId("0000000000000012"), LONG, "1re STMG2 AB", Kind.PUPIL,
    ),
    "refused": Card(
        903, MONDAY_MS, Outcome.REFUSE, Medium.PAPER, (Reason.REVOKED, Reason.OUTSIDE_OPENING),
        PassId("0000000000000013"), LONG, "1re STMG2 AB", Kind.PUPIL,
    ),
    "longest": Card(
        904, MONDAY_MS, Outcome.REFUSE, Medium.PHONE,
        (Reason.PHONE_PROOF_MISSING, Reason.STATUS_MISSING),
        PassId("0000000000000014"), LONG, "1re STMG2 AB", Kind.PUPIL,
        note=Words("Dispensée d’EPS jusqu’au 18 octobre", "No sports until 18 October"),
    ),
}  # fmt: skip
# What must be read and pressed, and by how many pixels each is cut off or covered.
HIDDEN = """
() => {
  const seen = (each) => each.checkVisibility() && each.getBoundingClientRect().height > 0;
  const box = (each) => each.getBoundingClientRect();
  const found = {};
  const rulings = document.querySelector(".card .rulings");
  const head = box(document.querySelector(".bar")).bottom;
  const foot = box(document.querySelector(".tools")).top;
  const wanted = ".card .plaque h3, .card .name, .card .label, .card .reasons li, .card dt,"
    + " .card dd, .card .rulings button";
  for (const each of [...document.querySelectorAll(wanted)].filter(seen)) {
    const { top, bottom } = box(each);
    let edge = Math.min(innerHeight, foot), from = Math.max(0, head);
    for (let up = each.parentElement; up; up = up.parentElement) {
      if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowY)) {
        edge = Math.min(edge, box(up).bottom);
        from = Math.max(from, box(up).top);
      }
    }
    if (!rulings.contains(each)) edge = Math.min(edge, box(rulings).top);
    const cut = Math.max(bottom - edge, from - top);
    if (cut > 1) found[each.innerText.slice(0, 24)] = Math.round(cut);
  }
  return found;
}
"""
# As on a computer whose only font is this one: what the sheet makes of it, else as it is.
DEJAVU_ALONE = """
async () => {
  const root = document.documentElement;
  const sans = getComputedStyle(root).getPropertyValue("--sans").split(",");
  const own = sans.filter((name) => name.includes("DejaVu"));
  root.style.setProperty("--sans", [...own, "DejaVu Sans"].join());
  root.getBoundingClientRect();  // what is laid out asks for its fonts
  await document.fonts.ready;
}
"""
SAYS_MORE = "document.querySelector('.more').checkVisibility()"


def hidden(page: Page, size: tuple[int, int]) -> dict[str, Any]:
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    return dict(page.evaluate(HIDDEN))


def choose(page: Page, board: Board, name: str) -> None:
    card = CARDS[name]
    board.present(card)
    page.click(f"#waiting button[data-key='{card.showing}']")
    page.wait_for_selector(f".card[data-key='{card.showing}'][data-waits=yes]")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_an_agent_needs_lies_below_the_edge(visit, board, language):
    """From 1024x700 to 1920x1200, however long the name, the reasons and the sentences are."""
    page = visit(1280, 900).sign_in(language)
    for name in CARDS:
        choose(page, board, name)
        found = {size: cut for size in SIZES if (cut := hidden(page, size))}
        assert found == {}, name


def test_nor_does_it_where_the_only_font_is_a_wide_one(visit, board):
    """DejaVu Sans, a seventh wider than others, is drawn that much smaller."""
    page = visit(1280, 900).sign_in()
    choose(page, board, "longest")
    page.evaluate(DEJAVU_ALONE)

    expect(page.locator("html")).to_have_css("font-family", re.compile("DejaVu Sans"))
    assert {size: cut for size in SIZES if (cut := hidden(page, size))} == {}


@pytest.mark.parametrize(("size", "letters_px"), [((1680, 1050), 70.4), ((1680, 1000), 51.2)])
def test_where_there_is_room_the_print_is_large(visit, board, size, letters_px):
    """Read from two metres, on a monitor of 1680x1050 as well."""
    page = visit(*size).sign_in()
    choose(page, board, "longest")

    expect(page.locator(".card .name:visible")).to_have_css("font-size", f"{letters_px}px")


def test_a_card_that_goes_on_below_the_edge_says_so(visit, board):
    """On a low monitor, over the answers that stay in sight, until its end is reached."""
    page = visit(1280, 600).sign_in()
    choose(page, board, "longest")
    page.wait_for_selector(".centre[data-more=yes]")
    assert page.evaluate(SAYS_MORE)

    page.evaluate("document.querySelector('.centre').scrollTop = 9999")
    page.wait_for_selector(".centre[data-more=no]")
    assert not page.evaluate(SAYS_MORE)
