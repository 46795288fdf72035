import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, test } from 'node:test';

import { CodeReader, prepare } from '../scanner/codes.js';
import { smoothed } from '../scanner/sight/layers.js';
import { encode } from '../third/uqr.js';

const [WIDTH, HEIGHT] = [600, 400];
const [FIRST, SECOND] = ['A', 'B'].map((letter) => `PQ1:${letter.repeat(200)}`);

/** A white picture to draw on. */
class Picture {
  data = new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(255);
  width = WIDTH;
  height = HEIGHT;
  colorSpace = /** @type {const} */ ('srgb');

  /**
   * @param {number} left
   * @param {number} top
   * @param {number} side
   * @param {number} grey
   */
  square(left, top, side, grey) {
    for (let y = top; y < Math.min(top + side, HEIGHT); y += 1)
      for (let x = left; x < Math.min(left + side, WIDTH); x += 1)
        this.data.fill(grey, (y * WIDTH + x) * 4, (y * WIDTH + x) * 4 + 3);
  }

  /**
   * Draw a code without a quiet zone of its own.
   * @param {string} text
   * @param {number} left
   * @param {number} module
   * @param {number} [ink]
   */
  code(text, left, module, ink = 0) {
    const { data } = encode(text, { ecc: 'L', border: 0 });
    data.forEach((row, down) =>
      row.forEach(
        (dark, across) =>
          dark && this.square(left + across * module, 40 + down * module, module, ink),
      ),
    );
  }

  /**
   * Put it out of focus.
   * @param {number} sigma
   */
  blur(sigma) {
    const grey = Float32Array.from({ length: WIDTH * HEIGHT }, (_, at) => this.data[4 * at]);
    const soft = smoothed({ data: grey, width: WIDTH, height: HEIGHT }, sigma);
    soft.data.forEach((level, at) => this.data.fill(level, 4 * at, 4 * at + 3));
  }
}

/**
 * Show a picture to a new reader, and return what it says at last.
 * @param {Picture} picture
 * @param {number} [times]
 */
async function seen(picture, times = 1) {
  const reader = new CodeReader();
  let look = await reader.read(/** @type {ImageData} */ (picture), 0);
  for (let time = 1; time < times; time += 1)
    look = await reader.read(/** @type {ImageData} */ (picture), 67 * time);
  return { ...look, texts: look.codes.map(({ text }) => text) };
}

before(async () => {
  const file = await readFile(new URL('../third/zxing-wasm/zxing_reader.wasm', import.meta.url));
  await prepare({ wasmBinary: /** @type {ArrayBuffer} */ (file.buffer) });
});

test('The codes of a picture are read, the largest first, with their places.', async () => {
  const picture = new Picture();
  picture.code(SECOND, 20, 3);
  picture.code(FIRST, 220, 6);
  const { texts, codes } = await seen(picture);

  assert.deepEqual(texts, [FIRST, SECOND]);
  const [[left, top]] = codes[0].quad;
  assert.ok(Math.abs(left - 220 / WIDTH) < 0.02 && Math.abs(top - 40 / HEIGHT) < 0.02);
});

test('Light on dark is looked for in every other picture in which nothing is read.', async () => {
  const picture = new Picture();
  picture.square(0, 0, WIDTH, 20);
  picture.code('PQ1:A', 100, 3, 230); // too small to be suspected: no harder way reads it at once

  assert.deepEqual((await seen(picture)).texts, []);
  assert.deepEqual((await seen(picture, 2)).texts, ['PQ1:A']);
  assert.deepEqual((await seen(picture, 3)).texts, ['PQ1:A']);
});

test('A code that is there and can’t be read is told of, without a text.', async () => {
  const picture = new Picture();
  picture.code(FIRST, 100, 6);
  picture.square(180, 120, 150, 255);
  const { texts, unread } = await seen(picture);

  assert.deepEqual(texts, []);
  assert.equal(unread, true);
});

test('A picture without a code gives nothing.', async () => {
  assert.deepEqual(await seen(new Picture(), 2), { texts: [], codes: [], unread: false });
});

test('A code out of focus is read although no finder pattern is left.', async () => {
  const picture = new Picture();
  picture.code(FIRST, 100, 6);
  picture.blur(3.6);

  assert.deepEqual((await seen(picture)).texts, [FIRST]);
});
