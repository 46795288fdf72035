/** A limit on what readers that need no camera bring: a toy that types, or chips played one after the other. */

const TEXTS_PER_MINUTE = 60;
const BURST = 5; // texts that may come at once: a class arriving together

/** At most so many a minute, a few of them at once. */
export class Rate {
  #left = BURST;
  #atMs = 0;

  /** @param {number} atMs */
  takes(atMs) {
    const gained = (Math.max(0, atMs - this.#atMs) * TEXTS_PER_MINUTE) / 60_000;
    this.#left = Math.min(BURST, this.#left + gained);
    this.#atMs = atMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
