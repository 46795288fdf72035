/** Supposed blurs of a picture, and how each is undone. As in `portique.sight.kernels`. */

import { fastLength, pictureOf, spectrumOf } from './fourier.js';
import { blank } from './shapes.js';
import { isDirected, signedShare } from './spread.js';

/** @typedef {import('./shapes.js').Layer} Layer */
/** @typedef {import('./spread.js').Spread} Spread */

/**
 * A supposed blur: a gaussian and a straight movement, in pixels; the angle in radians.
 * @typedef {{defocus: number, motion: number, angle: number}} Kernel
 */

const TAPER_PX = 8;
const FOCUS_SHARES = [0.85, 0.93, 0.7, 0.5]; // the modules' own width is unknown
const [RATIO_MIN, RATIO_MAX] = [3e-5, 3e-2]; // of noise to signal: within what helps

/**
 * Return the kernels to try for such a blur, the likeliest first.
 * @param {Spread} spread
 * @returns {Kernel[]}
 */
export function candidates(spread) {
  const least = Math.max(spread.least, 0.2);
  /** @param {number} share @param {number} [motion] @returns {Kernel} */
  const blur = (share, motion = 0) => ({
    defocus: Math.max(Math.sqrt(least * share), 0.3),
    motion,
    angle: spread.angle,
  });
  const focus = FOCUS_SHARES.map((share) => blur(share));
  if (!isDirected(spread)) return focus;
  const length = Math.sqrt(12 * (spread.most - spread.least));
  return [
    blur(0.2, 1.1 * length),
    blur(0.2, 1.5 * length),
    blur(0.7, length),
    blur(0.2, 2 * length),
    ...focus.slice(0, 2),
  ];
}

/** Undoes supposed blurs of one picture; its transform is computed once. */
export class Restorer {
  #layer;
  #spectrum;

  /** @param {Layer} layer */
  constructor(layer) {
    this.#layer = layer;
    const width = fastLength(layer.width + 2 * TAPER_PX);
    const height = fastLength(layer.height + 2 * TAPER_PX);
    this.#spectrum = spectrumOf(mirrored(layer, width, height), width, height);
  }

  /**
   * Return the picture with a supposed blur undone (Wiener), not clipped.
   * @param {Kernel} kernel
   * @param {number} noiseToSignal
   * @returns {Layer}
   */
  restore(kernel, noiseToSignal) {
    const ratio = Math.min(Math.max(noiseToSignal, RATIO_MIN), RATIO_MAX);
    const { width } = this.#spectrum;
    const whole = pictureOf(undone(this.#spectrum, kernel, ratio));
    const inside = blank(this.#layer.width, this.#layer.height);
    for (let y = 0; y < inside.height; y += 1) {
      const start = (y + TAPER_PX) * width + TAPER_PX;
      inside.data.set(whole.subarray(start, start + inside.width), y * inside.width);
    }
    return inside;
  }
}

/**
 * Return a picture with room around it, filled by what its borders mirror.
 * @param {Layer} layer
 * @param {number} width
 * @param {number} height
 */
function mirrored(layer, width, height) {
  const values = new Float32Array(width * height);
  const columns = Array.from({ length: width }, (_, x) => mirroredAt(x - TAPER_PX, layer.width));
  for (let y = 0, to = 0; y < height; y += 1) {
    const row = layer.width * mirroredAt(y - TAPER_PX, layer.height);
    for (let x = 0; x < width; x += 1, to += 1) values[to] = layer.data[row + columns[x]];
  }
  return values;
}

/** @param {number} place @param {number} length */
function mirroredAt(place, length) {
  const around = ((place % (2 * length)) + 2 * length) % (2 * length);
  return around < length ? around : 2 * length - 1 - around;
}

/**
 * Multiply a spectrum by the inverse of a blur; the picture's mean is kept.
 *
 * A symmetric blur has a real response: the two parts of a frequency are multiplied alike.
 * @param {import('./fourier.js').Spectrum} spectrum
 * @param {Kernel} kernel
 * @param {number} ratio
 */
function undone({ re, im, width, height, half }, kernel, ratio) {
  const out = { re: new Float32Array(re.length), im: new Float32Array(im.length) };
  const fall = -2 * (Math.PI * kernel.defocus) ** 2;
  const down = Float64Array.from({ length: half }, (_, y) => Math.exp(fall * (y / height) ** 2));
  const slope = (Math.PI * kernel.motion * Math.sin(kernel.angle)) / height;
  for (let x = 0, at = 0; x < width; x += 1) {
    const frequency = signedShare(x, width);
    const across = Math.exp(fall * frequency ** 2);
    const start = Math.PI * kernel.motion * Math.cos(kernel.angle) * frequency;
    for (let y = 0; y < half; y += 1, at += 1) {
      const along = start + slope * y;
      const still = along > -1e-6 && along < 1e-6;
      const response = across * down[y] * (still ? 1 : Math.sin(along) / along);
      const gain = response / (response * response + ratio);
      out.re[at] = re[at] * gain;
      out.im[at] = im[at] * gain;
    }
  }
  [out.re[0], out.im[0]] = [re[0], im[0]];
  return { ...out, width, height, half };
}
