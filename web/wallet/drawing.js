/** The code as a picture: black on white whatever the theme, every module a whole number of pixels. */

import { encode } from '../third/uqr.js';

/** Modules of white around the code that readers need (ISO/IEC 18004). */
const QUIET = 4;
/** Signed and sealed bytes look random under every mask: weighing all eight would only cost a slow phone time. */
const MASK = 0;

/** @typedef {boolean[][]} Modules Rows of a square, true is black. */

/**
 * Lay out a text as a QR code, error correction L: a screen has no dirt, and larger modules are read from further.
 * @param {string} text
 * @returns {Modules}
 */
export function modulesOf(text) {
  return encode(text, { ecc: 'L', border: 0, maskPattern: MASK }).data;
}

/**
 * Draw a code as large as a square of the page allows.
 * @param {HTMLCanvasElement} canvas
 * @param {Modules} modules
 * @param {number} room_px Side of the square, in the page's pixels.
 */
export function draw(canvas, modules, room_px) {
  const count = modules.length + 2 * QUIET;
  const ratio = window.devicePixelRatio || 1;
  const module = Math.max(1, Math.floor((room_px * ratio) / count));
  const side = module * count;
  if (canvas.width !== side) canvas.width = canvas.height = side;
  canvas.style.width = canvas.style.height = `${side / ratio}px`;
  const brush = canvas.getContext('2d', { alpha: false });
  if (!brush) return;
  brush.fillStyle = '#fff';
  brush.fillRect(0, 0, side, side);
  brush.fillStyle = '#000';
  brush.beginPath();
  modules.forEach((row, y) => {
    row.forEach((black, x) => {
      if (black) brush.rect((x + QUIET) * module, (y + QUIET) * module, module, module);
    });
  });
  brush.fill();
}
