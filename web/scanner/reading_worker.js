/**
 * The worker that reads: pictures in, texts out. No key, no name and no decision ever comes here,
 * and a picture is gone once it is read.
 */

import { CodeReader, prepare } from './codes.js';

/**
 * What the page sends; `atMs` is when the picture was taken.
 * @typedef {{picture: ImageBitmap, atMs: number}} Question
 */

const worker = /** @type {any} */ (self);
const READER = new URL('../third/zxing-wasm/zxing_reader.wasm', import.meta.url).href;
const canvas = new OffscreenCanvas(1, 1);
const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (
  canvas.getContext('2d', { willReadFrequently: true, alpha: false })
);
const reader = new CodeReader();
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
  return pen.getImageData(0, 0, width, height);
}

worker.addEventListener('message', async (/** @type {MessageEvent<Question>} */ { data }) => {
  try {
    await ready;
    worker.postMessage({ look: await reader.read(pixelsOf(data.picture), data.atMs) });
  } catch (error) {
    worker.postMessage({ fault: error instanceof Error ? error.message : String(error) });
  }
});
