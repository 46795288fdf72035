/**
 * The stream of the console: it resumes after the last line this page had, and says when it is cut.
 *
 * The server draws the lanes at least every 15 s: a page that hears nothing for longer is cut off.
 */

const SILENCE_MS = 25000;
const WATCH_MS = 1000;
const AGAIN_MS = 2000;

/**
 * @typedef {object} Ears
 * @property {(message: any, id: number) => void} line
 * @property {(html: string) => void} lanes
 * @property {(state: "live" | "cut" | "over", ageS: number) => void} link
 */

/**
 * Listen for as long as the page lives.
 * @param {string} address
 * @param {number} cursor  The id of the last event the page already shows.
 * @param {Ears} ears
 */
export function listen(address, cursor, ears) {
  let last = cursor;
  let heard = Date.now();
  let over = false;
  let live = false;
  /** @type {EventSource | undefined} */
  let source;

  const hear = () => {
    heard = Date.now();
    if (!live) ears.link("live", 0);
    live = true;
  };

  const end = () => {
    over = true;
    source?.close();
    ears.link("over", 0);
  };

  const open = () => {
    source?.close();
    if (over) return;
    source = new EventSource(`${address}&after=${last}`, { withCredentials: true });
    source.addEventListener("open", hear);
    source.addEventListener("line", (event) => {
      hear();
      const id = Number(event.lastEventId);
      if (id <= last) return; // told twice: the page had it
      last = id;
      ears.line(JSON.parse(event.data), id);
    });
    source.addEventListener("lanes", (event) => {
      hear();
      ears.lanes(JSON.parse(event.data).html);
    });
    source.addEventListener("reload", () => location.reload());
    source.addEventListener("signed-out", end);
    source.addEventListener("error", lost);
  };

  /** The browser retries a broken line by itself, but not a refused one. */
  const lost = async () => {
    live = false;
    ears.link("cut", age());
    if (source?.readyState !== EventSource.CLOSED) return;
    source.close();
    if (await signedOut()) end();
    else setTimeout(open, AGAIN_MS);
  };

  const age = () => Math.round((Date.now() - heard) / 1000);

  setInterval(() => {
    if (over) return;
    if (live && Date.now() - heard > SILENCE_MS) {
      live = false;
      open(); // open but silent for long is dead: the machine slept, or the network moved
    }
    if (!live) ears.link("cut", age());
  }, WATCH_MS);
  open();
}

/** Say whether the session is over; a server that does not answer says nothing about it. */
async function signedOut() {
  try {
    const answer = await fetch(location.pathname, { method: "GET", redirect: "manual" });
    return answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
  } catch {
    return false;
  }
}
