/**
 * The codes in a camera's pictures.
 *
 * A cheap pass reads almost all codes that a still hand shows in fair light. Where it reads nothing
 * although the picture holds a code-like place, that place is followed and harder ways are tried,
 * within a budget of work units: never of time. As in `portique.sight.codes`.
 *
 * Of a code that resists, an average of its place is held in memory: until the place was not seen for
 * a second or so, three at most. Of other pictures, nothing.
 */

import { findCodes, prepare } from './sight/decoder.js';
import { centreOf, greyOf, meanSide } from './sight/shapes.js';
import { readTrack } from './sight/sharpen.js';
import { findSuspects } from './sight/suspects.js';
import { nearestTrack, Track } from './sight/tracks.js';
import { Work } from './sight/work.js';

/** @typedef {import('../core/showing.js').SeenCode} SeenCode */
/** @typedef {import('./sight/sharpen.js').Sighted} Sighted */
/** @typedef {import('./sight/shapes.js').Grey} Grey */
/** @typedef {import('./sight/shapes.js').Quad} Quad */
/** @typedef {import('./sight/tracks.js').Moment} Moment */

/** @typedef {{codes: SeenCode[], unread: boolean}} Look  unread: a code is there and can't be read */

export { prepare };

const CODES_MAX = 4; // as the gate's reader: a showing has one, a lane sees a few
const WORK_MAX = 14_000; // units a picture
const WARM_AFTER = 4; // hard pictures: until then a browser runs these ways several times slower
const TRACKS_MAX = 8; // two pictures' suspected places
const FIRST_SHARE = 0.8;
const THOROUGH_EVERY = 2; // pictures in which nothing is read: also light on dark, and reduced

/** Reads the pictures of one camera, in their order; deterministic, however slow the phone. */
export class CodeReader {
  /** @type {Track[]} */
  #tracks = [];
  #turn = 0;
  #emptyPictures = 0;
  #pictures = 0;
  #hardPictures;

  /**
   * @param {object} [how]
   * @param {boolean} [how.cold] Do less for the first hard pictures: the browser has yet to warm up.
   */
  constructor({ cold = false } = {}) {
    this.#hardPictures = cold ? 0 : WARM_AFTER;
  }

  /** How many places are followed: of each, an average is held. */
  get followed() {
    return this.#tracks.length;
  }

  /** Let go of every picture. */
  forget() {
    this.#tracks = [];
  }

  /**
   * Return the codes in a picture, the largest first.
   *
   * @param {ImageData} picture
   * @param {number} atMs When it was taken, by a clock that runs steadily.
   * @returns {Promise<Look>}
   */
  async read(picture, atMs) {
    this.#pictures += 1;
    const now = { ms: atMs, picture: this.#pictures };
    // Before all else: an average must not outlive its code because others are read.
    this.#tracks = this.#tracks.filter((track) => !track.isOver(now));
    const thorough = this.#emptyPictures % THOROUGH_EVERY === THOROUGH_EVERY - 1;
    const found = await findCodes(picture, { thorough });
    const read = found.flatMap(({ text, quad }) => (text === null ? [] : [{ text, quad }]));
    // Beside a code already read, another that resists is rare and a poster is common.
    if (read.length) return { codes: largest(read, picture), unread: false };
    // A code found the thorough way is looked for so again, or it would flicker.
    this.#emptyPictures += 1;
    const grey = greyOf(picture);
    const suspects = findSuspects(grey);
    const hard = await this.#readSuspects(grey, suspects, now);
    const resists = found.length > 0 || suspects.length > 0;
    return { codes: largest(hard, picture), unread: hard.length === 0 && resists };
  }

  /**
   * @param {Grey} grey
   * @param {readonly Quad[]} suspects
   * @param {Moment} now
   * @returns {Promise<Sighted[]>}
   */
  async #readSuspects(grey, suspects, now) {
    if (suspects.length) this.#hardPictures += 1;
    let left = WORK_MAX * Math.min(1, this.#hardPictures / WARM_AFTER);
    /** @type {Sighted[]} */
    const read = [];
    for (const [at, suspect] of this.#inTurn(suspects).entries()) {
      // The likeliest place gets the larger part; what it leaves goes to the others.
      const work = new Work((at === suspects.length - 1 ? 1 : FIRST_SHARE) * left);
      const reading = await readTrack(this.#trackOf(suspect, now), grey, work);
      left -= work.spent;
      if (reading && !isIn(read, reading)) read.push(reading);
    }
    return read;
  }

  /**
   * Put the likeliest place first in every other picture, each of the others in its turn.
   * @param {readonly Quad[]} suspects
   */
  #inTurn(suspects) {
    this.#turn += 1;
    const others = suspects.length - 1;
    if (this.#turn % 2 || others < 1) return suspects;
    const first = 1 + ((this.#turn >> 1) % others);
    return [suspects[first], ...suspects.filter((_, at) => at !== first)];
  }

  /**
   * @param {Quad} quad
   * @param {Moment} now
   */
  #trackOf(quad, now) {
    const free = this.#tracks.filter(({ seen }) => seen.picture !== now.picture);
    const track = nearestTrack(free, quad) ?? new Track(quad, now);
    track.follow(quad, now);
    // The one seen last stands last; whatever the time says, the oldest give way.
    const others = this.#tracks.filter((one) => one !== track);
    this.#tracks = [...others, track].slice(-TRACKS_MAX);
    return track;
  }
}

/**
 * Tell whether two suspected places turned out to be the same code.
 * @param {readonly Sighted[]} read
 * @param {Sighted} reading
 */
function isIn(read, { text, quad }) {
  const [x, y] = centreOf(quad);
  return read.some((code) => {
    const [otherX, otherY] = centreOf(code.quad);
    const away = Math.max(Math.abs(otherX - x), Math.abs(otherY - y));
    return code.text === text && away < meanSide(quad) / 2;
  });
}

/**
 * @param {Sighted[]} codes
 * @param {{width: number, height: number}} picture
 * @returns {SeenCode[]}
 */
function largest(codes, { width, height }) {
  const sorted = codes.sort((one, other) => meanSide(other.quad) - meanSide(one.quad));
  return sorted.slice(0, CODES_MAX).map(({ text, quad }) => {
    const [a, b, c, d] = quad.map(([x, y]) => /** @type {const} */ ([x / width, y / height]));
    return { text, quad: [a, b, c, d] };
  });
}
