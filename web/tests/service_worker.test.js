/** When a newer service worker takes the older one's place. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

let loaded = 0;

/**
 * A worker that waits while pages are seen or hidden; return whether it takes over when it is told to.
 * @param {string[]} pages Each one's visibility.
 * @param {string} [told]
 */
async function takesOver(pages, told = 'take over') {
  /** @type {Promise<void>[]} */
  const waited = [];
  let took = false;
  const self = Object.assign(new EventTarget(), {
    APP: { app: 'wallet', version: '0', files: {} },
    clients: { matchAll: async () => pages.map((visibilityState) => ({ visibilityState })) },
    skipWaiting: async () => void (took = true),
  });
  Object.defineProperty(globalThis, 'self', { value: self, configurable: true });
  await import(`../shared/service-worker.js?${(loaded += 1)}`);
  const waitUntil = (/** @type {Promise<void>} */ work) => waited.push(work);
  self.dispatchEvent(Object.assign(new Event('message'), { data: told, waitUntil }));
  await Promise.all(waited);
  return took;
}

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
