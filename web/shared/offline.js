/** The service worker: the app without network, and its newer versions without disturbing anybody. */

const UPDATE_EVERY_MS = 6 * 3600 * 1000;

/**
 * Have the app work without network.
 *
 * A newer version waits until no page of the app is looked at; it serves from the next opening on.
 * `renewed` is called when somebody comes back to this page after that.
 * @param {string} address Of the worker.
 * @param {string} scope
 * @param {() => void} renewed
 * @param {() => boolean} [busy] Whether the page goes on with what it runs while nobody looks: its own
 *   workers must then stay of its version.
 */
export async function workOffline(address, scope, renewed, busy = () => false) {
  if (!('serviceWorker' in navigator)) return;
  const workers = navigator.serviceWorker;
  let changed = false;
  let controlled = Boolean(workers.controller);
  workers.addEventListener('controllerchange', () => {
    changed = controlled; // a first worker brings nothing newer
    controlled = true;
  });
  try {
    const registered = await workers.register(address, { scope, updateViaCache: 'none' });
    let looked = Date.now();
    let leaves = false;
    addEventListener('pagehide', () => (leaves = true));
    addEventListener('pageshow', () => (leaves = false));
    document.addEventListener('visibilitychange', () => {
      // While a page loads anew a change of workers could leave it waiting for ever; once the last
      // page is closed, the browser changes them by itself.
      if (leaves) return;
      if (document.visibilityState === 'hidden') {
        if (!busy()) registered.waiting?.postMessage('take over');
        return;
      }
      if (changed) return renewed();
      if (Date.now() - looked < UPDATE_EVERY_MS) return;
      looked = Date.now();
      registered.update().catch(() => {}); // without network there is nothing new
    });
  } catch {
    // Refused (private browsing, no trusted HTTPS): the app works while there is network.
  }
}
