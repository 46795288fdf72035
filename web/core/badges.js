/**
 * Badges that only say their number: hashed with a key at once, told to devices sealed.
 *
 *     number ── HMAC, key derived from a name key ──▶ digest ──▶ the pass the badge stands for
 *
 * Byte by byte: `docs/formats/knowledge.md`.
 */

import { decode } from './canonical.js';
import { KnowledgeError, SealedIdentityError, UnreadablePass } from './errors.js';
import { Purpose, secretKey } from './keys.js';
import { isText } from './plain.js';
import { decrypt, encryptedFrom } from './seal.js';
import { isBytes, sameBytes, toHex } from './values.js';

/** @typedef {import('./keys.js').SecretKey} SecretKey */

const BADGES_MAX = 100_000;
const DIGEST_BYTES = 32;
const PASS_CHARACTERS_MAX = 1200;
const BYTES_MAX = 16 * 1024 * 1024;
const ENCODER = new TextEncoder();
const INFO = ENCODER.encode('portique badge');
const AAD = ENCODER.encode('portique badges');
const NUMBER = /^[0-9A-F]{6,20}$/; // 24 to 80 bits, in hexadecimal or decimal

/** @typedef {{sealing: SecretKey, badges: CryptoKey}} NameKey  opens names, and stands for badges */

/**
 * Build both halves of a name key from its 32 bytes, which the caller then forgets.
 *
 * @param {Uint8Array<ArrayBuffer>} secret
 * @returns {Promise<NameKey>}
 * @throws {RangeError} not 32 bytes
 */
export async function nameKey(secret) {
  const sealing = await secretKey(Purpose.NAME, secret);
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: INFO };
  const hmac = { name: 'HMAC', hash: 'SHA-256', length: 8 * DIGEST_BYTES };
  return { sealing, badges: await crypto.subtle.deriveKey(how, base, hmac, false, ['sign']) };
}

/**
 * Return a badge's number as it is hashed, from what a reader wrote; null if it can't be one.
 *
 * @param {string} typed
 */
export function numberOf(typed) {
  const number = typed.toUpperCase().replace(/[ :\-\t\r\n]/g, '');
  return NUMBER.test(number) ? number : null;
}

/**
 * Return the 32 bytes that stand for a number, in hexadecimal.
 *
 * @param {string} number
 * @param {NameKey} key
 */
export async function digest(number, key) {
  return toHex(
    new Uint8Array(await crypto.subtle.sign('HMAC', key.badges, ENCODER.encode(number))),
  );
}

/** What one device knows of badges: by digest, the text of the pass each stands for. */
export class Badges {
  #keys;
  #passes;

  /**
   * @param {readonly NameKey[]} keys
   * @param {ReadonlyMap<string, string>} passes
   */
  constructor(keys, passes) {
    this.#keys = keys;
    this.#passes = passes;
  }

  /** What it was made of: a worker that read them posts this, not itself. */
  get parts() {
    return { keys: this.#keys, passes: this.#passes };
  }

  /**
   * Return the text of a badge's pass, under the newest name key first; null: unknown.
   *
   * @param {string} number
   */
  async standsFor(number) {
    for (const key of this.#keys) {
      const text = this.#passes.get(await digest(number, key));
      if (text !== undefined) return text;
    }
    return null;
  }

  /**
   * Say whether a text is a badge's pass: printed, it is worth no more than the badge.
   *
   * @param {string} text
   */
  has(text) {
    return [...this.#passes.values()].includes(text);
  }
}

/**
 * Open the badges part with a device's name keys; without a part no badge is known.
 *
 * @param {unknown} part
 * @param {readonly NameKey[]} keys
 * @returns {Promise<Badges | null>} null: no name key here opens it, one number is like another
 * @throws {KnowledgeError} damaged
 */
export async function readBadges(part, keys) {
  if (part === undefined || part === null) return keys.length ? new Badges(keys, new Map()) : null;
  try {
    const sealed = encryptedFrom(part);
    const key = keys.find((each) => sameBytes(each.sealing.kid, sealed.kid));
    if (key === undefined) return null;
    return new Badges(keys, passesIn(await decrypt(sealed, key.sealing, AAD)));
  } catch (error) {
    if (!(error instanceof SealedIdentityError || error instanceof UnreadablePass)) throw error;
    throw new KnowledgeError('the badges in the knowledge file are damaged');
  }
}

/**
 * @param {Uint8Array} opened
 * @returns {Map<string, string>}
 */
function passesIn(opened) {
  const passes = decode(opened, { bytesMax: BYTES_MAX, itemsMax: 2 * BADGES_MAX + 1 });
  if (!(passes instanceof Map) || ![...passes].every(isBadge)) {
    throw new UnreadablePass('not digests and passes');
  }
  return new Map([...passes].map(([held, text]) => [toHex(held), text]));
}

/** @param {[unknown, unknown]} item */
function isBadge([held, text]) {
  return isBytes(held, DIGEST_BYTES) && isText(text, PASS_CHARACTERS_MAX);
}
