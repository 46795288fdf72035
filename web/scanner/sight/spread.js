/**
 * How a picture was blurred, read off its power spectrum.
 *
 * A code's modules are random, so its sharp spectrum is almost the same in all directions and falls
 * slowly; what falls faster is the blur. The logarithm of the spectrum near the origin is a paraboloid
 * whose curvature is the second moment of everything that smoothed the picture: defocus equally in all
 * directions, motion in one. As in `portique.sight.kernels`.
 */

import { fastLength, spectrumOf } from './fourier.js';
import { solve } from './matrices.js';

/** @typedef {import('./shapes.js').Layer} Layer */
/** @typedef {import('./fourier.js').Spectrum} Spectrum */

/**
 * Second moments of everything that smoothed a picture, in square pixels.
 * @typedef {object} Spread
 * @property {number} least
 * @property {number} most
 * @property {number} angle of the direction of the most, in radians
 * @property {number} noise standard deviation, in grey levels a pixel
 * @property {number} contrast standard deviation of the picture, in grey levels
 */

const PROFILE_STEP = 0.01; // cycles a pixel: the width of a ring of frequencies
const LOWEST_RING = 2; // below it is the card, not its code
const [FEWEST_RINGS, MOST_RINGS] = [6, 40];
const FLOOR_RING = 42; // from here on there is nothing but noise
const NOISE_RATIO = 8; // the spectrum is trusted where it stands this far above the noise
const FLOOR_SAMPLES = 2_000;
const WINDOW_POWER = 9 / 64; // what the window keeps of the noise
const TURN_MAX = Math.PI / 12;

/** Whether the blur has a direction, as motion gives. @param {Spread} spread */
export function isDirected({ least, most }) {
  return most > 1.25 * least + 0.15;
}

/**
 * Tell whether two pictures were blurred alike, so that averaging them loses nothing.
 * @param {Spread} one
 * @param {Spread} other
 */
export function areAlike(one, other) {
  const turn = Math.abs(modulo(one.angle - other.angle + Math.PI / 2, Math.PI) - Math.PI / 2);
  if ((isDirected(one) || isDirected(other)) && turn > TURN_MAX) return false;
  const ratio = (one.least + one.most) / Math.max(other.least + other.most, 1e-6);
  return 0.7 < ratio && ratio < 1.4;
}

/**
 * Estimate the blur of a picture filled by a code.
 * @param {Layer} layer
 * @returns {Spread}
 */
export function estimateSpread(layer) {
  const [width, height] = [fastLength(layer.width), fastLength(layer.height)];
  const { windowed, contrast } = levelWindowed(layer, width, height);
  const rings = ringsOf(width, height);
  const power = powerOf(spectrumOf(windowed, width, height));
  const floor = floorOf(power, rings);
  const [xx, xy, yy] = curvature(power, rings, ringsAbove(power, rings, floor));
  const [middle, apart] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy / 2)];
  // The median of an exponential law is its mean times log 2.
  const noise = Math.sqrt(floor / Math.LN2 / (layer.width * layer.height * WINDOW_POWER));
  const angle = modulo(Math.atan2(xy, xx - yy) / 2, Math.PI);
  return { least: middle - apart, most: middle + apart, angle, noise, contrast };
}

/**
 * Take the mean away and let the picture fade towards its borders.
 * @param {Layer} layer
 * @param {number} toWidth
 * @param {number} toHeight
 */
function levelWindowed({ data, width, height }, toWidth, toHeight) {
  const mean = data.reduce((sum, level) => sum + level, 0) / data.length;
  const [across, down] = [hann(width), hann(height)];
  const windowed = new Float32Array(toWidth * toHeight);
  let squares = 0;
  for (let y = 0, from = 0; y < height; y += 1)
    for (let x = 0, to = y * toWidth; x < width; x += 1, from += 1, to += 1) {
      const level = data[from] - mean;
      squares += level * level;
      windowed[to] = level * across[x] * down[y];
    }
  return { windowed, contrast: Math.sqrt(squares / data.length) };
}

/** @param {number} length */
function hann(length) {
  const turn = (2 * Math.PI) / (length - 1);
  return Float32Array.from({ length }, (_, at) => 0.5 - 0.5 * Math.cos(turn * at));
}

/** @param {Spectrum} spectrum */
function powerOf({ re, im }) {
  const power = new Float32Array(re.length);
  for (let at = 0; at < power.length; at += 1) power[at] = re[at] * re[at] + im[at] * im[at];
  return power;
}

/**
 * The ring in which each number of a spectrum lies, and its frequencies.
 * @typedef {{ring: Uint8Array, across: Float32Array, down: Float32Array, half: number}} Rings
 */

/** @type {Map<string, Rings>} */
const known = new Map();
const OUTSIDE = 255; // real numbers of their own law: they tell nothing

/** @param {number} width @param {number} height @returns {Rings} */
function ringsOf(width, height) {
  const key = `${width} ${height}`;
  const rings = known.get(key) ?? madeRings(width, height);
  known.set(key, rings);
  return rings;
}

/** @param {number} width @param {number} height @returns {Rings} */
function madeRings(width, height) {
  const half = height / 2 + 1;
  const across = Float32Array.from({ length: width }, (_, at) => signedShare(at, width));
  const down = Float32Array.from({ length: half }, (_, at) => at / height);
  const ring = new Uint8Array(width * half).fill(OUTSIDE);
  for (let x = 0, at = 0; x < width; x += 1, at += half)
    for (let y = 1; y < half - 1; y += 1)
      ring[at + y] = Math.min(FLOOR_RING, Math.hypot(across[x], down[y]) / PROFILE_STEP);
  return { ring, across, down, half };
}

/**
 * Return the frequency at a place of a spectrum, in cycles a pixel.
 * @param {number} at
 * @param {number} length
 */
export function signedShare(at, length) {
  return (at > length / 2 ? at - length : at) / length;
}

/** The median power where there is nothing but noise. @param {Float32Array} power @param {Rings} rings */
function floorOf(power, { ring }) {
  const found = [];
  const step = Math.max(1, Math.floor(power.length / FLOOR_SAMPLES)) | 1;
  for (let at = 0; at < power.length; at += step)
    if (ring[at] === FLOOR_RING) found.push(power[at]);
  found.sort((one, other) => one - other);
  return found[found.length >> 1] ?? 0;
}

/**
 * Return how many rings stand above the picture's noise, those below the lowest included.
 * @param {Float32Array} power
 * @param {Rings} rings
 * @param {number} floor
 */
function ringsAbove(power, { ring }, floor) {
  const [sums, counts] = [new Float64Array(256), new Float64Array(256)];
  for (let at = 0; at < power.length; at += 1) {
    sums[ring[at]] += power[at];
    counts[ring[at]] += 1;
  }
  let above = FEWEST_RINGS;
  while (above < MOST_RINGS && sums[above] >= NOISE_RATIO * floor * counts[above]) above += 1;
  return above;
}

/**
 * Lay a paraboloid through the logarithm of the power: its curvature is the second moment.
 * @param {Float32Array} power
 * @param {Rings} rings
 * @param {number} above
 * @returns {number[]} along across², across * down, down²
 */
function curvature(power, { ring, across, down, half }, above) {
  const sums = new Float64Array(20); // 4 terms by 4, and what each equals
  const terms = [1, 0, 0, 0];
  for (let x = 0; x < across.length; x += 1) {
    if (Math.abs(across[x]) > above * PROFILE_STEP) continue;
    for (let y = 1; y < half - 1 && down[y] <= above * PROFILE_STEP; y += 1) {
      const at = x * half + y;
      if (ring[at] < LOWEST_RING || ring[at] >= above) continue;
      terms[1] = across[x] * across[x];
      terms[2] = across[x] * down[y];
      terms[3] = down[y] * down[y];
      const height = Math.log(power[at] + 1e-9);
      for (let one = 0; one < 4; one += 1) {
        for (let other = one; other < 4; other += 1)
          sums[5 * one + other] += terms[one] * terms[other];
        sums[5 * one + 4] += terms[one] * height;
      }
    }
  }
  for (let one = 1; one < 4; one += 1)
    for (let other = 0; other < one; other += 1) sums[5 * one + other] = sums[5 * other + one];
  const rows = [0, 1, 2, 3].map((one) => [...sums.subarray(5 * one, 5 * one + 5)]);
  const solved = solve(rows) ?? [0, 0, 0, 0];
  return solved.slice(1).map((weight) => -weight / (4 * Math.PI ** 2));
}

/** @param {number} value @param {number} of */
function modulo(value, of) {
  return ((value % of) + of) % of;
}
