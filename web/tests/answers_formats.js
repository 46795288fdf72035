/** What `answers.js` says of formats: read as Python reads them, or the name of the refusal. */

import { decode, encode, Tagged } from '../core/canonical.js';
import { PortiqueError } from '../core/errors.js';
import { Purpose, makePrivateKey } from '../core/keys.js';
import { parse, phoneText, textOf, verify } from '../core/passes.js';
import { readStatusList } from '../core/revocation.js';
import { fromHex, toHex } from '../core/values.js';
import { keyAt, ringOf } from './rings.js';

/**
 * @param {() => Promise<any>} answer
 * @returns {Promise<any>} the answer, or the name of the refusal; anything else ends the process
 */
async function orRefusal(answer) {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof PortiqueError) return error.name;
    throw error;
  }
}

/** @param {{keys: import('./rings.js').Keys, texts: string[]}} asked */
async function passes({ keys, texts }) {
  const ring = await ringOf(keys);
  return Promise.all(texts.map((text) => orRefusal(() => passRead(text, ring))));
}

/**
 * @param {string} text
 * @param {import('../core/passes.js').KeyRing} ring
 */
async function passRead(text, ring) {
  const code = parse(text);
  const { held, proof, proofSeconds } = await verify(code, ring);
  const { phoneKey, identity } = held;
  return [
    [held.passId, held.uai, held.opensMs, held.closesMs, toHex(held.kid)],
    phoneKey && toHex(phoneKey.kid),
    identity && [
      ...[identity.holder, identity.kind, identity.name, identity.label, identity.regime],
      ...[identity.statusIndex, identity.template && toHex(identity.template)],
    ],
    [proof, proofSeconds],
    textOf(code.sealed),
  ];
}

/** @param {{uai: string, key: {x: string, y: string}, tokens: string[]}} asked */
async function statuses({ uai, key, tokens }) {
  const status = await keyAt('status', key);
  return Promise.all(
    tokens.map((token) =>
      orRefusal(async () => {
        const list = await readStatusList(fromHex(token), status, uai);
        return [toHex(list.packed), list.issuedMs, list.expiresMs, list.ttlS];
      }),
    ),
  );
}

/** @param {{caps: import('../core/canonical.js').Caps, encoded: string[]}} asked */
function values({ caps, encoded }) {
  return Promise.all(
    encoded.map((hex) =>
      orRefusal(async () => {
        const value = decode(fromHex(hex), caps);
        return [spelled(value), toHex(encode(value))];
      }),
    ),
  );
}

/**
 * Spell a value so that JSON keeps its type: numbers beyond 2^53 and bytes as texts of their own.
 *
 * @param {any} value
 * @returns {any}
 */
function spelled(value) {
  if (value instanceof Uint8Array) return ['bytes', toHex(value)];
  if (Array.isArray(value)) return ['list', value.map(spelled)];
  if (value instanceof Map) return ['map', Array.from(value, (pair) => pair.map(spelled))];
  if (value instanceof Tagged) return ['tag', String(value.tag), spelled(value.value)];
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  return ['number', String(value)];
}

/** The key of one phone, as long as this process lives. */
const PHONE = makePrivateKey(Purpose.PHONE);

async function phonePoint() {
  const { x, y } = (await PHONE).public;
  return { x: toHex(x), y: toHex(y) };
}

/** @param {{text: string, uai: string, seconds: number[]}} asked */
async function phoneTexts({ text, uai, seconds }) {
  const [phone, { sealed }] = [await PHONE, parse(text)];
  return Promise.all(seconds.map((second) => phoneText(sealed, phone, { uai, seconds: second })));
}

/** @type {Record<string, (asked: any) => any>} */
export const FORMATS = { passes, phonePoint, phoneTexts, statuses, values };
