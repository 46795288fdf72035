/**
 * One suspected code followed from picture to picture, and its pictures added up.
 *
 * Averaging n aligned pictures divides the noise by the square root of n, and noise is what limits how
 * much blur can be undone. Only pictures of the same modules, blurred alike, are added: never two
 * contents. As in `portique.sight.tracks`.
 */

import { cutOut, resized } from './layers.js';
import { product, quadAfter } from './matrices.js';
import { laidOver, register } from './registration.js';
import { boxAround, centreOf, holds, meanSide, middleOf } from './shapes.js';
import { areAlike, estimateSpread } from './spread.js';

/** @typedef {import('./shapes.js').Box} Box */
/** @typedef {import('./shapes.js').Grey} Grey */
/** @typedef {import('./shapes.js').Layer} Layer */
/** @typedef {import('./shapes.js').Quad} Quad */
/** @typedef {import('./spread.js').Spread} Spread */

/**
 * One picture of a suspected code, and the way back to the camera's.
 * @typedef {object} View
 * @property {Layer} layer
 * @property {import('./matrices.js').Matrix} toPicture
 * @property {number} pictures how many were averaged
 */

const MARGIN_SHARE = 0.11; // around the suspected place, of its side: the quiet zone and the doubt
const SIDE_MAX_PX = 368; // larger places are reduced: time is bounded, modules stay wide enough
const ADDED_MAX = 15; // pictures, a second of a fast phone; then the sum starts again: hands move on
const PATIENCE = 45; // pictures without success; then a place is looked at less often
const SELDOM_EVERY = 8;
// A place not seen any more is forgotten after so long and so many pictures: a slow phone takes few.
const FORGOTTEN_AFTER = { ms: 700, pictures: 10 };
export const FORGOTTEN_AFTER_MAX_MS = 3_000; // however few they were: the pictures are of people's cards

/**
 * When a picture was taken, by a steady clock, and its number.
 * @typedef {{ms: number, picture: number}} Moment
 */

/** One suspected code over time. */
export class Track {
  /** The average, the present picture included. @type {View | null} */
  sum = null;
  /** How the present picture was blurred. @type {Spread | null} */
  spread = null;
  failures = 0;
  /** What worked last is tried first. */
  bestAttempt = 0;
  /** Attempts since the last round of all began. @type {Set<number>} */
  tried = new Set();
  /** Which attempts agree on a text. @type {Map<string, Set<string>>} */
  readings = new Map();
  turn = 0;

  /**
   * @param {Quad} quad
   * @param {Moment} seen
   */
  constructor(quad, seen) {
    this.box = placeFor(quad);
    this.seen = seen;
  }

  /**
   * Tell whether it was not seen for so long that it is to be forgotten.
   * @param {Moment} now
   */
  isOver({ ms, picture }) {
    const awayMs = ms - this.seen.ms;
    const soon =
      awayMs > FORGOTTEN_AFTER.ms && picture - this.seen.picture > FORGOTTEN_AFTER.pictures;
    return soon || awayMs > FORGOTTEN_AFTER_MAX_MS;
  }

  /** How many pixels are looked at. */
  get pixels() {
    return Math.min(this.box.right - this.box.left, SIDE_MAX_PX) ** 2;
  }

  /**
   * Move to where the code is suspected now, keeping the size while it still fits.
   * @param {Quad} quad
   * @param {Moment} now
   */
  follow(quad, now) {
    const wanted = placeFor(quad);
    const tight = boxAround(quad);
    const side = Math.max(tight.right - tight.left, tight.bottom - tight.top);
    const own = this.box.right - this.box.left;
    const ratio = (wanted.right - wanted.left) / own;
    if (0.75 < ratio && ratio < 1.3 && side < own) this.box = squareAt(middleOf(wanted), own >> 1);
    else {
      this.box = wanted;
      this.sum = null;
    }
    this.seen = now;
  }

  /** Tell whether to spend work on this place in this picture. */
  get wantsAttention() {
    return this.failures < PATIENCE || this.turn % SELDOM_EVERY === 0;
  }

  /**
   * Cut the place out of a picture and add it to the sum where it belongs.
   * @param {Grey} grey
   * @returns {View} The present picture alone.
   */
  look(grey) {
    const view = cut(grey, this.box);
    const spread = estimateSpread(view.layer);
    this.sum = this.#added(view, spread);
    this.spread = spread;
    if (this.sum.pictures === 1) this.readings.clear();
    return view;
  }

  /**
   * @param {View} view
   * @param {Spread} spread
   * @returns {View}
   */
  #added(view, spread) {
    const past = this.sum;
    if (!past || !this.spread || past.layer.data.length !== view.layer.data.length) return view;
    if (past.pictures >= ADDED_MAX || !areAlike(this.spread, spread)) return view;
    const matrix = register(past.layer, view.layer);
    if (!matrix) return view;
    const pictures = past.pictures + 1;
    const layer = laidOver(view.layer, matrix);
    for (let at = 0; at < layer.data.length; at += 1)
      layer.data[at] = past.layer.data[at] + (layer.data[at] - past.layer.data[at]) / pictures;
    return { layer, toPicture: product(view.toPicture, matrix), pictures };
  }
}

/**
 * Return the square place to look at for a suspected quad.
 * @param {Quad} quad
 */
function placeFor(quad) {
  const { left, top, right, bottom } = boxAround(quad);
  const side = Math.max(right - left, bottom - top);
  const half = Math.round(side / 2 + MARGIN_SHARE * meanSide(quad)) + 4;
  return squareAt(middleOf({ left, top, right, bottom }), half);
}

/**
 * @param {import('./shapes.js').Point} middle
 * @param {number} half
 * @returns {Box}
 */
function squareAt(middle, half) {
  const [x, y] = middle.map(Math.round);
  return { left: x - half, top: y - half, right: x + half, bottom: y + half };
}

/**
 * Cut a place out of a picture, reduced if it is large.
 * @param {Grey} grey
 * @param {Box} box
 * @returns {View}
 */
function cut(grey, box) {
  const whole = cutOut(grey, box);
  const share = Math.min(1, SIDE_MAX_PX / whole.width);
  const side = Math.round(share * whole.width);
  const layer = share < 1 ? resized(whole, side, side) : whole;
  const across = whole.width / side;
  const shift = across / 2 - 0.5;
  const toPicture = [across, 0, box.left + shift, 0, across, box.top + shift, 0, 0, 1];
  return { layer, toPicture, pictures: 1 };
}

/**
 * Return a quad of a view in the camera's picture.
 * @param {View} view
 * @param {Quad} quad
 */
export function inPicture({ toPicture }, quad) {
  return quadAfter(quad, toPicture);
}

/**
 * Return the track whose place holds the quad's middle, the nearest.
 * @param {readonly Track[]} tracks
 * @param {Quad} quad
 * @returns {Track | null}
 */
export function nearestTrack(tracks, quad) {
  const [x, y] = centreOf(quad);
  const away = (/** @type {Track} */ { box }) => {
    const [across, down] = middleOf(box);
    return Math.hypot(across - x, down - y);
  };
  const reach = meanSide(quad);
  const near = tracks.filter((track) => holds(track.box, [x, y]) && away(track) < reach);
  return near.sort((one, other) => away(one) - away(other))[0] ?? null;
}
