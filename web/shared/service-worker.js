/*
 * An app without network. The server puts `self.APP = {app, version, files}` before this text:
 * the list is found from the app's page, with the SHA-256 of each; the version is the hash of it all.
 *
 * Kept are exactly those files, nothing else: no answer of the server, nothing about anybody. One that
 * came otherwise than it was made (a portal's page, a server in the middle of its upgrade, half a file)
 * is not kept, and the older version goes on.
 * A newer version waits until no page of the app is seen; the next opening is served by it.
 */
'use strict';

// A block, not the worker's global scope: nothing here has a name for others.
{
  const worker = /** @type {any} */ (self);
  /** @type {{app: string, version: string, files: Record<string, string>}} */
  const { app, version, files } = worker.APP;
  const family = `portique-${app}-`;
  const name = family + version;

  async function keepFiles() {
    const fetched = await Promise.all(Object.keys(files).map(fetchedFile));
    const cache = await caches.open(name); // only now: half a version is none
    try {
      await Promise.all(fetched.map(([file, response]) => cache.put(file, response)));
    } catch (fault) {
      await caches.delete(name); // a full phone: what of it lies there helps nobody and takes room
      throw fault;
    }
  }

  /**
   * @param {string} file
   * @returns {Promise<[string, Response]>}
   */
  async function fetchedFile(file) {
    // "no-cache": asked again of the server, or the browser's older copies would be kept as new ones
    const response = await fetch(new Request(file, { cache: 'no-cache' }));
    if (!(await isOurs(file, response))) throw new Error(`${file} came otherwise than it was made`);
    return [file, response];
  }

  /**
   * @param {string} file
   * @param {Response} response
   */
  async function isOurs(file, response) {
    if (!response.ok || response.redirected) return false;
    const digest = await crypto.subtle.digest('SHA-256', await response.clone().arrayBuffer());
    return btoa(String.fromCharCode(...new Uint8Array(digest))) === files[file];
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
   * @param {string} file
   * @returns {Promise<Response>}
   */
  async function answer(request, file) {
    const cache = await caches.open(name);
    const kept = await cache.match(file, { ignoreVary: true });
    if (kept) return kept;
    const response = await fetch(request); // the browser threw it away
    if (await isOurs(file, response)) await cache.put(file, response.clone()).catch(() => {});
    return response;
  }

  worker.addEventListener('install', (/** @type {any} */ event) => event.waitUntil(keepFiles()));
  worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(begin()));
  worker.addEventListener('message', (/** @type {any} */ event) => {
    if (event.data === 'take over') event.waitUntil(takeOver());
  });
  worker.addEventListener('fetch', (/** @type {any} */ event) => {
    const { request } = event;
    const address = new URL(request.url);
    const ours = address.origin === worker.location.origin && address.pathname in files;
    if (request.method === 'GET' && ours) event.respondWith(answer(request, address.pathname));
  });
}
