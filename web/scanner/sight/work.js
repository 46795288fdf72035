/**
 * Work units: how much looking one picture may cost, counted, never timed.
 *
 * A unit is one thousand pixels through one plain run of the decoder. The other prices were measured
 * beside it; only their ratios matter. Counting instead of timing makes a slow phone read what a fast
 * one does, in as many pictures unless it takes fewer than three or so a second. As in `portique.sight.work`, with this side's own prices.
 */

const CALL = 20; // of any operation, however small its picture
export const PLAIN_READ = 1;
export const THOROUGH_READ = 1.5;
export const ESTIMATE = 7;
export const TRANSFORM = 4;
export const FILTER = 8;
export const LAY_OVER = 6;
export const ALIGN_CALL = 2_300; // pictures are aligned in one size
export const MEND = 12;
export const MEND_CALL = 1_800; // and laid flat in one size

/** A purse of units for one picture. */
export class Work {
  spent = 0;
  #limit;

  /** @param {number} limit */
  constructor(limit) {
    this.#limit = limit;
  }

  get left() {
    return this.#limit - this.spent;
  }

  /**
   * Spend the units if the purse holds them; tell whether it did.
   * @param {number} units
   */
  take(units) {
    if (units > this.left) return false;
    this.spent += units;
    return true;
  }
}

/**
 * Return the units of one operation over so many pixels, its fixed part included.
 * @param {number} unitsPerKilopixel
 * @param {number} pixels
 */
export function cost(unitsPerKilopixel, pixels) {
  return CALL + Math.round((unitsPerKilopixel * pixels) / 1000);
}
