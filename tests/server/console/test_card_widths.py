"""A card's answers are whole words, however wide the screen and the font are."""

import pytest
from tests.server.pages.looking import Eye, Look
from tests.server.pages.visits import HOST, Shown

from portique.server.accounts.roles import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTHS = (*range(320, 521, 12), *range(560, 1281, 60))  # where answers stand beside each other
WIDE = "DejaVu Sans"  # a sixth wider than most: what a computer without another has


@pytest.fixture(params=["fr", "en"])
def eye(request, signed_in, filed, decision, chromium):
    """Open the live page, where three people wait, in a language."""
    filed(decision(), decision(2, "revoked"), decision(1, "status-missing"))
    asked = HOST | {"accept-language": request.param}
    answer = signed_in(Role.AGENT).get("/direct/", headers=asked)
    policy = answer.headers["Content-Security-Policy"]
    context = chromium.new_context(locale=request.param)
    eye = Eye(context.new_page())
    shown = Shown("live", "/direct/", 200, answer.content.decode(), policy, "")
    assert eye.faults(shown, request.param, (Look(WIDTHS[0], "light", whole=False),)) == []
    yield eye
    context.close()


def test_no_answer_is_broken_within_a_word(eye):
    """The narrower the screen and the wider the font, the fewer answers in a row."""
    wrong = {}
    for font in ("", WIDE):
        eye.page.evaluate("(font) => { document.body.style.fontFamily = font; }", font)
        for width in WIDTHS:
            eye.see(Look(width, "light"))
            if found := eye.page.evaluate("() => looking.layout()"):
                wrong[font, width] = found

    assert wrong == {}
