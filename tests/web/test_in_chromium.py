"""A browser reads formats as Node and Python do: its cryptography and inflater are others."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route
from tests.core import test_pass_mutations as mutations
from tests.web import test_formats as formats

from portique.core import passes

WEB = Path(__file__).parents[2] / "web"
# Answered from the disk below; a browser takes this name for a secure context.
HOME = "http://localhost:9"
TYPES = {".js": "text/javascript", ".html": "text/html"}
CASES = 400
ASK = "async ([name, of]) => (await import('/tests/answers_formats.js')).FORMATS[name](of)"

pytestmark = pytest.mark.browser


def from_disk(route: Route) -> None:
    name = route.request.url.removeprefix(HOME).lstrip("/")
    path = WEB / name
    body = path.read_text(encoding="utf-8") if name else "<!doctype html>"
    route.fulfill(body=body, content_type=TYPES.get(path.suffix, "text/html"))


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """Open an empty page that can load the web side's modules."""
    context = chromium.new_context()
    context.route("**/*", from_disk)
    opened = context.new_page()
    opened.goto(HOME)
    yield opened
    context.close()


def ask(page: Page, name: str, of: Any) -> Any:
    return page.evaluate(ASK, [name, of])


def test_chromium_and_python_read_the_same_passes(page: Page):
    """Mutated texts, and those that each mutation began with."""
    rng = random.Random(formats.SEED)
    issued = mutations.ISSUED
    texts = [rng.choice(formats.MUTATORS)(rng, rng.choice(issued)) for _ in range(CASES)]

    answers = ask(page, "passes", {"keys": formats.KEYS, "texts": texts})

    formats.check(texts, [formats.read_pass(text) for text in texts], answers)


def test_chromium_and_python_read_the_same_status_lists(page: Page):
    """Damaged, forged and whole ones."""
    rng = random.Random(formats.SEED)
    tokens = [formats.status_token(rng) for _ in range(CASES)]
    encoded = [token.hex() for token in tokens]
    asked = {"uai": mutations.UAI, "key": formats.STATUS_POINT, "tokens": encoded}

    answers = ask(page, "statuses", asked)

    formats.check(tokens, [formats.read_status(token) for token in tokens], answers)


def test_python_takes_what_chromium_draws(page: Page):
    """A key that never left the browser, and twenty codes of it."""
    issued = formats.issued_for(ask(page, "phonePoint", None))
    asked = {"text": issued, "uai": mutations.UAI, "seconds": list(range(20))}

    drawn = ask(page, "phoneTexts", asked)

    proofs = [passes.verify(passes.parse(text), mutations.RING).proof for text in drawn]
    assert proofs == [passes.Proof.VALID] * 20
