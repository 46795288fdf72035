/**
 * A limit on codes that are no pass of the school: a phone may cycle through made-up ones.
 *
 * Each of the first is decided and journalled like any showing. Beyond the rate they are counted: the
 * agent still sees that somebody is there, the journal gets one number a minute, and a stranger does
 * not fill the phone. Passes of the school never come here. The same as `portique.gate.flood`.
 */

export const AT_ONCE_MAX = 60; // a class of visitors who all try their train tickets
export const EACH_MS = 10_000; // one more every ten seconds: 360 an hour
export const QUIET_MS = 10 * 60_000; // a flood after this long without one is another flood

/** A bucket of codes that may still be journalled one by one, filled by time. */
export class Flood {
  #savedMs = AT_ONCE_MAX * EACH_MS;
  /** @type {number | null} */
  #atMs = null;
  /** @type {number | null} */
  #lastMs = null;
  beyond = 0;
  begins = false;

  /**
   * Say whether one more code, at an instant in ms, may have an entry of its own.
   *
   * Otherwise it is counted in `beyond`, and `begins` says whether a flood begins with it.
   *
   * @param {number} atMs
   */
  takes(atMs) {
    const passedMs = this.#atMs === null ? 0 : Math.max(0, atMs - this.#atMs);
    this.#atMs = atMs;
    this.#savedMs = Math.min(AT_ONCE_MAX * EACH_MS, this.#savedMs + passedMs);
    if (this.#savedMs >= EACH_MS) {
      this.#savedMs -= EACH_MS;
      return true;
    }
    this.begins = this.#lastMs === null || atMs - this.#lastMs > QUIET_MS;
    this.#lastMs = atMs;
    this.beyond += 1;
    return false;
  }
}
