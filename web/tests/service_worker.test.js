/** What a service worker keeps, and when a newer one takes the older one's place. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

let loaded = 0;

/**
 * Run a worker that is told something; return the work that it has done by the end.
 * @param {Event} told
 * @param {object} around What the worker finds in its world.
 */
async function worked(told, around) {
  /** @type {Promise<void>[]} */
  const waited = [];
  const self = Object.assign(new EventTarget(), around);
  Object.defineProperty(globalThis, 'self', { value: self, configurable: true });
  await import(`../shared/service-worker.js?${(loaded += 1)}`);
  const waitUntil = (/** @type {Promise<void>} */ work) => waited.push(work);
  self.dispatchEvent(Object.assign(told, { waitUntil }));
  await Promise.all(waited);
}

/**
 * A worker that waits while pages are seen or hidden; return whether it takes over when it is told to.
 * @param {string[]} pages Each one's visibility.
 * @param {string} [told]
 */
async function takesOver(pages, told = 'take over') {
  let took = false;
  await worked(Object.assign(new Event('message'), { data: told }), {
    APP: { app: 'wallet', version: '0', files: {} },
    clients: { matchAll: async () => pages.map((visibilityState) => ({ visibilityState })) },
    skipWaiting: async () => void (took = true),
  });
  return took;
}

/**
 * Install a worker on a phone with room for so many files; return what its caches hold afterwards.
 * @param {number} room
 */
async function installed(room) {
  /** @type {Map<string, string[]>} */
  const held = new Map();
  const caches = {
    open: async (/** @type {string} */ name) => ({ put: put.bind(null, name) }),
    delete: async (/** @type {string} */ name) => held.delete(name),
  };
  /** @param {string} name @param {string} file */
  async function put(name, file) {
    const files = held.get(name) ?? [];
    if (files.length === room) throw new DOMException('', 'QuotaExceededError');
    held.set(name, [...files, file]);
  }
  const world = { caches, Request: Object, fetch: async () => new Response('own') };
  for (const [name, value] of Object.entries(world))
    Object.defineProperty(globalThis, name, { value, configurable: true });
  const own = createHash('sha256').update('own').digest('base64');
  const files = { '/one.js': own, '/two.js': own };
  const fault = await worked(new Event('install'), { APP: { app: 'wallet', version: '1', files } })
    .then(() => null)
    .catch(({ name }) => name);
  return [fault, [...held]];
}

test('A worker keeps all its files.', async () => {
  assert.deepEqual(await installed(2), [null, [['portique-wallet-1', ['/one.js', '/two.js']]]]);
});

test('A worker that finds no room for all its files keeps none, and is not installed.', async () => {
  assert.deepEqual(await installed(1), ['QuotaExceededError', []]);
});

test('A newer worker takes over when no page of the app is seen.', async () => {
  assert.equal(await takesOver([]), true);
  assert.equal(await takesOver(['hidden', 'hidden']), true);
});

test('A newer worker waits as long as somebody looks at one page of the app.', async () => {
  assert.equal(await takesOver(['hidden', 'visible']), false);
});

test('A newer worker heeds no other word.', async () => {
  assert.equal(await takesOver([], 'something else'), false);
});
