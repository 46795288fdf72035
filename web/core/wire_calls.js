/**
 * The signed envelope of each request a device makes, and of each response it gets.
 *
 * A *call* goes with a request, an *answer* with the response: signatures over the hash of the body,
 * by the device's own key and by the school's orders key. So no body needs a signature of its own,
 * and each answer brings a signed time. Source: `docs/formats/wire.md`; `portique.core.wire_calls`.
 */

import { decode, encode, mapOf } from './canonical.js';
import { LinkError, PassError } from './errors.js';
import { Purpose } from './keys.js';
import { parseSigned, sign, verifyAs } from './seal.js';
import { isBytes, isUpTo, sameBytes } from './values.js';

/**
 * @typedef {object} Call who asks for what
 * @property {string} gateId
 * @property {string} request method, space, path with query
 * @property {number} sentMs by the device's own clock
 * @property {Uint8Array<ArrayBuffer>} nonce 16 random bytes, new for each call: the answer repeats it
 * @property {Uint8Array<ArrayBuffer>} bodyHash
 */

/** @typedef {Readonly<{status: number, sentMs: number}>} Answer what the server says, and when */

export const CALL = 'portique-call';
export const ANSWER = 'portique-answer';
export const ENVELOPE_BYTES_MAX = 512;
export const NONCE_BYTES = 16;
export const HASH_BYTES = 32;
export const DAMAGED = 'the message is damaged or not of this version';

/**
 * Return the hash by which an envelope names its body.
 *
 * @param {Uint8Array<ArrayBuffer>} body
 */
export async function digest(body) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', body));
}

/**
 * Sign a call with the device's own key.
 *
 * @param {Call} call
 * @param {import('./keys.js').PrivateKey} key
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {RangeError} A key of another purpose, or a request too long to be read.
 */
export async function signCall({ gateId, request, sentMs, nonce, bodyHash }, key) {
  if (key.purpose !== Purpose.GATE) throw new RangeError("a call is signed by a device's own key");
  const payload = encode(mapOf([1, gateId], [2, request], [3, sentMs], [4, nonce], [5, bodyHash]));
  const signed = (await sign(payload, key, { typ: CALL })).toBytes();
  if (signed.length > ENVELOPE_BYTES_MAX) {
    throw new RangeError(`a call of ${signed.length} bytes, more than ${ENVELOPE_BYTES_MAX}`);
  }
  return signed;
}

/**
 * Verify the answer to the call that carried `nonce`.
 *
 * @param {Uint8Array} data
 * @param {import('./keys.js').PublicKey} key the school's orders key
 * @param {{nonce: Uint8Array, body: Uint8Array<ArrayBuffer>}} to
 * @returns {Promise<Answer>}
 * @throws {LinkError} Not signed by this school, or for another call or body.
 */
export async function readAnswer(data, key, { nonce, body }) {
  const items = hasKeys(await answered(data, key), [1, 2, 3, 4]);
  const [asked, bodyHash] = [items.get(1), items.get(4)];
  const formed = isBytes(asked, NONCE_BYTES) && isBytes(bodyHash, HASH_BYTES);
  if (!formed || !sameBytes(asked, nonce) || !sameBytes(bodyHash, await digest(body))) {
    throw new LinkError('the answer was signed for another call');
  }
  return Object.freeze({ status: uint(items.get(2)), sentMs: uint(items.get(3)) });
}

/**
 * @param {Uint8Array} data
 * @param {import('./keys.js').PublicKey} key
 */
async function answered(data, key) {
  if (key.purpose !== Purpose.ORDERS) throw new LinkError(DAMAGED);
  try {
    const signed = parseSigned(data, ENVELOPE_BYTES_MAX);
    return decode(await verifyAs(signed, key, ANSWER), { bytesMax: ENVELOPE_BYTES_MAX });
  } catch (error) {
    throw asLink(error);
  }
}

/**
 * Decode a message's body.
 *
 * @param {Uint8Array} data
 * @param {import('./canonical.js').Caps} caps
 * @throws {LinkError} Not canonical, or beyond a cap.
 */
export function decoded(data, caps) {
  try {
    return decode(data, caps);
  } catch (error) {
    throw asLink(error);
  }
}

/**
 * Turn what a format's reader refused into a link's refusal; a bug stays what it is.
 *
 * @param {unknown} error
 * @param {string} [message]
 */
export function asLink(error, message = DAMAGED) {
  return error instanceof PassError ? new LinkError(message, { cause: error }) : error;
}

/**
 * Insist on a map with all of some keys, perhaps some more, and no other.
 *
 * @param {unknown} items
 * @param {readonly number[]} needed
 * @param {readonly number[]} [perhaps]
 * @returns {Map<any, any>}
 * @throws {LinkError} Anything else.
 */
export function hasKeys(items, needed, perhaps = []) {
  if (items instanceof Map && needed.every((key) => items.has(key))) {
    const known = needed.length + perhaps.filter((key) => items.has(key)).length;
    if (items.size === known) return items;
  }
  throw new LinkError(DAMAGED);
}

/**
 * Return a value of a message if it is what it should be.
 *
 * @template T
 * @param {T} value
 * @param {boolean} right
 * @throws {LinkError} It isn't.
 */
export function checked(value, right) {
  if (!right) throw new LinkError(DAMAGED);
  return value;
}

/**
 * Insist on a whole number that every party reads exactly.
 *
 * @param {unknown} value
 * @returns {number}
 * @throws {LinkError} Anything else.
 */
export function uint(value) {
  if (isUpTo(value, Number.MAX_SAFE_INTEGER)) return value;
  throw new LinkError(DAMAGED);
}

/**
 * Insist on a text of at least one and at most so many characters.
 *
 * @param {unknown} value
 * @param {number} charactersMax
 * @returns {string}
 * @throws {LinkError} Anything else.
 */
export function text(value, charactersMax) {
  if (typeof value === 'string' && value !== '' && Array.from(value).length <= charactersMax) {
    return value;
  }
  throw new LinkError(DAMAGED);
}

/**
 * Insist on a version of the knowledge.
 *
 * @param {unknown} value
 * @returns {import('./knowledge.js').Version}
 * @throws {LinkError} Anything else.
 */
export function version(value) {
  if (!Array.isArray(value) || value.length !== 2) throw new LinkError(DAMAGED);
  return Object.freeze({ epoch: uint(value[0]), number: uint(value[1]) });
}
