"""Alerts on a phone: one line, so that whoever waits is seen."""

import json
import re

import pytest
from playwright.sync_api import expect
from tests.server.pages.looking import Eye, Look
from tests.server.pages.visits import HOST, Shown

from portique.server.accounts.roles import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE = Look(390, "light", whole=False)
STREAM = re.compile("/direct/flux")


@pytest.fixture
def shown(signed_in, filed, decision):
    """Draw the live page: five alerts, two people who wait."""
    filed(*(decision(2, "status-unlisted") for _ in range(5)), decision(), decision())
    answer = signed_in(Role.AGENT).get("/direct/", headers=HOST)
    policy = answer.headers["Content-Security-Policy"]
    return Shown("live", "/direct/", 200, answer.content.decode(), policy, "")


@pytest.fixture
def eye(chromium, shown):
    """Open the page on a phone; its stream tells of one alert more."""
    context = chromium.new_context(locale="fr-FR")
    eye = Eye(context.new_page())
    alert = '<li data-alert="99"><p><span class="short">Sortie 1 Évacuation</span></p></li>'
    event = f"event: line\nid: 999\ndata: {json.dumps({'alert': alert, 'say': ''})}\n\n"
    eye.page.route(
        STREAM, lambda route: route.fulfill(body=event, content_type="text/event-stream")
    )
    eye.faults(shown, "fr", (PHONE,))
    yield eye
    context.close()


def test_alerts_are_one_line_above_who_waits(eye):
    """How many, and the newest; the first referral is seen without scrolling."""
    expect(eye.page.locator("#alerts-count")).to_have_text("6")
    expect(eye.page.locator("#newest")).to_have_text("Sortie 1 Évacuation")
    expect(eye.page.locator("#alerts")).to_be_hidden()
    expect(eye.page.locator(".referral .admit").first).to_be_in_viewport()

    eye.page.locator("#alerts-fold summary").press("Enter")
    expect(eye.page.locator("#alerts li").first).to_be_in_viewport()
