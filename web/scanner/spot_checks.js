/**
 * Random checks: one showing in so many is referred, so that an agent looks at the card.
 *
 * Drawn before anybody looks at who shows what: the chance is the same for all, and no person, class
 * or kind can be picked. Whoever walks away and shows again is still to be checked: that is the
 * lane's to remember, not chance. The same as `portique.gate.spot_checks`.
 */

const DRAW_BYTES = 8;
const DRAWN_BELOW = 2n ** BigInt(8 * DRAW_BYTES);
const SHARES = 1_000_000; // the finest share of a per cent that can be asked for

/** Draws for one lane. */
export class SpotChecks {
  #below;
  #entropy;

  /**
   * @param {number} percent the share of showings to check, 0 (none) to 100 (all)
   * @param {(size: number) => Uint8Array} entropy gives so many unpredictable bytes
   */
  constructor(percent, entropy) {
    this.#below = (DRAWN_BELOW * BigInt(Math.round(percent * SHARES))) / BigInt(100 * SHARES);
    this.#entropy = entropy;
  }

  /** Say whether this showing is to be checked. */
  draw() {
    if (this.#below === 0n) return false;
    const bytes = this.#entropy(DRAW_BYTES);
    return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0) < this.#below;
  }
}
