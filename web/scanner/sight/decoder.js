/**
 * One run of the decoder, zxing-cpp compiled for browsers, and what it says: texts, or places where a
 * code resists. The binary is a file of ours: without `prepare`, its package would ask a stranger's
 * network for it.
 */

import { prepareZXingModule, readBarcodes } from '../../third/zxing-wasm/reader/index.js';

/** @typedef {import('./shapes.js').Quad} Quad */

/** A code in a picture; `text` null: located, and not read. @typedef {{text: string | null, quad: Quad}} Found */

const USUAL = /** @type {const} */ ({
  formats: ['QRCodeModel1', 'QRCodeModel2'], // no small ones: their weak corners invite false readings
  tryRotate: false, // a square code needs no rotated scan
  textMode: 'Plain',
  returnErrors: true,
});

/**
 * Load the reader; resolves when it can read.
 * @param {{locateFile?: () => string, wasmBinary?: ArrayBuffer}} file Where it is, or the file itself.
 */
export async function prepare(file) {
  await prepareZXingModule({ overrides: file, fireImmediately: true });
}

/**
 * Look for codes once, in a picture as it is.
 *
 * @param {ImageData} picture
 * @param {object} [how]
 * @param {boolean} [how.thorough] Also light-on-dark codes, and reduced scales.
 * @param {'LocalAverage' | 'GlobalHistogram'} [how.binarizer] How to tell dark from light.
 * @returns {Promise<Found[]>}
 */
export async function findCodes(picture, { thorough = false, binarizer = 'LocalAverage' } = {}) {
  const found = await readBarcodes(picture, {
    ...USUAL,
    formats: [...USUAL.formats],
    binarizer,
    tryInvert: thorough,
    tryDownscale: thorough,
  });
  return found.map(({ isValid, text, position }) => ({
    text: isValid ? text : null,
    quad: quadOf(position),
  }));
}

/**
 * @param {import('../../third/zxing-wasm/bindings/position.js').Position} position
 * @returns {Quad}
 */
function quadOf({ topLeft, topRight, bottomRight, bottomLeft }) {
  return [
    [topLeft.x, topLeft.y],
    [topRight.x, topRight.y],
    [bottomRight.x, bottomRight.y],
    [bottomLeft.x, bottomLeft.y],
  ];
}
