/**
 * A suspected code that the cheap pass could not read: other contrasts, then undoing the blur. As in
 * `portique.sight.sharpen`.
 */

import { mayBeReversed, mend, reversed } from './corners.js';
import { findCodes } from './decoder.js';
import { candidates, Restorer } from './kernels.js';
import { quadAfter } from './matrices.js';
import { pictureFrom } from './shapes.js';
import { estimateSpread, isDirected } from './spread.js';
import { inPicture } from './tracks.js';
import {
  ALIGN_CALL,
  cost,
  ESTIMATE,
  FILTER,
  LAY_OVER,
  MEND,
  MEND_CALL,
  PLAIN_READ,
  THOROUGH_READ,
  TRANSFORM,
} from './work.js';

/** @typedef {import('./decoder.js').Found} Found */
/** @typedef {import('./shapes.js').Grey} Grey */
/** @typedef {import('./spread.js').Spread} Spread */
/** @typedef {import('./tracks.js').Track} Track */
/** @typedef {import('./tracks.js').View} View */
/** @typedef {import('./work.js').Work} Work */

/** A code read in a picture. @typedef {{text: string, quad: import('./shapes.js').Quad}} Sighted */

/**
 * What is done to a picture before decoding. `sum` undoes a blur of the averaged pictures, `alone` of
 * the present one; `corners` draws the finder patterns that are lost.
 * @typedef {'plain' | 'sum' | 'alone' | 'contrast' | 'corners'} Family
 */

/**
 * One way to prepare and decode a place. `number` names it in the agreement of readings.
 * @typedef {object} Attempt
 * @property {number} number
 * @property {Family} family
 * @property {number} units
 * @property {View} view
 * @property {() => Promise<Found[]>} run
 */

const SIGNED = /^PQ[12]:/;
const AGREEING_MIN = 2; // readings of a text without signature, after sharpening
const LIKELIEST = 2; // the place as it is, and the blur that its spectrum tells
const [FAITHFUL, SMOOTHER] = [1, 4]; // strengths of the noise term
const NUMBERS = { plain: 0, sum: 100, alone: 200, contrast: 300, corners: 400 };

/**
 * Try to read one suspected code, within what is left of the picture's work.
 *
 * What succeeded last is tried first, then what this place was not tried with yet: what one picture's
 * work can't hold goes on with the next. A text without signature waits for a second, independent
 * reading when it took sharpening to get it.
 *
 * @param {Track} track
 * @param {Grey} grey
 * @param {Work} work
 * @returns {Promise<Sighted | null>}
 */
export async function readTrack(track, grey, work) {
  track.turn += 1;
  if (!track.wantsAttention || !work.take(upkeepOf(track))) return null;
  const view = track.look(grey);
  for (const attempt of affordable(track, [...attempts(track, view)], work)) {
    const reading = trusted(track, attempt, await attempt.run());
    if (!reading) continue;
    track.bestAttempt = attempt.number;
    track.failures = 0;
    return reading;
  }
  track.failures += 1;
  return null;
}

/** What following a place costs in any case. @param {Track} track */
function upkeepOf({ sum, pixels }) {
  const alone = cost(ESTIMATE + TRANSFORM, pixels);
  return sum ? alone + ALIGN_CALL + cost(ESTIMATE + LAY_OVER, pixels) : alone;
}

/**
 * Yield what this picture's work holds of the ways to try a place.
 *
 * First what worked last. The likeliest are tried on every picture, for an average grows better with
 * each; the others in turn, and the one whose turn it is goes before the likeliest, so that a dear one
 * finds room.
 *
 * @param {Track} track
 * @param {readonly Attempt[]} all
 * @param {Work} work
 */
export function* affordable(track, all, work) {
  const best = all.filter(({ number }) => number === track.bestAttempt);
  const likeliest = all.slice(0, LIKELIEST).filter((one) => !best.includes(one));
  const others = all.slice(LIKELIEST).filter((one) => !best.includes(one));
  let waiting = others.filter(({ number }) => !track.tried.has(number));
  if (!waiting.length) {
    track.tried.clear();
    waiting = others;
  }
  for (const attempt of [...best, ...waiting.slice(0, 1), ...likeliest, ...waiting.slice(1)]) {
    const taken = work.take(attempt.units);
    if (!taken && attempt !== waiting[0]) return;
    track.tried.add(attempt.number); // also if it can't ever be paid: the others go on
    if (taken) yield attempt;
  }
}

/**
 * Keep a text if it may be trusted.
 * @param {Track} track
 * @param {Attempt} attempt
 * @param {readonly Found[]} found
 * @returns {Sighted | null}
 */
export function trusted(track, { number, family, view }, found) {
  const doubtful = family === 'sum' || family === 'alone' || family === 'corners';
  for (const { text, quad } of found) {
    if (text === null) continue;
    if (doubtful && !SIGNED.test(text)) {
      const witnesses = track.readings.get(text) ?? new Set();
      track.readings.set(text, witnesses);
      // A sum shares its past with the sums before it: its readings count once per kernel.
      witnesses.add(`${number} ${family === 'sum' ? 0 : track.turn}`);
      if (witnesses.size < AGREEING_MIN) continue;
    }
    return { text, quad: inPicture(view, quad) };
  }
  return null;
}

/**
 * Name the ways to try, the cheapest and likeliest first.
 * @param {Track} track
 * @param {View} view
 * @returns {Generator<Attempt>}
 */
function* attempts(track, view) {
  const spread = track.spread ?? estimateSpread(view.layer);
  yield contrasted(view, 'plain', { thorough: true });
  const together = track.sum && track.sum.pictures > 1 ? track.sum : null;
  const [shown, family] = together
    ? [together, /** @type {const} */ ('sum')]
    : [view, /** @type {const} */ ('alone')];
  const sharpening = sharpenings(shown, family, together ? estimateSpread(together.layer) : spread);
  yield* sharpening(FAITHFUL);
  yield mended(view, view.layer, NUMBERS.corners);
  if (mayBeReversed(view.layer)) yield mended(view, reversed(view.layer), NUMBERS.corners + 1);
  yield contrasted(view, 'contrast', { thorough: true, binarizer: 'GlobalHistogram' });
  yield* sharpening(SMOOTHER);
  // A movement changes from picture to picture, defocus does not.
  if (together && isDirected(spread)) yield* sharpenings(view, 'alone', spread)(FAITHFUL);
}

/**
 * @param {View} view
 * @param {Family} family
 * @param {NonNullable<Parameters<typeof findCodes>[1]>} how
 * @returns {Attempt}
 */
function contrasted(view, family, how) {
  const units = cost(THOROUGH_READ, view.layer.data.length);
  const run = () => findCodes(pictureFrom(view.layer), how);
  return { number: NUMBERS[family], family, units, view, run };
}

/**
 * @param {View} view
 * @param {import('./shapes.js').Layer} layer
 * @param {number} number
 * @returns {Attempt}
 */
function mended(view, layer, number) {
  const units = MEND_CALL + cost(MEND, layer.data.length);
  return { number, family: 'corners', units, view, run: () => inFlat(layer) };
}

/**
 * Decode the mended pictures one after another until one gives a text.
 * @param {import('./shapes.js').Layer} layer
 * @returns {Promise<Found[]>}
 */
async function inFlat(layer) {
  for (const flat of mend(layer)) {
    const found = await findCodes(pictureFrom(flat.layer));
    const read = found.filter(({ text }) => text !== null);
    if (read.length)
      return read.map(({ text, quad }) => ({ text, quad: quadAfter(quad, flat.toPlace) }));
  }
  return [];
}

/**
 * Return what names an attempt for each likely blur, at a strength of the noise term.
 * @param {View} view
 * @param {'sum' | 'alone'} family
 * @param {Spread} spread
 * @returns {(strength: number) => Attempt[]}
 */
function sharpenings(view, family, spread) {
  /** @type {Restorer | undefined} */
  let restorer;
  const units = cost(FILTER + PLAIN_READ, view.layer.data.length);
  const ratio = (spread.noise / Math.max(spread.contrast, 1)) ** 2;
  return (strength) =>
    candidates(spread).map((kernel, at) => ({
      number: NUMBERS[family] + 10 * strength + at,
      family,
      units,
      view,
      run: () => {
        restorer ??= new Restorer(view.layer);
        return findCodes(pictureFrom(restorer.restore(kernel, strength * ratio)));
      },
    }));
}
