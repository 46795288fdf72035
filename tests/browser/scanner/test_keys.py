"""Nobody takes a scanner's keys out of its browser: not the phone's own, not what the PIN wraps."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.scanner.alone import opened, serving_files, sign_in, signed_in

pytestmark = pytest.mark.browser

# Every key that the page is given from now on, by whichever way a browser gives one.
MET = """
window.met = [];
for (const name of ['importKey', 'generateKey', 'unwrapKey', 'deriveKey']) {
  const give = SubtleCrypto.prototype[name];
  SubtleCrypto.prototype[name] = async function (...asked) {
    const given = await give.apply(this, asked);
    window.met.push([name, given]);
    return given;
  };
}
"""
# Tries to take keys out, in every form there is, and wrapped by a key of the thief's own.
TAKEN = """async (whence) => {
  const kept = whence === 'kept';
  const found = [];
  const look = (value, from) => {
    if (value instanceof CryptoKey) found.push([from, value]);
    else if (value && typeof value === 'object')
      for (const [name, each] of Object.entries(value)) look(each, kept ? `${from} ${name}` : from);
  };
  if (!kept) for (const [name, given] of window.met) look(given, name);
  for (const { name } of kept ? await indexedDB.databases() : []) {
    const open = indexedDB.open(name);
    await new Promise((done) => (open.onsuccess = done));
    for (const table of open.result.objectStoreNames) {
      const asked = open.result.transaction(table).objectStore(table).getAll();
      await new Promise((done) => (asked.onsuccess = done));
      for (const record of asked.result) look(record, record.id ?? table);
    }
    open.result.close();
  }
  const aes = { name: 'AES-GCM', length: 256 };
  const own = await crypto.subtle.generateKey(aes, true, ['wrapKey']);
  const how = { name: 'AES-GCM', iv: new Uint8Array(12) };
  const secret = found.filter(([, key]) => key.type !== 'public');
  const tries = secret.flatMap(([from, key]) =>
    ['raw', 'pkcs8', 'jwk'].flatMap((form) =>
      [crypto.subtle.exportKey(form, key), crypto.subtle.wrapKey(form, key, own, how)].map((one) =>
        one.then(() => `${from} as ${form}`, () => null),
      ),
    ),
  );
  const out = (await Promise.all(tries)).filter((each) => each !== null);
  return [[...new Set(secret.map(([from]) => from))].sort(), out];
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A phone that joined a school, its agent signed in."""
    with serving_files() as address:
        made = opened(chromium, address, locale="fr-FR")
        yield signed_in(made)
        made.context.close()


def test_no_key_that_is_kept_can_be_taken_out(page: Page):
    """The phone's own, which sign and are half of each PIN; what opens is wrapped by the PIN."""
    held, taken = page.evaluate(TAKEN, "kept")

    assert held == ["device of", "joined of key handle"]
    assert taken == []


def test_what_the_pin_wraps_can_not_be_taken_out(page: Page):
    """Signed in, the page has the key that opens the knowledge, and can't tell it to anybody."""
    page.add_init_script(MET)
    page.reload()
    page.wait_for_selector("#pin")
    sign_in(page)
    page.wait_for_selector(".standing")
    given, taken = page.evaluate(TAKEN, "met")

    assert {"deriveKey", "unwrapKey"} <= set(given)
    assert taken == []


def test_no_browser_takes_a_pin_for_a_password_it_might_keep(page: Page):
    """Whoever holds the phone would have it filled in: codes for one time are kept by none."""
    page.locator(".tools button").last.click()
    page.get_by_role("button", name="Agents").click()
    page.wait_for_selector("#own")
    fields = page.locator("input[type=password]")
    adding = fields.evaluate_all("found => found.map((each) => each.autocomplete)")
    page.reload()
    page.wait_for_selector("#pin")
    signing = fields.evaluate_all("found => found.map((each) => each.autocomplete)")

    assert (adding, signing) == (["one-time-code"] * 3, ["one-time-code"])
