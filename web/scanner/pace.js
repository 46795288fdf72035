/**
 * When to call the server again: soon while it answers, ever less often while it does not.
 *
 * Every wait has chance in it, so that a school's phones do not all knock in the same second when the
 * server comes back. `portique.gate.link.pace`.
 */

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000; // a server that is back is found within half a minute
const WORD_MAX = 2 ** 32;

export class Pace {
  #entropy;
  #failures = 0;

  /** @param {import('./link_calls.js').Entropy} entropy */
  constructor(entropy) {
    this.#entropy = entropy;
  }

  /** Note that the server answered. */
  worked() {
    this.#failures = 0;
  }

  /** Note a failure; return how long to wait, in ms: twice as long each time. */
  failed() {
    const waitMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.#failures, 16));
    this.#failures += 1;
    return this.about(waitMs);
  }

  /**
   * Return from half of a wait to the whole of it, by chance.
   *
   * @param {number} waitMs
   */
  about(waitMs) {
    const drawn = new DataView(this.#entropy(4).buffer).getUint32(0) / WORD_MAX;
    return (waitMs * (1 + drawn)) / 2;
  }
}
