/** Whether the app is installed, and how it can be. */

/**
 * - `installed`: runs as an app of its own;
 * - `ask`: the browser installs it when asked;
 * - `apple`: through Safari's share menu; what Safari keeps, and what the installed app keeps, are apart;
 * - `browser`: by the browser's own menu, if at all.
 * @typedef {'installed' | 'ask' | 'apple' | 'browser'} Installing
 */

/** @type {any} */
let offered = null;
/** @type {Set<() => void>} */
const listeners = new Set();

addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault(); // asked for by a button of ours, at a moment that makes sense
  offered = event;
  listeners.forEach((tell) => tell());
});
addEventListener('appinstalled', () => {
  offered = null;
  listeners.forEach((tell) => tell());
});

/** @returns {Installing} */
export function installing() {
  const apple = /** @type {any} */ (navigator).standalone; // a boolean on iPhones and iPads, nowhere else
  if (
    apple === true ||
    matchMedia('(display-mode: standalone), (display-mode: fullscreen)').matches
  )
    return 'installed';
  if (apple === false) return 'apple';
  return offered ? 'ask' : 'browser';
}

/** Have the browser ask whether to install; say whether somebody accepted. */
export async function askToInstall() {
  if (!offered) return false;
  const asking = offered;
  offered = null; // a browser's offer can be used once
  asking.prompt();
  return (await asking.userChoice).outcome === 'accepted';
}

/**
 * Be told when the answer of `installing` may have changed.
 * @param {() => void} tell
 */
export function onInstalling(tell) {
  listeners.add(tell);
}
