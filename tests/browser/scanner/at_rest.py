"""What lies in a phone's browser: every record, note and file, as a thief would read it."""

from base64 import b64decode
from collections.abc import Iterable

from playwright.sync_api import Page

# Every record of every database that a phone's browser keeps, by its key.
RECORDS = """async () => {
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const open = indexedDB.open(name);
    await new Promise((done) => (open.onsuccess = done));
    for (const table of open.result.objectStoreNames) {
      const asked = open.result.transaction(table).objectStore(table).getAllKeys();
      await new Promise((done) => (asked.onsuccess = done));
      found.push(...asked.result.map((key) => `${name} ${table} ${key}`));
    }
    open.result.close();
  }
  return found;
}"""
CACHED = """async () => {
  const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const kept = await Promise.all(caches_.map((cache) => cache.keys()));
  return kept.flat().map(({ url }) => new URL(url).pathname);
}"""
# Every database, cache and note of the page: strings and bytes, each as base64.
EVERYTHING = """async () => {
  const found = [];
  const keep = (bytes) => {
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    found.push(btoa(text));
  };
  const take = (value) => {
    if (typeof value === 'string') return keep(new TextEncoder().encode(value));
    if (value instanceof ArrayBuffer) return keep(new Uint8Array(value));
    if (ArrayBuffer.isView(value)) return keep(new Uint8Array(value.buffer));
    if (value instanceof Map) return take([...value]);
    if (value === null || typeof value !== 'object') return keep([...String(value)].map(code));
    for (const [name, of] of Object.entries(value)) (take(name), take(of));
  };
  const code = (character) => character.charCodeAt(0) & 255;
  for (const notes of [localStorage, sessionStorage]) take({ ...notes });
  take(document.cookie + JSON.stringify(history.state) + location.href);
  for (const { name } of await indexedDB.databases()) {
    const open = indexedDB.open(name);
    await new Promise((done) => (open.onsuccess = done));
    for (const table of open.result.objectStoreNames) {
      const asked = open.result.transaction(table).objectStore(table);
      for (const all of [asked.getAll(), asked.getAllKeys()])
        await new Promise((done) => (all.onsuccess = () => done(take(all.result))));
    }
    open.result.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      take(request.url);
      const answer = await cache.match(request, { ignoreVary: true });
      take([...answer.headers].flat());
      take(await answer.arrayBuffer());
    }
  }
  return found;
}"""


def records_kept(page: Page) -> list[str]:
    """Name every record of every database: the database, the table, the key."""
    return list(page.evaluate(RECORDS))


def files_cached(page: Page) -> list[str]:
    """Return the paths of the files in every cache."""
    return list(page.evaluate(CACHED))


def everything_kept(page: Page) -> bytes:
    """Read every database, cache and note of the page."""
    return b"\n".join(b64decode(each) for each in page.evaluate(EVERYTHING))


def found_in(data: bytes, words: Iterable[str]) -> list[str]:
    """Return the words that are in bytes, in any writing a browser uses."""
    forms = ("utf-8", "utf-16-le", "utf-16-be", "latin-1")
    return [word for word in words if any(word.encode(form) in data for form in forms)]
