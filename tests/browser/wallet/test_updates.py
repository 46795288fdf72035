"""The app's files: newer ones, half of them, others than they should be, thrown away, no worker."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from playwright.sync_api import Page, expect
from tests.browser.wallet.conftest import CODE, Phone

from portique.server.wallet import app_views
from portique.server.wallet.web_files import web_folder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Answer = Callable[[HttpRequest, str], HttpResponseBase]

CHANGED = "wallet/words/fr.js"
NEWER = "Plus récent"
CONTROLLED = "Boolean(navigator.serviceWorker.controller)"
WAITS = "async () => Boolean((await navigator.serviceWorker.getRegistration('/wallet/')).waiting)"
UPDATE = """async () => {
  const registered = await navigator.serviceWorker.getRegistration('/wallet/');
  try {
    await registered.update();
    const newer = registered.installing ?? registered.waiting;
    while (newer.state === 'installing')
      await new Promise((done) => newer.addEventListener('statechange', done, { once: true }));
    return newer.state;
  } catch (fault) { return fault.name; }
}"""
TAKEN = """() => {
  window.taken = new Promise((done) =>
    navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }));
}"""
SPOILED = {
    "500": lambda _: HttpResponse("no", status=500),
    "html": lambda _: HttpResponse("<!doctype html><title>Portail captif</title>"),
    "older": lambda old: HttpResponse(old, content_type="text/javascript"),
    "half": lambda old: StreamingHttpResponse([old[:1000]], content_type="text/javascript"),
    "gone": lambda _: HttpResponse(status=404),
}


@pytest.fixture
def newer(tmp_path, monkeypatch) -> Callable[[], Path]:
    """Put a newer version on the server."""

    def put() -> Path:
        web: Path = shutil.copytree(web_folder(), tmp_path / "web")
        with (web / CHANGED).open("a") as words:
            words.write(f"fr.title = '{NEWER}';\n")
        monkeypatch.setattr(app_views, "web_folder", lambda: web)
        return web

    return put


@pytest.fixture
def running(phone, code, wait_until) -> Phone:
    """A phone that shows a code, and whose app works without network."""
    held: Phone = phone(alone=True)
    page = held.enrol(code())
    wait_until(lambda: page.evaluate(CONTROLLED), what="the service worker")
    page.evaluate("window.before = document.querySelector('canvas')")
    return held


def is_untouched(page: Page) -> bool:
    """Say whether the page and the code on it are those of before."""
    return bool(page.evaluate("document.querySelector('canvas') === window.before"))


def test_a_newer_app_waits_for_the_next_opening(running, newer, wait_until):
    """The code on the screen stays; opened again, the app is the newer one."""
    page = running.page
    newer()

    assert page.evaluate(UPDATE) == "installed"
    assert is_untouched(page)
    page.goto(f"{running.address}/healthz")  # no page of the app is open any more
    wait_until(lambda: not page.evaluate(WAITS), what="the newer app's turn")
    expect(running.open()).to_have_title(NEWER)


def test_a_newer_app_taken_over_in_the_middle_breaks_nothing(running, newer):
    """Typed words and other screens go on with the older; back at the code, it is the newer."""
    page = running.page
    page.click("text=Détails")
    page.click("text=Ajouter un laissez-passer")
    page.fill("#code", "k7qm")
    newer()
    page.evaluate(UPDATE)
    page.evaluate(TAKEN)
    running.seen(really=False)
    workers = running.context.new_cdp_session(page)
    workers.send("ServiceWorker.enable")
    workers.send("ServiceWorker.skipWaiting", {"scopeURL": f"{running.address}/wallet/"})
    page.evaluate("window.taken")
    running.seen(really=True)
    expect(page.locator("#code")).to_have_value("k7qm")
    for _ in range(2):
        page.click(".back")
    page.wait_for_selector(CODE)
    running.context.set_offline(True)
    running.seen(really=False)
    running.seen(really=True)

    expect(page).to_have_title(NEWER)
    page.wait_for_selector(CODE)


def test_a_newer_app_that_comes_spoiled_leaves_the_older_whole(running, newer, monkeypatch):
    """A fault, a portal's page, a file of before, half of one: nothing changes until it is well."""
    page, answer = running.page, app_views._answer
    older = (web_folder() / CHANGED).read_bytes()
    newer()
    for how, spoil in SPOILED.items():
        with monkeypatch.context() as broken:
            broken.setattr(app_views, "_answer", spoiled(answer, spoil(older)))
            assert page.evaluate(UPDATE) == "redundant", how
    assert is_untouched(page)
    running.context.set_offline(True)
    page = running.reopen()
    page.wait_for_selector(CODE)
    assert page.title() != NEWER

    running.context.set_offline(False)
    assert page.evaluate(UPDATE) == "installed"


def spoiled(answer: Answer, instead: HttpResponseBase) -> Answer:
    """Answer as always, except for the file that changed."""
    return lambda request, path: instead if path == CHANGED else answer(request, path)


def test_files_the_browser_threw_away_come_from_the_server_and_are_kept_again(running):
    """With network once; without network all is there again."""
    page = running.page
    page.evaluate(
        "async () => { for (const name of await caches.keys()) await caches.delete(name) }"
    )
    running.reopen().wait_for_selector(CODE)
    running.context.set_offline(True)

    running.reopen().wait_for_selector(CODE)


@pytest.mark.parametrize("how", ["forbidden", "absent"])
def test_without_a_service_worker_the_app_works_while_there_is_network(phone, code, how):
    """Opened, it goes on without; only opening it needs the network."""
    absent = "delete Navigator.prototype.serviceWorker;" if how == "absent" else ""
    held = phone(script=absent, moves=True)
    page = held.enrol(code())
    held.context.set_offline(True)
    before = held.drawn_at()
    held.later(seconds=15)
    page.wait_for_selector(f"canvas[data-seconds='{before + 15}']")
    held.context.set_offline(False)

    held.reopen().wait_for_selector(CODE)
