/** What another implementation wrote for Portique's formats, and the keys it used. */

import { readFileSync } from 'node:fs';

import { fromHex } from '../core/values.js';

export { keyAt, ringOf } from './rings.js';

const ROOT = new URL('../../', import.meta.url);

/**
 * Read one file of vectors.
 *
 * @param {string} name such as `pass/valid`
 */
export function vectors(name) {
  return JSON.parse(readFileSync(new URL(`tests/vectors/${name}.json`, ROOT), 'utf-8'));
}

/**
 * Return the first fenced block of a kind on a page of `docs/formats`.
 *
 * @param {string} page
 * @param {string} kind
 */
export function block(page, kind) {
  const text = readFileSync(new URL(`docs/formats/${page}.md`, ROOT), 'utf-8');
  const found = new RegExp(`^\`\`\`${kind}\n([^]*?)^\`\`\`$`, 'm').exec(text);
  if (!found) throw new Error(`${page}.md has no block of ${kind}`);
  return found[1];
}

/**
 * Read a page's annotated dump back into bytes; what follows # is for people.
 *
 * @param {string} page
 */
export function dump(page) {
  const lines = block(page, 'hex').split('\n');
  return fromHex(lines.map((line) => line.split('#')[0].replaceAll(' ', '')).join(''));
}
