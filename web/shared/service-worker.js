/*
 * An app without network. The server puts `self.APP = {app, version, files}` before this text:
 * the list is found from the app's page, the version is the hash of its files.
 *
 * Kept are exactly those files, nothing else: no answer of the server, nothing about anybody.
 * A newer version waits until no page of the app is seen; the next opening is served by it.
 */
'use strict';

(() => {
  const worker = /** @type {any} */ (self);
  /** @type {{app: string, version: string, files: string[]}} */
  const { app, version, files } = worker.APP;
  const family = `portique-${app}-`;
  const name = family + version;

  async function keepFiles() {
    const cache = await caches.open(name);
    // "no-cache": asked again of the server, or the browser's older copies would be kept as new ones
    await cache.addAll(files.map((file) => new Request(file, { cache: 'no-cache' })));
  }

  async function begin() {
    const older = (await caches.keys()).filter((each) => each.startsWith(family) && each !== name);
    await Promise.all(older.map((each) => caches.delete(each)));
    await worker.clients.claim();
  }

  /** Take the older worker's place, unless somebody is looking at a page that it serves. */
  async function takeOver() {
    const pages = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
    if (pages.every((/** @type {any} */ page) => page.visibilityState === 'hidden'))
      await worker.skipWaiting();
  }

  /**
   * @param {Request} request
   * @returns {Promise<Response>}
   */
  async function answer(request) {
    const cache = await caches.open(name);
    return (await cache.match(request, { ignoreSearch: true, ignoreVary: true })) ?? fetch(request);
  }

  worker.addEventListener('install', (/** @type {any} */ event) => event.waitUntil(keepFiles()));
  worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(begin()));
  worker.addEventListener('message', (/** @type {any} */ event) => {
    if (event.data === 'take over') event.waitUntil(takeOver());
  });
  worker.addEventListener('fetch', (/** @type {any} */ event) => {
    const { request } = event;
    const address = new URL(request.url);
    const ours = address.origin === worker.location.origin && files.includes(address.pathname);
    if (request.method === 'GET' && ours) event.respondWith(answer(request));
  });
})();
