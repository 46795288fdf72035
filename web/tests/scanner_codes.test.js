import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, mock, test } from 'node:test';

import { CodeReader, prepare } from '../scanner/codes.js';
import { smoothed } from '../scanner/sight/layers.js';
import { Work } from '../scanner/sight/work.js';
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

/** Return a picture of a code that resists. */
function resisting() {
  const picture = new Picture();
  picture.code(FIRST, 100, 6);
  picture.blur(6);
  return /** @type {ImageData} */ (picture);
}

/**
 * Return a large picture in which a code resists, in one of twelve places.
 * @param {number} place
 */
function resistingAt(place) {
  const [width, height] = [1_600, 1_200];
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  const { data: drawn } = resisting();
  const [left, top] = [400 * (place % 4), 400 * Math.floor(place / 4)];
  for (let y = 0; y < HEIGHT; y += 1) {
    const row = drawn.subarray((y * WIDTH + 50) * 4, (y * WIDTH + 450) * 4);
    data.set(row, ((top + y) * width + left) * 4);
  }
  return /** @type {ImageData} */ ({ data, width, height, colorSpace: 'srgb' });
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

test('A code that resists is followed as one, also while the time stands still.', async () => {
  const reader = new CodeReader();
  for (let time = 0; time < 3; time += 1) await reader.read(resisting(), 0);

  assert.equal(reader.followed, 1);
});

test('However many places resist while the time stands still, eight are followed.', async () => {
  const reader = new CodeReader({ cold: true });
  for (let place = 0; place < 12; place += 1) await reader.read(resistingAt(place), 0);

  assert.equal(reader.followed, 8);
});

test('What was held of a code goes after three seconds, although others are read.', async () => {
  const reader = new CodeReader();
  await reader.read(resisting(), 0);
  const other = new Picture();
  other.code(SECOND, 20, 3);
  await reader.read(/** @type {ImageData} */ (other), 2_900);
  assert.equal(reader.followed, 1);
  await reader.read(/** @type {ImageData} */ (other), 3_100);

  assert.equal(reader.followed, 0);
});

test('What was held of a code goes after ten pictures without it, if they took a while.', async () => {
  const reader = new CodeReader();
  await reader.read(resisting(), 0);
  const empty = /** @type {ImageData} */ (new Picture());
  for (let time = 1; time <= 10; time += 1) await reader.read(empty, 80 * time);
  assert.equal(reader.followed, 1);
  await reader.read(empty, 880);

  assert.equal(reader.followed, 0);
});

test('A phone that takes a second for each picture still follows one code.', async () => {
  const reader = new CodeReader();
  for (let time = 0; time < 3; time += 1) await reader.read(resisting(), 1_000 * time);

  assert.equal(reader.followed, 1);
});

test('A cold reader does a quarter for its first hard picture, and the whole in the end.', async () => {
  const take = mock.method(Work.prototype, 'take');
  const reader = new CodeReader({ cold: true });
  const spent = [];
  for (let time = 0; time < 4; time += 1) {
    take.mock.resetCalls();
    await reader.read(resisting(), 67 * time);
    const taken = take.mock.calls.filter(({ result }) => result);
    spent.push(taken.reduce((sum, call) => sum + call.arguments[0], 0));
  }
  take.mock.restore();

  assert.ok(spent[0] <= 3_500 && spent[3] > 10_000, `${spent}`);
});

test('A worker that gets no picture any more holds none.', async () => {
  const drawn = resisting();
  const listeners = /** @type {((event: any) => Promise<void>)[]} */ ([]);
  const cleared = mock.fn();
  const pen = { drawImage() {}, getImageData: () => drawn, clearRect: cleared };
  class OffscreenCanvas {
    getContext = () => pen;
  }
  const self = {
    addEventListener: (/** @type {string} */ _, /** @type {any} */ then) => listeners.push(then),
    postMessage() {},
  };
  const file = await readFile(new URL('../third/zxing-wasm/zxing_reader.wasm', import.meta.url));
  const fetch = async () => new Response(file, { headers: { 'Content-Type': 'application/wasm' } });
  Object.assign(globalThis, { self, OffscreenCanvas, fetch });
  const forget = mock.method(CodeReader.prototype, 'forget');
  mock.timers.enable({ apis: ['setTimeout'] });
  await import('../scanner/reading_worker.js');
  await listeners[0]({ data: { picture: { width: 600, height: 400, close() {} }, atMs: 0 } });
  mock.timers.tick(2_999);
  assert.equal(forget.mock.callCount(), 0);
  mock.timers.tick(1);
  mock.timers.reset();

  assert.equal(forget.mock.callCount(), 1);
  assert.equal(cleared.mock.callCount(), 1);
});
