/**
 * The worker that reads: pictures in, texts out. No key, no name and no decision ever comes here. A
 * picture is let go once it is read; of a code that resists, an average of its place is held until the
 * place was not seen for a second or so, three at most (`codes.js`), also if no picture comes any more.
 */

import { CodeReader, prepare } from './codes.js';
import { FORGOTTEN_AFTER_MAX_MS } from './sight/tracks.js';

/**
 * What the page sends; `atMs` is when the picture was taken, by a clock that runs steadily.
 * @typedef {{picture: ImageBitmap, atMs: number}} Question
 */

const worker = /** @type {any} */ (self);
const READER = new URL('../third/zxing-wasm/zxing_reader.wasm', import.meta.url).href;
const canvas = new OffscreenCanvas(1, 1);
const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (
  canvas.getContext('2d', { willReadFrequently: true, alpha: false })
);
const reader = new CodeReader({ cold: true });
/** @type {ReturnType<typeof setTimeout> | undefined} */
let forgetting;
const ready = prepare({ locateFile: () => READER });

/**
 * Return a picture's pixels and let the picture go.
 * @param {ImageBitmap} picture
 */
function pixelsOf(picture) {
  const { width, height } = picture;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  pen.drawImage(picture, 0, 0);
  picture.close();
  const pixels = pen.getImageData(0, 0, width, height);
  pen.clearRect(0, 0, width, height); // a canvas keeps what was drawn last
  return pixels;
}

worker.addEventListener('message', async (/** @type {MessageEvent<Question>} */ { data }) => {
  clearTimeout(forgetting);
  try {
    await ready;
    worker.postMessage({ look: await reader.read(pixelsOf(data.picture), data.atMs) });
  } catch (error) {
    worker.postMessage({ fault: error instanceof Error ? error.message : String(error) });
  } finally {
    // The camera may have stopped, or the page be hidden.
    forgetting = setTimeout(() => reader.forget(), FORGOTTEN_AFTER_MAX_MS);
  }
});
