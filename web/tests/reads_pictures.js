/**
 * The scanner's reader beside other readers: pictures come in on standard input, one after the other,
 * each as a line of JSON and then its bytes; what is read goes out, a line of JSON each.
 */

import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

import { CodeReader, prepare } from '../scanner/codes.js';
import { pictureFrom } from '../scanner/sight/shapes.js';

/**
 * What comes before the bytes, one a pixel; `fresh` begins with a new reader.
 * @typedef {{width: number, height: number, atMs: number, fresh: boolean}} Asked
 */

/** Standard input, by lines and by bytes. */
class Input {
  #chunks = process.stdin[Symbol.asyncIterator]();
  #held = Buffer.alloc(0);

  /** @returns {Promise<string | null>} */
  async line() {
    while (!this.#held.includes(10)) if (!(await this.#more())) return null;
    return (await this.bytes(this.#held.indexOf(10) + 1)).toString('utf8');
  }

  /** @param {number} count */
  async bytes(count) {
    const parts = [this.#held];
    let length = this.#held.length;
    while (length < count) {
      const { value, done } = await this.#chunks.next();
      if (done) throw new Error('the picture ends too early');
      parts.push(value);
      length += value.length;
    }
    const all = Buffer.concat(parts);
    this.#held = all.subarray(count);
    return all.subarray(0, count);
  }

  async #more() {
    const { value, done } = await this.#chunks.next();
    if (!done) this.#held = Buffer.concat([this.#held, value]);
    return !done;
  }
}

/** Answer until standard input ends. */
async function run() {
  const file = await readFile(new URL('../third/zxing-wasm/zxing_reader.wasm', import.meta.url));
  await prepare({ wasmBinary: /** @type {ArrayBuffer} */ (file.buffer) });
  const input = new Input();
  let reader = new CodeReader();
  for (let line = await input.line(); line; line = await input.line()) {
    const asked = /** @type {Asked} */ (JSON.parse(line));
    const { width, height, atMs, fresh } = asked;
    const data = await input.bytes(width * height);
    if (fresh) reader = new CodeReader();
    const { codes, unread } = await reader.read(pictureFrom({ data, width, height }), atMs);
    process.stdout.write(`${JSON.stringify({ texts: codes.map(({ text }) => text), unread })}\n`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await run();
