import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, test } from 'node:test';

import { look, prepare } from '../scanner/codes.js';
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
}

/**
 * @param {Picture} picture
 * @param {boolean} [thorough]
 */
async function seen(picture, thorough = false) {
  const { codes, unread } = await look(/** @type {ImageData} */ (picture), thorough);
  return { texts: codes.map(({ text }) => text), codes, unread };
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

test('Light on dark is read when the picture is looked at thoroughly.', async () => {
  const picture = new Picture();
  picture.square(0, 0, WIDTH, 20);
  picture.code(FIRST, 100, 6, 230);

  assert.deepEqual((await seen(picture)).texts, []);
  assert.deepEqual((await seen(picture, true)).texts, [FIRST]);
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
  assert.deepEqual(await seen(new Picture(), true), { texts: [], codes: [], unread: false });
});
