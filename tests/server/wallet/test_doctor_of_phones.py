"""`doctor` looks at this server's own apps as a phone does, and finds what is not whole there."""

import pytest

from portique.cli.doctor_checks import Finding, State
from portique.cli.doctor_phones import SCANNER, WALLET, check_phones
from portique.cli.doctor_visit import Visit
from portique.server.accounts.roles import Role
from portique.server.wallet import app_views
from portique.server.wallet.actions import switch


@pytest.fixture
def look(transactional_db, live_server, served):
    """Return a way to have the doctor look at the apps of a server at work, by their names."""

    def see() -> dict[str, Finding]:
        visit = Visit(live_server.url.replace("localhost", "127.0.0.1") + "/")
        return {finding.name: finding for finding in check_phones(visit)}

    return see


def test_this_server_s_apps_are_well(look, account):
    """Page, manifest, worker, files by digest, first calls; but no phone believes it yet."""
    switch(account(Role.HEAD), on=False)
    found = look()

    assert {finding.state for finding in found.values()} == {State.NOTE}
    assert all("HTTPS" in finding.advice for finding in found.values())
    assert set(found) == {WALLET.name, SCANNER.name}
    assert "switched off" in found[WALLET.name].found
    assert "no phone can use it without HTTPS" in found[SCANNER.name].found
    assert "camera and reader of codes allowed" in found[SCANNER.name].found


def test_a_server_that_lacks_a_file_of_an_app_is_told(look, monkeypatch):
    """It gives no worker then: nothing would be kept."""
    monkeypatch.setattr(app_views, "_worker", lambda *_: None)

    assert "service-worker.js answers 404" in look()[SCANNER.name].found


def test_a_server_that_fails_is_told_apart_from_what_stands_before_it(look, monkeypatch):
    """Its log says more than any proxy's settings."""
    monkeypatch.setattr(app_views, "_found", lambda _: 1 // 0)
    found = look()[WALLET.name]

    assert found.found == "/wallet/ answers 500"
    assert "its log" in found.advice
