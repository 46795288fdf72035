/**
 * Random checks: one showing in so many is referred, so that an agent looks at the card.
 *
 * The share is the lane's, told by the school in what it signs. Drawn before anybody looks at who shows
 * what: the chance is the same for all, and no person, class or kind can be picked. Whoever walks away
 * and shows again is still to be checked: that is the lane's to remember, not chance. The same as
 * `portique.gate.spot_checks`.
 */

import { ALL } from '../core/checks.js';

const DRAW_BYTES = 8;
const DRAWN_BELOW = 2n ** BigInt(8 * DRAW_BYTES);

/** Draws for one lane. */
export class SpotChecks {
  #entropy;

  /** @param {(size: number) => Uint8Array} entropy gives so many unpredictable bytes */
  constructor(entropy) {
    this.#entropy = entropy;
  }

  /**
   * Say whether this showing is to be checked.
   *
   * @param {number} [told] the thousandths of its showings that the school wants checked at this lane
   */
  draw(told = 0) {
    if (told === 0) return false;
    const bytes = this.#entropy(DRAW_BYTES);
    const drawn = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
    return drawn < (DRAWN_BELOW * BigInt(told)) / BigInt(ALL);
  }
}
