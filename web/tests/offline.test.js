/** When a newer version of an app takes the place of the one that runs. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { workOffline } from '../shared/offline.js';

/**
 * A page whose newer worker waits; return what that one is told once nobody looks at the page.
 * @param {() => boolean} [busy]
 */
async function toldWhenHidden(busy) {
  /** @type {string[]} */
  const told = [];
  const waiting = { postMessage: (/** @type {string} */ word) => told.push(word) };
  const serviceWorker = Object.assign(new EventTarget(), { register: async () => ({ waiting }) });
  const document = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
  const page = { navigator: { serviceWorker }, document, addEventListener: () => {} };
  for (const [name, value] of Object.entries(page))
    Object.defineProperty(globalThis, name, { value, configurable: true });
  await workOffline('/worker.js', '/', () => {}, busy);
  document.dispatchEvent(new Event('visibilitychange'));
  return told;
}

test('A newer version takes over once nobody looks at the page.', async () => {
  assert.deepEqual(await toldWhenHidden(), ['take over']);
});

test('A page that is busy keeps its workers while it is hidden.', async () => {
  assert.deepEqual(await toldWhenHidden(() => true), []);
});
