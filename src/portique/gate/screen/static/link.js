/**
 * The stream from the gate: states as they come, and the truth about being cut off.
 *
 * The gate beats every second. Three seconds of silence and the page must say
 * that what it shows may be old; nobody may trust a frozen screen.
 */

const SILENCE_MS = 3000;
const WATCH_MS = 250;
const AGAIN_MS = 1000;

/**
 * @typedef {object} Ears
 * @property {(state: any) => void} state  Called with each state.
 * @property {(cut: boolean) => void} cut  Called when contact is lost, and when it is back.
 * @property {(alive: boolean) => void} [alive]  Called with each beat: does the gate's loop work?
 * @property {() => void} [signedOut]  Called when there is no session any more.
 */

/**
 * Listen to a stream for as long as the page lives.
 * @param {string} address
 * @param {Ears} ears
 */
export function listen(address, ears) {
  let heard = performance.now();
  let cut = false;
  /** @type {EventSource | undefined} */
  let source;

  const hear = () => {
    heard = performance.now();
    if (cut) {
      cut = false;
      ears.cut(false);
    }
  };

  const open = () => {
    source?.close();
    source = new EventSource(address);
    source.addEventListener("state", (event) => {
      hear();
      ears.state(JSON.parse(event.data));
    });
    source.addEventListener("beat", (event) => {
      hear();
      ears.alive?.(JSON.parse(event.data).alive);
    });
    source.addEventListener("signed-out", () => ears.signedOut?.());
    source.addEventListener("error", refused);
  };

  /** The browser retries a broken line by itself, but not a refused one. */
  const refused = async () => {
    if (source?.readyState !== EventSource.CLOSED) return;
    source.close();
    const status = await ask(address);
    if (status === 401 && ears.signedOut) ears.signedOut();
    else setTimeout(open, AGAIN_MS);
  };

  setInterval(() => {
    if (!cut && performance.now() - heard > SILENCE_MS) {
      cut = true;
      ears.cut(true);
    }
    // A line that is open but silent for long is dead: the machine slept, or the network moved.
    if (cut && performance.now() - heard > 3 * SILENCE_MS) {
      heard = performance.now() - SILENCE_MS;
      open();
    }
  }, WATCH_MS);
  open();
}

/**
 * Tell what the gate answers at an address, 0 when it does not.
 * @param {string} address
 * @returns {Promise<number>}
 */
async function ask(address) {
  const stop = new AbortController();
  try {
    const answer = await fetch(address, { signal: stop.signal });
    return answer.status;
  } catch {
    return 0;
  } finally {
    stop.abort();
  }
}
