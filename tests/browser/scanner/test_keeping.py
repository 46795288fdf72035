"""What a scanner does when something is not as usual, as docs/en/scanner-behaviour.md has it."""

import shutil
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models import QuerySet
from playwright.sync_api import Page, expect
from tests.browser.scanner.at_rest import everything_kept, found_in
from tests.browser.scanner.at_school import WAITING

from portique.server.gates.models import Entry, Gate
from portique.server.wallet import app_views
from portique.server.wallet.web_files import web_folder

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
CONTROLLED = "Boolean(navigator.serviceWorker.controller)"
# What became of the newer worker.
UPDATED = """async () => {
  const registered = await navigator.serviceWorker.ready;
  const found = new Promise((met) => {
    registered.onupdatefound = () => met(registered.installing);
  });
  await registered.update().catch(() => {});
  const worker = await found;
  while (worker.state === 'installing')
    await new Promise((done) => worker.addEventListener('statechange', done, { once: true }));
  return worker.state;
}"""
WAITS = "async () => Boolean((await navigator.serviceWorker.getRegistration('/scanner/')).waiting)"
NAMES = (("Inès", "Garrigue"), ("Yanis", "Oudrhiri"), ("Chloé", "Vantreuil"))
WORDS = [word for name in (*NAMES, ("Zoé", "Martin")) for word in name]
ALIAS = "loge-1"
MINUTES_MS = 11 * 60_000  # idle for longer than a phone stays open
NEWS_S_MAX = 30  # they are asked for every ten seconds or so
LEARNED = """async () => {
  const { Store } = await import('/scanner/web/shared/store.js');
  const kept = await new Store('portique-scanner', 'kept').all();
  return kept.find(({ id }) => id === 'learned').of.version.number;
}"""
KEPT_BYTES_MIN = 100_000  # the app's own files alone are more
ROOM_BYTES = 4_000_000
# Photographs and other apps, until there is room for nothing: large ones, then what still fits.
FILLED = """async () => {
  const open = indexedDB.open('photographs');
  open.onupgradeneeded = () => open.result.createObjectStore('all', { autoIncrement: true });
  await new Promise((done) => (open.onsuccess = done));
  const fits = (bytes) => new Promise((resolve) => {
    const write = open.result.transaction('all', 'readwrite');
    write.objectStore('all').put(crypto.getRandomValues(new Uint8Array(bytes)));
    write.oncomplete = () => resolve(true);
    write.onabort = () => resolve(false);
  });
  for (const bytes of [60_000, 4_000, 200]) while (await fits(bytes));
  open.result.close();
}"""
ROWS = """async () => {
  const open = indexedDB.open('portique-scanner-journal');
  await new Promise((done) => (open.onsuccess = done));
  const asked = open.result.transaction('rows').objectStore('rows').count();
  await new Promise((done) => (asked.onsuccess = done));
  open.result.close();
  return asked.result;
}"""


@pytest.fixture
def texts(school):
    """Issue three pupils' passes."""
    return [school.pass_of(*name) for name in NAMES]


def test_a_phone_whose_storage_was_cleared_is_no_scanner_and_joins_anew(
    school, phone, texts, wait_until
):
    """It asks for an invitation; the console still has the phone that was, to be removed."""
    held = phone()
    held.join(school.invite())
    held.read(texts[0], "grant", "Inès Garrigue")
    held.has_sent_everything()
    cleared(held)
    page = held.reopen()

    expect(page.locator("h1")).to_have_text("Ce téléphone devient un scanner")
    held.join(school.invite())
    held.read(texts[1], "grant", "Yanis Oudrhiri")
    wait_until(lambda: counted(Gate.objects.all()) == 2, what="both in the console's list")


def test_a_phone_cleared_in_the_middle_of_a_shift_begins_a_new_journal_and_says_so(
    school, phone, texts
):
    """The shift goes on, each passage written; at the next opening it is no scanner any more."""
    held = phone()
    page = held.join(school.invite())
    held.read(texts[0], "grant", "Inès Garrigue")
    cleared(held)
    held.read(texts[1], "grant", "Yanis Oudrhiri")
    expect(page.locator(".troubles")).to_contain_text("Un nouveau journal a commencé")
    held.has_sent_everything()
    expect(held.reopen().locator("h1")).to_have_text("Ce téléphone devient un scanner")


def test_a_phone_learns_of_each_change_with_its_next_news(school, phone, texts, wait_until):
    """Two passes are suspended within a minute: the second is not genuine for a minute longer."""
    held = phone()
    page = held.join(school.invite())
    for text in texts[:2]:
        before = page.evaluate(LEARNED)
        school.suspend(text)
        wait_until(lambda n=before: page.evaluate(LEARNED) > n, NEWS_S_MAX, "newer knowledge")
    held.read(texts[0], "refuse", "Inès Garrigue")
    held.read(texts[1], "refuse", "Yanis Oudrhiri")
    held.read(texts[2], "grant", "Chloé Vantreuil")


def test_a_phone_that_fills_up_refers_says_so_and_goes_on_once_there_is_room(school, phone, texts):
    """Nothing is shown as granted that was not written; opened again, it still says so."""
    held = phone()
    room = held.context.new_cdp_session(held.page)
    asked = {"origin": held.address}
    room.send("Storage.overrideQuotaForOrigin", asked | {"quotaSize": ROOM_BYTES})
    page = held.join(school.invite())
    held.read(texts[0], "grant", "Inès Garrigue")
    held.has_sent_everything()
    page.evaluate(FILLED)
    held.read(texts[1], "refer", "Yanis Oudrhiri")
    full = page.locator(".troubles", has_text="Le téléphone n’a plus de place")
    expect(full).to_have_count(1)
    page.reload()
    held.sign_in()
    expect(full).to_have_count(1)
    room.send("Storage.overrideQuotaForOrigin", asked)
    held.read(texts[2], "grant", "Chloé Vantreuil")
    expect(full).to_have_count(0)


def test_a_newer_app_waits_until_the_next_opening_and_half_of_one_for_ever(
    school, phone, texts, wait_until, tmp_path, monkeypatch
):
    """The shift goes on in the old one, a reload too; what did not come whole is not taken."""
    held = phone()
    page = held.join(school.invite())
    wait_until(lambda: page.evaluate(CONTROLLED), what="the service worker")
    newer = shutil.copytree(web_folder(), tmp_path / "web")
    with (newer / "scanner" / "words" / "fr.js").open("a") as words:
        words.write("fr.sign.title = 'Plus récent';\n")
    found = app_views._found
    monkeypatch.setattr(app_views, "web_folder", lambda: newer)
    monkeypatch.setattr(
        app_views, "_found", lambda path: None if path.endswith("/lane.js") else found(path)
    )
    assert page.evaluate(UPDATED) == "redundant"
    monkeypatch.setattr(app_views, "_found", found)
    assert page.evaluate(UPDATED) == "installed"
    assert page.evaluate(WAITS)

    held.read(texts[0], "grant", "Inès Garrigue")
    page.reload()
    expect(page.locator("h1")).to_have_text("Qui est à la porte ?")
    page.goto(f"{held.address}/healthz")  # no page of the app is open any more
    wait_until(lambda: not page.evaluate(WAITS), what="the newer app's turn")
    expect(held.open().locator("h1")).to_have_text("Plus récent")
    held.sign_in()
    held.read(texts[1], "grant", "Yanis Oudrhiri")


def test_a_phone_closed_for_sixteen_days_refers_everybody_and_files_what_it_held(
    school, phone, texts, times, wait_until
):
    """Its knowledge ran out, and it says so; its entries are there, and leave with the network."""
    held = phone()
    page = held.join(school.invite())
    held.has_sent_everything()
    wait_until(lambda: page.evaluate(CONTROLLED), what="the service worker")
    held.context.set_offline(True)
    held.read(texts[0], "grant", "Inès Garrigue")
    expect(page.locator(WAITING)).to_be_visible()
    written = page.evaluate(ROWS)
    page.close()
    times.passed += timedelta(days=16)
    held.context.clock.install(time=times.now)
    held.page = held.context.new_page()
    page = held.open()
    expect(page.locator("#screen")).to_contain_text("À envoyer : ")
    held.sign_in()
    expect(page.locator(".troubles")).to_contain_text("Les informations sont périmées")
    held.read(texts[1], "refer", "Yanis Oudrhiri")
    expect(page.locator(".reasons")).to_contain_text("périmées")
    assert page.evaluate(ROWS) > written
    held.context.set_offline(False)
    held.has_sent_everything()
    wait_until(
        lambda: counted(Entry.objects.all()) == page.evaluate(ROWS), what="every entry filed"
    )


def test_one_window_writes_and_the_second_takes_over_when_it_closes(school, phone, texts):
    """The second says why it does not; then one touch opens it."""
    held = phone()
    first = held.join(school.invite())
    second = held.context.new_page()
    held.page = second
    held.open()
    expect(second.locator("h1")).to_have_text("Le scanner est ouvert dans une autre fenêtre")
    first.close()
    second.click("text=Réessayer")
    held.sign_in()
    held.read(texts[0], "grant", "Inès Garrigue")


def test_back_and_forward_leave_and_enter_screens_and_a_reload_asks_for_the_pin(
    school, phone, texts
):
    """A card that waits stays; after a reload it is to be filed, and nothing is written twice."""
    held = phone()
    page = held.join(school.invite())
    held.read(f"PQ1:{'A' * 60}", "refuse")
    page.click(".tools button:last-child")
    page.go_back()
    expect(page.locator(".pair .admit")).to_be_visible()
    page.go_forward()
    expect(page.locator("h1")).to_have_text("Menu")
    page.go_back()
    written = page.evaluate(ROWS)
    page.reload()
    expect(page.locator("h1")).to_have_text("Qui est à la porte ?")
    assert page.evaluate(ROWS) == written
    held.sign_in()
    expect(page.locator(".old .line")).to_have_count(1)
    page.click(".tools button:last-child")
    page.click(".leaving .primary")
    page.wait_for_selector("#pin")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Qui est à la porte ?")


def test_a_camera_forbidden_then_allowed_then_taken_away(school, phone, seeing_chromium, camera):
    """Each is said with what to do; one touch asks again."""
    held = phone(seeing_chromium)
    page = held.join(school.invite())
    expect(page.locator(".trouble h2")).to_have_text("La caméra est interdite")
    held.context.grant_permissions(["camera"])
    page.click("text=Réessayer")
    page.wait_for_selector(".finder[data-state=on]")
    expect(page.locator(".troubles", has_text="caméra")).to_have_count(0)
    held.context.clear_permissions()
    expect(page.locator(".trouble h2")).to_have_text("La caméra s’est arrêtée")


def test_no_name_stays_on_a_phone_whose_shift_is_over(school, phone, texts, wait_until):
    """Ended or left alone: none in a database, a cache or a note of the page, read byte by byte."""
    held = phone()
    page = held.join(school.invite())
    wait_until(lambda: page.evaluate(CONTROLLED), what="the service worker")
    for text, name in zip(texts, NAMES, strict=True):
        held.read(text, "grant", " ".join(name))
    page.click(".tools button:first-child")
    page.fill("#letters", "mar")
    page.keyboard.press("Enter")
    expect(page.locator(".found button")).to_contain_text("Zoé Martin")
    page.keyboard.press("Escape")
    expect(page.locator(".sheet")).to_have_count(0)
    assert len(found_in(page.content().encode(), WORDS)) == 2 * len(NAMES)  # they can be found
    page.click(".tools button:last-child")
    page.click(".leaving .primary")
    keeps_no_name(page)
    held.sign_in()
    held.read(texts[0], "refer", "Inès Garrigue")  # shown again
    held.context.clock.fast_forward(MINUTES_MS)
    keeps_no_name(page)


def keeps_no_name(page: Page) -> None:
    """Read all that is kept once the phone is locked, and look for the pupils' names."""
    page.wait_for_selector("#pin")
    kept = everything_kept(page)
    assert ALIAS.encode() in kept  # so much is there, in the open
    assert len(kept) > KEPT_BYTES_MIN
    assert found_in(kept, WORDS) == []
    assert found_in(page.content().encode(), WORDS) == []


def counted(rows: QuerySet[Any]) -> int:
    """Count the server's rows; -1 while it is writing: its database is in memory, and shared."""
    try:
        return rows.count()
    except OperationalError:
        return -1


def cleared(held) -> None:
    """Have the browser clear all that the app keeps."""
    session = held.context.new_cdp_session(held.page)
    asked = {"origin": held.address, "storageTypes": "all"}
    session.send("Storage.clearDataForOrigin", asked)
