"""The scanner's journal in a browser's own storage: IndexedDB keeps what a journal promises."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests.web.test_in_chromium import HOME, from_disk

pytestmark = pytest.mark.browser
WRITES = """
window.writes = [];
const begin = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (...of) {
  const begun = begin.apply(this, of);
  if (begun.mode === 'readwrite') window.writes.push(begun.durability);
  return begun;
};
"""
DO = "async ([name, ...of]) => (await import('/tests/answers_journal.js')).JOURNAL[name](...of)"


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """Open a browser with empty storage."""
    opened = chromium.new_context()
    opened.route("**/*", from_disk)
    yield opened
    opened.close()


def phone(context: BrowserContext) -> Page:
    """Open the app anew: another page, with the same storage."""
    page = context.new_page()
    page.goto(HOME)
    return page


def do(page: Page, name: str, *of: Any) -> Any:
    return page.evaluate(DO, [name, *of])


def test_entries_are_there_when_the_page_was_killed(context: BrowserContext):
    """What `append` told is on the disk: another page goes on behind it, with the same key."""
    page = phone(context)
    assert do(page, "open") == {"begun": "first", "head": [1, 1], "unsent": 1}
    assert do(page, "append", 30) == [1, 31]
    page.close(run_before_unload=False)

    assert do(phone(context), "open") == {"begun": None, "head": [1, 31], "unsent": 31}


def test_every_entry_is_forced_to_the_disk(context: BrowserContext):
    """No kill of a browser shows it; a power cut takes what it only meant to write."""
    context.add_init_script(WRITES)
    page = phone(context)
    do(page, "open")
    do(page, "append", 3)

    assert page.evaluate("window.writes") == ["strict"] * 5  # its key, the epoch, each entry


def test_a_morning_is_filed_erased_and_let_go(context: BrowserContext):
    """Every way in which rows change, and the journal goes on after each."""
    page = phone(context)
    do(page, "open")
    do(page, "append", 30)

    assert do(page, "file", 20) == [20, 11]
    assert do(page, "erase", 2, 10) == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert do(page, "letGo") == []
    assert do(page, "append", 1)[1] == 2
    assert do(phone(context), "open")["begun"] is None


def test_storage_that_was_cleared_is_told(context: BrowserContext):
    """Whoever clears the app's data meanwhile ends an epoch; a device that was removed does it."""
    page = phone(context)
    do(page, "open")
    do(page, "append", 5)
    do(page, "clear")

    do(page, "append", 1)

    state = do(page, "state")
    assert (state["begun"], state["unsent"]) == ("missing", 2)  # and why the epoch began
    do(page, "destroy")
    assert "portique-scanner-journal" not in do(page, "databases")


def test_a_full_phone_is_told_as_such(context: BrowserContext):
    """Nothing is written, and once there is room the journal begins as if nothing had been."""
    page = phone(context)
    session = context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": HOME, "quotaSize": 1})
    assert do(page, "refused") == "full"
    session.send("Storage.overrideQuotaForOrigin", {"origin": HOME})

    assert do(page, "open")["head"] == [1, 1]
