/** The keys that vectors name, ready for use, in Node and in browsers. */

import { Purpose, publicKey, secretKey } from '../core/keys.js';
import { keyRing } from '../core/passes.js';
import { fromHex } from '../core/values.js';

/**
 * @typedef {object} Keys
 * @property {string} uai
 * @property {[string, string][]} issuers coordinates in hexadecimal
 * @property {string[]} name_keys
 */

/** @param {Keys} keys */
export async function ringOf(keys) {
  const issuers = keys.issuers.map(([x, y]) => keyAt(Purpose.PASS, { x, y }));
  const names = keys.name_keys.map((secret) => secretKey(Purpose.NAME, fromHex(secret)));
  return keyRing(keys.uai, await Promise.all(issuers), await Promise.all(names));
}

/**
 * @param {string} purpose
 * @param {{x: string, y: string}} point in hexadecimal
 */
export function keyAt(purpose, { x, y }) {
  return publicKey(purpose, fromHex(x), fromHex(y));
}
