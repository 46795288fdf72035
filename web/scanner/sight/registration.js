/**
 * Lay one picture of a code exactly over another, or find that they show different codes.
 *
 * First the shift between them, from their spectra; then a homography, step by step, from the
 * gradients of the reference. As in `portique.sight.registration`.
 */

import { fastLength, pictureOf, spectrumOf } from './fourier.js';
import { resized, seenSharply, seenThrough, smoothed } from './layers.js';
import { inverse, product, solve } from './matrices.js';
import { blank } from './shapes.js';

/** @typedef {import('./shapes.js').Layer} Layer */
/** @typedef {import('./matrices.js').Matrix} Matrix */

const ALIGNED_SIDE_PX = 160; // a code of version 15 keeps 1.7 pixels a module: enough to align by
const STEPS_MAX = 8;
const PRECISION_PX = 0.02;
const [FINE_SIGMA_PX, COARSE_SIGMA_PX] = [1, 4]; // between them lies the texture of the modules
const SAME_MIN = 0.6; // correlation of textures: two draws of a phone give 0.1 to 0.2, one code over 0.9
const CARD_SHARE = 0.18; // cut from each side before comparing: card edges are alike whatever the code
const FREE = 8; // numbers of a homography

/**
 * Find how to lay a picture over a reference of the same size.
 *
 * @param {Layer} reference
 * @param {Layer} layer
 * @returns {Matrix | null} From points of the reference to points of the picture; null: the two don't
 *     show the same code (a phone was redrawn, another card came) or can't be aligned.
 */
export function register(reference, layer) {
  const [small, other] = [textureOf(reduction(reference)), textureOf(reduction(layer))];
  const warp = aligned(small, other, shiftBetween(small, other));
  if (!warp || correlation(small, other, warp) < SAME_MIN) return null;
  const across = reference.width / small.width;
  const down = reference.height / small.height;
  const up = [across, 0, across / 2 - 0.5, 0, down, down / 2 - 0.5, 0, 0, 1];
  const back = inverse(up);
  return back && product(product(up, warp), back);
}

/**
 * Return the picture as the reference sees it.
 * @param {Layer} layer
 * @param {Matrix} matrix
 */
export function laidOver(layer, matrix) {
  return seenSharply(layer, matrix, layer.width, layer.height);
}

/** @param {Layer} layer */
function reduction(layer) {
  const share = Math.min(0.5, ALIGNED_SIDE_PX / Math.max(layer.width, layer.height));
  return resized(layer, Math.round(layer.width * share), Math.round(layer.height * share));
}

/** What lies between two smoothings, at a contrast of 1. @param {Layer} layer @returns {Layer} */
function textureOf(layer) {
  const coarse = smoothed(layer, COARSE_SIGMA_PX);
  const texture = smoothed(layer, FINE_SIGMA_PX);
  let squares = 0;
  for (let at = 0; at < texture.data.length; at += 1) {
    texture.data[at] -= coarse.data[at];
    squares += texture.data[at] ** 2;
  }
  const share = Math.sqrt(texture.data.length / squares) || 0;
  for (let at = 0; at < texture.data.length; at += 1) texture.data[at] *= share;
  return texture;
}

/**
 * Return the shift at which two textures agree best, to a pixel: the peak of their correlation.
 * @param {Layer} reference
 * @param {Layer} layer
 * @returns {Matrix}
 */
function shiftBetween(reference, layer) {
  const [width, height] = [fastLength(layer.width), fastLength(layer.height)];
  const [a, b] = [reference, layer].map((one) =>
    spectrumOf(padded(one, width, height), width, height),
  );
  for (let at = 0; at < a.re.length; at += 1) {
    const re = a.re[at] * b.re[at] + a.im[at] * b.im[at];
    a.im[at] = a.re[at] * b.im[at] - a.im[at] * b.re[at];
    a.re[at] = re;
  }
  const values = pictureOf(a);
  let peak = 0;
  for (let at = 1; at < values.length; at += 1) if (values[at] > values[peak]) peak = at;
  const signed = (/** @type {number} */ at, /** @type {number} */ of) =>
    at > of / 2 ? at - of : at;
  const right = signed(peak % width, width);
  return [1, 0, right, 0, 1, signed(Math.floor(peak / width), height), 0, 0, 1];
}

/** @param {Layer} layer @param {number} width @param {number} height */
function padded(layer, width, height) {
  const values = new Float32Array(width * height);
  for (let y = 0; y < layer.height; y += 1)
    values.set(layer.data.subarray(y * layer.width, (y + 1) * layer.width), y * width);
  return values;
}

/**
 * Improve a map by the gradients of the reference (inverse compositional): they, and what follows from
 * them alone, are computed once. Places are told from the middle, in half widths.
 * @param {Layer} reference
 * @param {Layer} layer
 * @param {Matrix} start
 * @returns {Matrix | null}
 */
function aligned(reference, layer, start) {
  const { width, height } = reference;
  const toPixels = [width / 2, 0, width / 2, 0, width / 2, height / 2, 0, 0, 1];
  const fromPixels = [2 / width, 0, -1, 0, 2 / width, -height / width, 0, 0, 1];
  const slopes = slopesOf(reference);
  const steepness = steepnessOf(slopes);
  let warp = start;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const errors = errorsAlong(reference, layer, warp, slopes);
    const change = solve(steepness.map((row, at) => [...row, errors[at]]));
    const back = change && inverse(mapOf(change));
    if (!back) return null;
    warp = product(warp, product(product(toPixels, back), fromPixels));
    if (Math.max(...change.map(Math.abs)) * width < 2 * PRECISION_PX) break;
  }
  return warp;
}

/** @param {readonly number[]} change @returns {Matrix} */
function mapOf([a, b, c, d, e, f, g, h]) {
  return [1 + a, b, c, d, 1 + e, f, g, h, 1];
}

/**
 * Return the slopes of a picture across and down, for one half width.
 * @param {Layer} layer
 */
function slopesOf({ data, width, height }) {
  const [across, down] = [blank(width, height), blank(width, height)];
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1, at = y * width + 1; x < width - 1; x += 1, at += 1) {
      across.data[at] = ((data[at + 1] - data[at - 1]) / 2) * (width / 2);
      down.data[at] = ((data[at + width] - data[at - width]) / 2) * (width / 2);
    }
  return { across, down };
}

/** @typedef {ReturnType<typeof slopesOf>} Slopes */

/**
 * Write how a pixel's level changes with each number of the map.
 * @param {number} across slope
 * @param {number} down slope
 * @param {number} u place across
 * @param {number} v place down
 * @param {Float64Array} out
 */
function changes(across, down, u, v, out) {
  const away = -(across * u + down * v);
  out[0] = across * u;
  out[1] = across * v;
  out[2] = across;
  out[3] = down * u;
  out[4] = down * v;
  out[5] = down;
  out[6] = away * u;
  out[7] = away * v;
}

/**
 * Return how strongly each two numbers of the map change the picture together.
 * @param {Slopes} slopes
 * @returns {number[][]}
 */
function steepnessOf({ across, down }) {
  const { width, height } = across;
  const sums = new Float64Array(FREE * FREE);
  const steep = new Float64Array(FREE);
  for (let y = 0, at = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, at += 1) {
      changes(across.data[at], down.data[at], (2 * x) / width - 1, (2 * y - height) / width, steep);
      for (let one = 0; one < FREE; one += 1)
        for (let other = one; other < FREE; other += 1)
          sums[one * FREE + other] += steep[one] * steep[other];
    }
  const each = Array.from({ length: FREE }, (_, at) => at);
  return each.map((one) =>
    each.map((other) => sums[Math.min(one, other) * FREE + Math.max(one, other)]),
  );
}

/**
 * Return how the difference that remains changes with each number of the map.
 * @param {Layer} reference
 * @param {Layer} layer
 * @param {Matrix} warp
 * @param {Slopes} slopes
 * @returns {Float64Array}
 */
function errorsAlong({ data, width, height }, layer, warp, { across, down }) {
  const seen = seenThrough(layer, warp, width, height);
  const sums = new Float64Array(FREE);
  for (let y = 0, at = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, at += 1) {
      const error = seen.data[at] - data[at];
      const [u, v] = [(2 * x) / width - 1, (2 * y - height) / width];
      const [right, low] = [error * across.data[at], error * down.data[at]];
      const away = right * u + low * v;
      sums[0] += right * u;
      sums[1] += right * v;
      sums[2] += right;
      sums[3] += low * u;
      sums[4] += low * v;
      sums[5] += low;
      sums[6] -= away * u;
      sums[7] -= away * v;
    }
  return sums;
}

/**
 * Tell how alike two aligned pictures' modules are, from -1 to 1.
 * @param {Layer} reference
 * @param {Layer} layer
 * @param {Matrix} warp
 */
function correlation({ data, width, height }, layer, warp) {
  const seen = seenThrough(layer, warp, width, height);
  let [count, a, b, aa, bb, ab] = [0, 0, 0, 0, 0, 0];
  for (let y = Math.trunc(CARD_SHARE * height); y < Math.trunc((1 - CARD_SHARE) * height); y += 1)
    for (let x = Math.trunc(CARD_SHARE * width); x < Math.trunc((1 - CARD_SHARE) * width); x += 1) {
      const [one, other] = [data[y * width + x], seen.data[y * width + x]];
      count += 1;
      a += one;
      b += other;
      aa += one * one;
      bb += other * other;
      ab += one * other;
    }
  const scale = Math.sqrt((aa - a ** 2 / count) * (bb - b ** 2 / count));
  return scale > 0 ? (ab - (a * b) / count) / scale : 0;
}
