/**
 * Keys bound to one purpose and one algorithm, neither of them ever taken from a token.
 *
 * The browser keeps every secret: what is held here are handles, and no private one is exportable.
 * Source: RFC 9052 §7 (COSE_Key); `docs/formats/README.md`, rules 6 and 7.
 */

import { encode, mapOf } from './canonical.js';
import { UnreadablePass } from './errors.js';
import { isBytes, joined } from './values.js';

export const COORDINATE_BYTES = 32;
export const SECRET_BYTES = 32;
export const KID_BYTES = 8;

/** What a key is for; a key of one purpose is never tried for another. */
export const Purpose = Object.freeze({
  PASS: 'pass',
  STATUS: 'status',
  KNOWLEDGE: 'knowledge',
  ORDERS: 'orders',
  NAME: 'name',
  GATE: 'gate',
  PHONE: 'phone',
  RECOVERY: 'recovery',
  DAY: 'day',
});

const ECDSA = Object.freeze({ name: 'ECDSA', namedCurve: 'P-256' });
const UNCOMPRESSED = 0x04;

/**
 * @typedef {object} PublicKey verifies for one purpose
 * @property {string} purpose
 * @property {Uint8Array<ArrayBuffer>} x 32 bytes, big-endian
 * @property {Uint8Array<ArrayBuffer>} y
 * @property {Uint8Array<ArrayBuffer>} kid 8 bytes
 * @property {CryptoKey} handle
 */

/**
 * @typedef {object} PrivateKey signs for one purpose
 * @property {string} purpose
 * @property {CryptoKey} handle not extractable; may be kept in IndexedDB as it is
 * @property {PublicKey} public
 */

/**
 * @typedef {object} SecretKey opens what was sealed for one purpose
 * @property {string} purpose
 * @property {Uint8Array<ArrayBuffer>} kid
 * @property {CryptoKey} handle
 */

/**
 * Build a public key from its coordinates.
 *
 * @param {string} purpose
 * @param {Uint8Array} x
 * @param {Uint8Array} y
 * @returns {Promise<PublicKey>}
 * @throws {UnreadablePass} The point isn't on the curve.
 */
export async function publicKey(purpose, x, y) {
  const point = joined([Uint8Array.of(UNCOMPRESSED), x, y]);
  const handle = await imported(point);
  const own = { x: new Uint8Array(x), y: new Uint8Array(y) };
  return Object.freeze({ purpose, ...own, kid: await kidOf(coseKey(own)), handle });
}

/** @param {Uint8Array<ArrayBuffer>} point */
async function imported(point) {
  try {
    return await crypto.subtle.importKey('raw', point, ECDSA, true, ['verify']);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new UnreadablePass('a key that is not on the curve');
  }
}

/**
 * Return the COSE_Key map with only its required parameters.
 *
 * @param {{x: Uint8Array<ArrayBuffer>, y: Uint8Array<ArrayBuffer>}} point
 */
export function coseKey({ x, y }) {
  return mapOf([1, 2], [-1, 1], [-2, x], [-3, y]);
}

/**
 * Build a public key from a COSE_Key map that holds exactly kty, crv, x and y.
 *
 * @param {string} purpose
 * @param {unknown} key
 * @throws {UnreadablePass} Any other map.
 */
export async function publicKeyFrom(purpose, key) {
  if (key instanceof Map && key.size === 4 && key.get(1) === 2 && key.get(-1) === 1) {
    const [x, y] = [key.get(-2), key.get(-3)];
    if (isBytes(x, COORDINATE_BYTES) && isBytes(y, COORDINATE_BYTES)) {
      return publicKey(purpose, x, y);
    }
  }
  throw new UnreadablePass('not a P-256 COSE_Key');
}

/**
 * Make a private key that nobody can take out of this browser.
 *
 * @param {string} purpose
 * @returns {Promise<PrivateKey>}
 */
export async function makePrivateKey(purpose) {
  const pair = await crypto.subtle.generateKey(ECDSA, false, ['sign', 'verify']);
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const [x, y] = [point.slice(1, 1 + COORDINATE_BYTES), point.slice(1 + COORDINATE_BYTES)];
  return Object.freeze({
    purpose,
    handle: pair.privateKey,
    public: await publicKey(purpose, x, y),
  });
}

/**
 * Build a sealing key from its 32 bytes, which the caller then forgets.
 *
 * @param {string} purpose
 * @param {Uint8Array<ArrayBuffer>} secret
 * @returns {Promise<SecretKey>}
 * @throws {RangeError} Not 32 bytes.
 */
export async function secretKey(purpose, secret) {
  if (!isBytes(secret, SECRET_BYTES)) {
    throw new RangeError(`a sealing key is ${SECRET_BYTES} bytes`);
  }
  const key = mapOf([1, 4], [-1, secret]);
  const handle = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['decrypt']);
  return Object.freeze({ purpose, kid: await kidOf(key), handle });
}

/**
 * Return the first 8 bytes of SHA-256 over the canonical COSE_Key.
 *
 * @param {Map<any, any>} key
 */
export async function kidOf(key) {
  const digest = await crypto.subtle.digest('SHA-256', encode(key));
  return new Uint8Array(digest).slice(0, KID_BYTES);
}
