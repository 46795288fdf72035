import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { encode } from '../third/uqr.js';
import { prepareZXingModule, readBarcodes } from '../third/zxing-wasm/reader/index.js';

const SCALE = 4;

/**
 * Draw a code as a picture, with its quiet zone.
 *
 * @param {string} text
 * @returns {ImageData}
 */
function picture(text) {
  const { data, size } = encode(text, { ecc: 'L', border: 4 });
  const width = size * SCALE;
  const pixels = new Uint8ClampedArray(width * width * 4);
  for (let at = 0; at < width * width; at += 1) {
    const row = data[Math.floor(at / width / SCALE)] ?? [];
    const dark = row[Math.floor((at % width) / SCALE)];
    pixels.set(dark ? [0, 0, 0, 255] : [255, 255, 255, 255], at * 4);
  }
  return /** @type {ImageData} */ ({ data: pixels, width, height: width, colorSpace: 'srgb' });
}

test('What the writer draws, the reader reads.', async () => {
  const text = `PQ2:${'0123456789ABCDEF $%*+-./:'.repeat(24)}`;
  const wasm = await readFile(new URL('../third/zxing-wasm/zxing_reader.wasm', import.meta.url));
  prepareZXingModule({ overrides: { wasmBinary: wasm.buffer } });

  const found = await readBarcodes(picture(text), { formats: ['QRCode'] });

  assert.deepEqual(
    found.map((code) => code.text),
    [text],
  );
});
