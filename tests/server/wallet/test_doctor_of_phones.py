"""`doctor` looks at this server's own apps as a phone does; each fault is named with its remedy."""

import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse

from portique.cli.doctor_checks import Finding, State
from portique.cli.doctor_phones import (
    ALLOWED,
    CACHING,
    CHALLENGE,
    ENROL,
    PERMISSIONS,
    POLICY,
    SCANNER,
    WALLET,
    check_phones,
)
from portique.cli.doctor_visit import Visit
from portique.server.wallet import app_views

READER = "/scanner/web/third/zxing-wasm/zxing_reader.wasm"
SEAL = "/web/core/seal.js"
Change = Callable[[HttpResponse], HttpResponse | None]


class BetweenMiddleware:
    """What stands between phones and the server: it spoils one address."""

    path = ""
    change: Change

    def __init__(self, get_response: Callable[..., HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request) -> HttpResponse:
        response = self._get_response(request)
        if request.path == BetweenMiddleware.path:
            return BetweenMiddleware.change(response) or response
        return response


@pytest.fixture
def look(transactional_db, live_server, served, settings):
    """Spoil one address, or none, and return what the doctor finds, by app."""
    settings.MIDDLEWARE = [f"{__name__}.BetweenMiddleware", *settings.MIDDLEWARE]

    def see(path: str = "", change: Change = lambda _: None) -> dict[str, Finding]:
        BetweenMiddleware.path, BetweenMiddleware.change = path, staticmethod(change)  # type: ignore[assignment]
        visit = Visit(live_server.url.replace("localhost", "127.0.0.1") + "/")
        return {finding.name: finding for finding in check_phones(visit)}

    return see


def answering(status: int, content_type: str = "text/html") -> Change:
    return lambda _: HttpResponse("<h1>", status=status, content_type=content_type)


def headed(name: str, value: str | None) -> Change:
    """Set a header, or take it away."""

    def change(response: HttpResponse) -> None:
        response.headers[name] = value or ""
        if value is None:
            del response.headers[name]

    return change


def rewritten(response: HttpResponse) -> None:
    """Add what some filters add to every script."""
    response.content += b"\n// checked"


def less(directive: str) -> Change:
    """Take a source from a policy, as a proxy's own policy does."""

    def change(response: HttpResponse) -> None:
        policy = response.headers[POLICY]
        response.headers[POLICY] = re.sub(rf"{directive} [^;]*", f"{directive} 'none'", policy)

    return change


def test_this_server_s_apps_are_well(look):
    """Page, manifest, worker, every file by its digest, and the first calls."""
    found = look()

    assert {finding.state for finding in found.values()} == {State.OK}
    assert set(found) == {WALLET.name, SCANNER.name}


@pytest.mark.parametrize(
    ("path", "change", "app", "said", "remedy"),
    [
        (WALLET.page, answering(404), WALLET, "answers 404", "have the proxy pass /wallet/"),
        (WALLET.page, answering(500), WALLET, "answers 500", "its log says why"),
        (WALLET.page, answering(502), WALLET, "answers 502", "start portique-server"),
        (WALLET.page, answering(301), WALLET, "answers 301", "have the proxy pass"),
        (WALLET.page, headed(POLICY, None), WALLET, f"without {POLICY}", "with their headers"),
        (WALLET.page, headed(POLICY, "default-src 'none'"), WALLET, "script-src forbids", "add no"),
        (WALLET.page, less("connect-src"), WALLET, "connect-src forbids", "add no"),
        (WALLET.manifest, headed("Content-Type", "text/plain"), WALLET, "comes as", "pass /wallet"),
        (WALLET.worker, headed(ALLOWED, None), WALLET, "not work offline", "headers"),
        (WALLET.worker, headed(CACHING, "max-age=9"), WALLET, "newer versions", "keep that header"),
        (WALLET.worker, answering(200, "text/javascript"), WALLET, "without", "headers"),
        (SEAL, headed("Content-Type", "text/plain"), WALLET, f"{SEAL} comes as", "pass /wallet"),
        (SEAL, rewritten, WALLET, f"{SEAL} comes otherwise", "change and keep nothing"),
        (CHALLENGE, answering(403), WALLET, "no phone can join", "pass /wallet/"),
        (CHALLENGE, answering(200), WALLET, "no phone can join", "pass /wallet/"),
        (SCANNER.worker, headed(ALLOWED, "/"), SCANNER, "not work offline", "headers"),
        (SCANNER.page, headed(PERMISSIONS, "camera=()"), SCANNER, "camera", "pass /scanner/"),
        (SCANNER.page, headed(PERMISSIONS, None), SCANNER, "camera", "pass /scanner/"),
        (SCANNER.page, headed(POLICY, "script-src 'self'"), SCANNER, "reader of codes", "headers"),
        (READER, headed("Content-Type", "text/plain"), SCANNER, "comes as", "pass /scanner/"),
        (READER, answering(503), SCANNER, "answers 503", "start portique-server"),
        (ENROL, answering(403), SCANNER, "no phone can join", "/gate/v1/"),
    ],
)
def test_what_stands_before_it_is_told_with_its_remedy(look, path, change, app, said, remedy):
    """One fault each, as proxies, filters and stopped servers make them; the other app is well."""
    found = look(path, change)
    other = found[WALLET.name if app is SCANNER else SCANNER.name]

    assert (found[app.name].state, other.state) == (State.WRONG, State.OK)
    assert said in found[app.name].found
    assert remedy in found[app.name].advice


def test_an_app_that_is_not_whole_at_the_server_is_told(look, monkeypatch):
    """A module is missing there: no worker is given."""
    monkeypatch.setattr(app_views, "_worker", lambda *_: None)
    found = look()

    assert {finding.state for finding in found.values()} == {State.WRONG}
    assert "service-worker.js answers 404" in found[SCANNER.name].found
