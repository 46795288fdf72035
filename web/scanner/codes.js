/**
 * Codes read off one picture, by zxing-cpp compiled for browsers. The reader is a file of ours:
 * without `prepare`, its package would ask a stranger's network for it.
 */

import { prepareZXingModule, readBarcodes } from '../third/zxing-wasm/reader/index.js';

/** @typedef {import('../core/showing.js').SeenCode} SeenCode */

/** @typedef {{codes: SeenCode[], unread: boolean}} Look  unread: a code is there and can't be read */

const CODES_MAX = 4; // as the gate's reader: a showing has one, a lane sees a few
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
 * Return the codes in a picture, the largest first.
 *
 * @param {ImageData} picture
 * @param {boolean} thorough Also light-on-dark codes, and reduced scales.
 * @returns {Promise<Look>}
 */
export async function look(picture, thorough) {
  const how = { ...USUAL, formats: [...USUAL.formats] };
  const found = await readBarcodes(picture, {
    ...how,
    tryInvert: thorough,
    tryDownscale: thorough,
  });
  const read = found.filter(({ isValid }) => isValid);
  const codes = read.map(({ text, position }) => ({ text, quad: quadIn(picture, position) }));
  const largest = codes.sort((one, other) => widthOf(other) - widthOf(one)).slice(0, CODES_MAX);
  return { codes: largest, unread: read.length === 0 && found.length > 0 };
}

/**
 * @param {ImageData} picture
 * @param {import('../third/zxing-wasm/bindings/position.js').Position} position
 * @returns {import('../core/showing.js').Quad}
 */
function quadIn({ width, height }, { topLeft, topRight, bottomRight, bottomLeft }) {
  /** @param {{x: number, y: number}} corner @returns {readonly [number, number]} */
  const share = ({ x, y }) => [x / width, y / height];
  return [share(topLeft), share(topRight), share(bottomRight), share(bottomLeft)];
}

/** @param {SeenCode} code */
function widthOf({ quad }) {
  const xs = quad.map(([x]) => x);
  return Math.max(...xs) - Math.min(...xs);
}
