/**
 * From codes seen in frames to showings: one person presenting one medium, decided once.
 *
 *     appears (in the aim area, large enough, alone) ─▶ opened ─▶ latched while in view
 *         another undecided id in view ─▶ both held: one at a time
 *         out of view for 2 s of camera time ─▶ closed; seen again, it is a new showing
 *
 * All time is the frames' own. Nothing here verifies anything: a code is told from another by the
 * sealed pass it carries, which a forgery that borrows somebody's id does not share, so nobody's pass
 * can be hidden by another code. The same as `portique.gate.showing`.
 */

import { recognised } from './passes.js';
import { toHex } from './values.js';

const GONE_MS = 2_000;
const TAKE_AWAY_MS = 30_000;
const MARKS_REMEMBERED_MAX = 256; // texts taken apart; a lane sees a few at a time

/** @typedef {readonly [number, number]} Corner */
/** @typedef {readonly [Corner, Corner, Corner, Corner]} Quad  corners as fractions of the frame */
/** @typedef {{text: string, quad: Quad}} SeenCode  one code in one frame */

/**
 * @typedef {object} AimArea Where codes count: fractions of the frame
 * @property {number} left
 * @property {number} top
 * @property {number} right
 * @property {number} bottom
 * @property {number} codeWidthMin the smallest code, as a share of the frame's width
 */

/**
 * @typedef {object} Opened A showing to decide now
 * @property {number} showing
 * @property {string} text
 * @property {string | null} passId claimed by the code and unverified
 * @property {number} atMs
 * @property {boolean} typed a reader other than the camera wrote the text: perhaps a badge's number
 */

/**
 * @typedef {object} Step What one frame changed
 * @property {Opened | null} opened
 * @property {readonly number[]} closed
 * @property {boolean} crowded two undecided codes at once
 * @property {boolean} overstayed a decided code still in view after 30 s
 */

/** @typedef {{passId: string | null, key: string}} Mark  by what a text is known again */

/**
 * @typedef {object} Held A code in view
 * @property {string} text
 * @property {string | null} passId
 * @property {number} firstMs
 * @property {number} lastMs
 * @property {number | null} showing null until it is alone and can be decided
 */

/** @type {AimArea} */
export const WHOLE_FRAME = Object.freeze({
  left: 0,
  top: 0,
  right: 1,
  bottom: 1,
  codeWidthMin: 0.08,
});

/** The showings of one device's camera, fed frame by frame. */
export class Showings {
  /** @type {Map<string, Held>} */
  #held = new Map();
  /** @type {Map<string, Mark>} */
  #marks = new Map();
  #aim;
  #next;

  /**
   * @param {AimArea} [aim]
   * @param {number} [firstNumber]
   */
  constructor(aim = WHOLE_FRAME, firstNumber = 1) {
    this.#aim = aim;
    this.#next = firstNumber;
  }

  /**
   * Take in one frame: the codes read in it, and its camera time in ms.
   *
   * @param {readonly SeenCode[]} codes
   * @param {number} atMs
   * @returns {Step}
   */
  step(codes, atMs) {
    const closed = this.#close(atMs);
    const aimed = codes.filter((code) => isAimed(this.#aim, code.quad));
    const inView = this.#see(aimed, atMs);
    const undecided = inView.filter(({ showing }) => showing === null);
    const decided = inView.filter(({ showing }) => showing !== null);
    return {
      closed,
      crowded: undecided.length > 1,
      overstayed: decided.some(({ firstMs }) => atMs - firstMs >= TAKE_AWAY_MS),
      opened: undecided.length === 1 ? this.#open(undecided[0], atMs) : null,
    };
  }

  /**
   * Open a showing for one line of a reader other than the camera.
   *
   * @param {string} text
   * @param {number} atMs
   * @returns {Opened}
   */
  line(text, atMs) {
    const { passId } = this.#mark(text);
    return { showing: this.takeNumber(), text, passId, atMs, typed: true };
  }

  /** Return the next showing's number, for whatever is shown without a code. */
  takeNumber() {
    this.#next += 1;
    return this.#next - 1;
  }

  /**
   * Extend what is known, remember what is new, and return what is in view, once each.
   *
   * @param {readonly SeenCode[]} codes
   * @param {number} atMs
   */
  #see(codes, atMs) {
    /** @type {Set<Held>} */
    const inView = new Set();
    for (const { text } of codes) {
      const { key, passId } = this.#mark(text);
      const held = this.#held.get(key) ?? {
        text,
        passId,
        firstMs: atMs,
        lastMs: atMs,
        showing: null,
      };
      Object.assign(held, { text, lastMs: atMs });
      this.#held.set(key, held);
      inView.add(held);
    }
    return [...inView];
  }

  /**
   * @param {Held} held
   * @param {number} atMs
   * @returns {Opened}
   */
  #open(held, atMs) {
    const showing = this.takeNumber();
    Object.assign(held, { showing, firstMs: atMs });
    return { showing, text: held.text, passId: held.passId, atMs, typed: false };
  }

  /** @param {number} atMs */
  #close(atMs) {
    const closed = [];
    for (const [key, { lastMs, showing }] of this.#held) {
      if (atMs - lastMs < GONE_MS) continue;
      this.#held.delete(key);
      if (showing !== null) closed.push(showing);
    }
    return closed;
  }

  /**
   * @param {string} text
   * @returns {Mark}
   */
  #mark(text) {
    const known = this.#marks.get(text);
    if (known !== undefined) return known;
    const [oldest] = this.#marks.keys();
    if (this.#marks.size >= MARKS_REMEMBERED_MAX) this.#marks.delete(oldest);
    const found = recognised(text);
    const mark = found
      ? { passId: found.passId, key: toHex(found.bytes) }
      : { passId: null, key: `text ${text}` };
    this.#marks.set(text, mark);
    return mark;
  }
}

/**
 * Say whether a code's centre is inside the aim area and the code is large enough.
 *
 * @param {AimArea} aim
 * @param {Quad} quad
 */
function isAimed({ left, top, right, bottom, codeWidthMin }, quad) {
  const [xs, ys] = [quad.map((corner) => corner[0]), quad.map((corner) => corner[1])];
  const [x, y] = [centre(xs), centre(ys)];
  const inside = left <= x && x <= right && top <= y && y <= bottom;
  return inside && Math.max(...xs) - Math.min(...xs) >= codeWidthMin;
}

/** @param {readonly number[]} places */
function centre(places) {
  return places.reduce((sum, place) => sum + place, 0) / places.length;
}
