/**
 * Secrets wrapped for one device: ephemeral ECDH, HKDF-SHA256, AES-256-GCM.
 *
 * A device has one P-256 key, with which it signs its calls and opens what is wrapped for it. A
 * browser's key does either, so the one key is kept as two handles, neither of which gives it away.
 * `portique.core.seal`, its last section; `docs/formats/knowledge.md`.
 */

import { SealedIdentityError } from './errors.js';
import { COORDINATE_BYTES, Purpose, publicKey } from './keys.js';
import { IV_BYTES } from './seal.js';
import { isBytes, joined, sameBytes } from './values.js';

/**
 * @typedef {import('./keys.js').PrivateKey & {agreement: CryptoKey}} DeviceKey signs with `handle`,
 *   opens what is wrapped for it with `agreement`; both may be kept in IndexedDB as they are
 */

const SIGNS = Object.freeze({ name: 'ECDSA', namedCurve: 'P-256' });
export const AGREES = Object.freeze({ name: 'ECDH', namedCurve: 'P-256' });
const UNCOMPRESSED = 0x04;
const SHARED_BITS = 256;
const INFO = new TextEncoder().encode('portique');

/**
 * Make a device's key. It lies in the open for the time this takes; then nobody can take out what
 * signs, and what opens can be taken out only to be wrapped.
 *
 * @returns {Promise<DeviceKey>}
 */
export async function makeDeviceKey() {
  const pair = await crypto.subtle.generateKey(SIGNS, true, ['sign', 'verify']);
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const secret = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey));
  const made = await deviceKey(secret, point.slice(1), true);
  secret.fill(0);
  return made;
}

/**
 * Build a device's key from its secret, which the caller then forgets.
 *
 * @param {Uint8Array<ArrayBuffer>} secret PKCS #8
 * @param {Uint8Array<ArrayBuffer>} point x ‖ y of its public half
 * @param {boolean} [isToBeWrapped] Whether what opens can be taken out, to be wrapped.
 * @returns {Promise<DeviceKey>}
 */
export async function deviceKey(secret, point, isToBeWrapped = false) {
  const [x, y] = [point.slice(0, COORDINATE_BYTES), point.slice(COORDINATE_BYTES)];
  return Object.freeze({
    purpose: Purpose.GATE,
    handle: await crypto.subtle.importKey('pkcs8', secret, SIGNS, false, ['sign']),
    agreement: await crypto.subtle.importKey('pkcs8', secret, AGREES, isToBeWrapped, [
      'deriveBits',
    ]),
    public: await publicKey(Purpose.GATE, x, y),
  });
}

/**
 * Find what is wrapped for one device, by the bytes of its key id; undefined: nothing is.
 *
 * @param {ReadonlyMap<any, any>} wrapped
 * @param {DeviceKey} mine
 */
export function wrappedFor(wrapped, mine) {
  const found = [...wrapped].find(([kid]) => isBytes(kid) && sameBytes(kid, mine.public.kid));
  return found?.[1];
}

/**
 * Open what was wrapped for a device's key.
 *
 * @param {unknown} wrapped
 * @param {DeviceKey} mine
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {SealedIdentityError} damaged, or made for another key
 */
export async function unwrap(wrapped, mine) {
  if (!(wrapped instanceof Map)) throw new SealedIdentityError('not a wrapped key');
  const [point, iv, box] = ['epk', 'iv', 'box'].map((name) => wrapped.get(name));
  if (!isBytes(point, 2 * COORDINATE_BYTES) || !isBytes(iv, IV_BYTES) || !isBytes(box)) {
    throw new SealedIdentityError('not a wrapped key');
  }
  try {
    const key = await sharedKey(point, mine);
    const how = { name: 'AES-GCM', iv, additionalData: mine.public.kid };
    return new Uint8Array(await crypto.subtle.decrypt(how, key, box));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new SealedIdentityError('a key was wrapped for another device');
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} point of the ephemeral key
 * @param {DeviceKey} mine
 */
async function sharedKey(point, mine) {
  const raw = joined([Uint8Array.of(UNCOMPRESSED), point]);
  const theirs = await crypto.subtle.importKey('raw', raw, AGREES, false, []);
  const agreed = { name: 'ECDH', public: theirs };
  const shared = await crypto.subtle.deriveBits(agreed, mine.agreement, SHARED_BITS);
  const base = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: point, info: INFO };
  return crypto.subtle.deriveKey(how, base, { name: 'AES-GCM', length: 256 }, false, ['decrypt']);
}
