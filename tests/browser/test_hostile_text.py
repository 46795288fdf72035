"""Five hundred malicious names and labels are inert on the agent's screen (reliability T5)."""

import itertools
import os
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from portique.core.decide import Outcome, Reason
from portique.core.entries import Ruling
from portique.core.sentences import DenyReason
from portique.core.values import Medium
from portique.gate.board import WAITING_MAX, Board, Card, Ruled, Words
from portique.gate.screen.plain import plain
from portique.gate.screen.preview import LANE, MONDAY_MS

pytestmark = pytest.mark.browser

PAYLOADS = 500
RULED = Ruled(Ruling.DENY, DenyReason.LEFT, "loge", MONDAY_MS)
SEED = int(os.environ.get("PORTIQUE_SEED", "20260921"))
CALLS = ("alert(1)", "window.ran=1", "fetch('/agent/sign-out',{method:'POST'})", "location='//x'")
SHAPES = (
    "<script>{call}</script>",
    "<img src=x onerror={call}>",
    "<svg/onload={call}>",
    "</bdi></p><iframe src=javascript:{call}>",
    "\"><a href='javascript:{call}'>x</a>",
    "<style>*{{display:none}}</style>{call}",
    "<template shadowrootmode=open><script>{call}</script></template>",
    "<math><mtext></table><img src=x onerror={call}>",
    "{{{{constructor.constructor('{call}')()}}}}",
    "{{% import os %}}{{{{ config }}}}{call}",
    "${{{call}}}",
    "\\u003cscript\\u003e{call}",
    "&lt;script&gt;{call}&lt;/script&gt;",
    "');{call}//",
    "=cmd|'/c {call}'!A1",
    "+SUM(1+1)*{call}",
    "@import '//x';{call}",
    "-2+3|{call}",
    "Robert'); DROP TABLE entry;-- {call}",
    "$(curl x){call}`id`",
    "data: {call}\n\nevent: signed-out\ndata: {{}}\n\n",
    "%0d%0aSet-Cookie: a={call}",
)
HIDDEN = ("\x1b[2J\x1b[31m", "\u202e", "\u2066", "\u200b\u200b", "\x00", "\r\n", "\u2028", "\ufeff")
HIDDEN_MORE = ("e\u0301" + "\u0301" * 30, "\U000e0041", "\ud800", "\u0007\u0008", "𝒳𝒴", "")


def payloads() -> list[str]:
    """Return 500 texts: every shape with every call, dressed at random from SEED."""
    chance = random.Random(SEED)
    made = [s.format(call=c) for s, c in itertools.product(SHAPES, CALLS)]
    while len(made) < PAYLOADS:
        shape, call = chance.choice(SHAPES), chance.choice(CALLS)
        before, after = chance.choice(HIDDEN), chance.choice(HIDDEN + HIDDEN_MORE)
        text = before + shape.format(call=call) + after
        place = chance.randrange(len(text))
        made.append(text[:place] + chance.choice(HIDDEN_MORE) + text[place:])
    return made


@pytest.fixture
def board():
    return Board(LANE)


def cards(texts: list[str], first: int) -> Iterator[Card]:
    blank = Card(0, MONDAY_MS, Outcome.REFUSE, Medium.PAPER, (Reason.NOT_A_PASS,))
    for number, text in enumerate(texts, first):
        note = Words(text, text)
        yield replace(blank, showing=number, name=text, label=text, note=note)


def shown(page: Page, selector: str) -> list[str]:
    return list(page.eval_on_selector_all(selector, "all => all.map((each) => each.textContent)"))


def test_five_hundred_malicious_texts_are_shown_and_never_obeyed(visit, board, wait_until):
    """Text in the page equals the text given, hidden characters made visible; nothing else."""
    watched, texts = visit(), payloads()
    page = watched.sign_in()
    elements = page.evaluate("document.querySelectorAll('*').length")
    for start in range(0, PAYLOADS, WAITING_MAX):
        batch = texts[start : start + WAITING_MAX]
        for card in cards(batch, start + 1):
            board.present(card)
        expected = [plain(text) for text in reversed(batch)]  # whoever came last is first
        wait_until(lambda want=expected: shown(page, "#waiting .line-name") == want)
        assert shown(page, ".card bdi[data-slot=name]") == expected[:1]
        assert shown(page, ".card [data-slot=note]") == expected[:1]
        for card in board.snapshot().waiting:
            board.forget(MONDAY_MS + 1)
            board.settle(card.showing, RULED)
        page.wait_for_selector("#waiting li", state="detached")
    board.forget(MONDAY_MS + 1)
    page.wait_for_selector("#recent li", state="detached")

    assert page.evaluate("window.ran") is None
    assert (watched.wrong, watched.violations()) == ([], [])
    assert page.evaluate("document.querySelectorAll('*').length") == elements


def test_the_corpus_is_as_large_and_as_nasty_as_promised():
    """Five hundred, and each hidden character at least once."""
    texts = payloads()

    assert len(texts) == PAYLOADS
    for hidden in HIDDEN:
        assert any(hidden in text for text in texts)
