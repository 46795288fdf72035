/** Keeping the screen on while something is shown on it. */

/** @type {WakeLockSentinel | null} */
let held = null;
let wanted = false;
let asking = false;

/** Keep the screen on from now on, whenever the page is seen; where the browser can. */
export async function keepAwake() {
  wanted = true;
  if (held || asking || document.visibilityState !== 'visible' || !('wakeLock' in navigator))
    return;
  asking = true; // two at once would leave one that nobody gives back
  try {
    const lock = await navigator.wakeLock.request('screen');
    lock.addEventListener('release', () => {
      if (held === lock) held = null;
    });
    if (!wanted) return void lock.release();
    held = lock;
  } catch {
    // Battery nearly empty, or not allowed: the phone's own delay holds.
  } finally {
    asking = false;
  }
}

/** Let the screen go dark by itself again. */
export function letSleep() {
  wanted = false;
  held?.release();
  held = null;
}

// The browser releases the lock of a page that is left; it isn't given back by itself.
document.addEventListener('visibilitychange', () => {
  if (wanted && document.visibilityState === 'visible') keepAwake();
});
