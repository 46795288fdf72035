"""Every page of the server is for everybody: any sight, hands, language and screen.

Pages come from the server's own addresses, so a new one is walked at once. A release looks at each
in every way (PORTIQUE_EVERY_LOOK); PORTIQUE_PICTURES names a folder for pictures to be looked at.
"""

import itertools
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.server.pages.looking import Eye, Look
from tests.server.pages.visits import drawn

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE, DESK = 320, 1280
EVERY_WAY = tuple(Look(*way) for way in itertools.product((PHONE, DESK), ("light", "dark")))
THOROUGH = bool(os.environ.get("PORTIQUE_EVERY_LOOK"))


@pytest.mark.parametrize("language", ["fr", "en"] if THOROUGH else ["fr"])
def test_every_page_is_for_everybody(visitors, chromium: Browser, language):
    """Nothing for axe to say, nothing cut or wider than the screen, every focus seen, no error."""
    context = chromium.new_context(locale=language)
    eye, wrong, seen = Eye(context.new_page()), {}, set[str]()
    for number, shown in enumerate(drawn(visitors, language, forms=THOROUGH)):
        if shown.template in seen and not THOROUGH:
            continue  # the richest of each template came first
        seen.add(shown.template)
        looks = EVERY_WAY if THOROUGH else in_turn(number)
        found = eye.faults(shown, language, looks)
        if found:
            wrong[shown.name] = found
        keep_pictures(eye, f"{shown.name}-{shown.path}", language, looks)
    context.close()

    assert wrong == {}


def in_turn(number: int) -> tuple[Look, ...]:
    """Look at one page by day and at the next by night, whole on a phone and laid out on a desk."""
    scheme = ("light", "dark")[number % 2]
    return Look(PHONE, scheme), Look(DESK, scheme, whole=False)


def keep_pictures(eye: Eye, name: str, language: str, looks: tuple[Look, ...]) -> None:
    folder = os.environ.get("PORTIQUE_PICTURES")
    for look in looks if folder else ():
        eye.see(look)
        plain = re.sub(r"[^\w=]+", "-", name)[:60].strip("-")
        eye.picture(Path(str(folder)) / f"{plain}-{look.width}-{look.scheme}-{language}.png")
