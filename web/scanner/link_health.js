/** How this phone is, for its server: numbers and codes, nobody's data. */

/** @typedef {import('./board.js').Board} Board */
/** @typedef {import('../core/wire_news.js').Health} Health */

const CALM_MS = 20_000;
const TOLD_OTHERWISE = new Set(['clock', 'server']); // a field of its own; the server knows
const CONTROL = 'control';

/**
 * Say how the phone is now.
 *
 * @param {object} of
 * @param {string} of.version of the app
 * @param {import('./journal.js').Journal} of.journal
 * @param {import('./clock.js').Clock} of.clock
 * @param {string | undefined} of.mode
 * @param {import('../core/knowledge.js').Version | null} of.knowledge
 * @param {readonly string[]} of.failing
 * @returns {Promise<Health>}
 */
export async function healthOf({ version, journal, clock, mode, knowledge, failing }) {
  const { uncertaintyMs, trusted } = clock.state;
  return {
    version,
    epoch: journal.head.epoch,
    last: journal.head.number,
    unsent: journal.unsent,
    clockUncertaintyMs: Math.ceil(uncertaintyMs),
    clockTrusted: trusted,
    mode: mode ?? CONTROL,
    setAside: journal.setAsideCount,
    diskFree: await bytesFree(),
    knowledge,
    failing,
  };
}

/** What the browser says is left for this app; null: it doesn't say. */
async function bytesFree() {
  try {
    const { quota, usage } = await navigator.storage.estimate();
    return quota === undefined ? null : Math.max(0, Math.floor(quota - (usage ?? 0)));
  } catch {
    return null;
  }
}

/** What the server is told: an organ that comes and goes fails until it has worked a while. */
export class Failing {
  /** @type {Map<string, number>} by organ, when it last failed, uptime in ms */
  #seen = new Map();

  /**
   * Name what fails, or failed until just now, in order.
   *
   * @param {Board | null} board
   * @param {number} nowMs
   * @returns {string[]}
   */
  look(board, nowMs) {
    for (const { organ } of board?.snapshot.faults ?? []) {
      if (!TOLD_OTHERWISE.has(organ)) this.#seen.set(organ, nowMs);
    }
    for (const [organ, lastMs] of this.#seen) {
      if (nowMs - lastMs >= CALM_MS) this.#seen.delete(organ);
    }
    return [...this.#seen.keys()].sort();
  }
}
