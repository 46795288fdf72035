/**
 * COSE with nothing optional: ES256 signatures, AES-256-GCM sealing.
 *
 * Every signature has one form: `s` in the lower half, so that (r, n-s), which verifies as well,
 * is refused; WebCrypto signs in either, so signing brings it down. Source: RFC 9052 (structures),
 * RFC 9053 (algorithms); `portique.core.seal`; `docs/formats/pass.md` for the bytes.
 */

import { TAG_SIGN1, Tagged, decode, encode, mapOf } from './canonical.js';
import { BadSeal, SealedIdentityError, UnreadablePass } from './errors.js';
import { KID_BYTES } from './keys.js';
import { fromHex, isBytes, joined, sameBytes, toHex } from './values.js';

/** @typedef {import('./keys.js').PublicKey} PublicKey */
/** @typedef {import('./keys.js').PrivateKey} PrivateKey */
/** @typedef {import('./keys.js').SecretKey} SecretKey */

export const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
export const HALF_ORDER = P256_ORDER / 2n;
export const HALF_BYTES = 32;
export const SIGNATURE_BYTES = 64;
export const IV_BYTES = 12;
export const ALG = 1;
export const KID = 4;
export const IV = 5;
export const TYP = 16;
export const ES256 = -7;
export const A256GCM = 3;

const SIGNING = Object.freeze({ name: 'ECDSA', hash: 'SHA-256' });
const EMPTY = new Uint8Array(0);

/** A COSE_Sign1 in its one canonical form, not yet verified. */
export class Signed {
  /**
   * @param {Uint8Array<ArrayBuffer>} guarded the protected header, encoded
   * @param {Uint8Array<ArrayBuffer>} payload
   * @param {Uint8Array<ArrayBuffer>} signature 64 bytes, r then s
   */
  constructor(guarded, payload, signature) {
    this.guarded = guarded;
    this.payload = payload;
    this.signature = signature;
  }

  /**
   * Decode the protected header.
   *
   * @returns {Map<any, any>}
   * @throws {UnreadablePass} It is no map.
   */
  header() {
    const header = decode(this.guarded, { bytesMax: 128, depthMax: 2, itemsMax: 12 });
    if (!(header instanceof Map)) throw new UnreadablePass('the protected header is not a map');
    return header;
  }

  /** Return the tagged array, ready to be encoded or embedded. */
  structure() {
    return new Tagged(TAG_SIGN1, [this.guarded, new Map(), this.payload, this.signature]);
  }

  /** Encode as tag 18. */
  toBytes() {
    return encode(this.structure());
  }
}

/**
 * Sign a payload with `s` in the lower half.
 *
 * @param {Uint8Array<ArrayBuffer>} payload
 * @param {PrivateKey} key
 * @param {{withKid?: boolean, typ?: string}} [header] what its protected header says
 * @returns {Promise<Signed>}
 */
export async function sign(payload, key, { withKid = true, typ } = {}) {
  const header = mapOf([ALG, ES256]);
  if (withKid) header.set(KID, key.public.kid);
  if (typ !== undefined) header.set(TYP, typ);
  const guarded = encode(header);
  const made = await crypto.subtle.sign(SIGNING, key.handle, toBeSigned(guarded, payload));
  return new Signed(guarded, payload, lowered(new Uint8Array(made)));
}

/**
 * Bring `s` into the lower half.
 *
 * @param {Uint8Array<ArrayBuffer>} signature
 */
export function lowered(signature) {
  const s = numberOf(signature.subarray(HALF_BYTES));
  if (s <= HALF_ORDER) return signature;
  const low = fromHex((P256_ORDER - s).toString(16).padStart(2 * HALF_BYTES, '0'));
  return joined([signature.subarray(0, HALF_BYTES), low]);
}

/** @param {Uint8Array} bytes big-endian */
function numberOf(bytes) {
  return BigInt(`0x${toHex(bytes)}`);
}

/**
 * Check a signature and return the payload it covers.
 *
 * @param {Signed} signed
 * @param {PublicKey} key
 * @throws {BadSeal} `s` in the upper half, or the signature isn't this key's.
 */
export async function verify(signed, key) {
  const r = numberOf(signed.signature.subarray(0, HALF_BYTES));
  const s = numberOf(signed.signature.subarray(HALF_BYTES));
  if (!(r > 0n && r < P256_ORDER && s > 0n && s <= HALF_ORDER)) {
    throw new BadSeal('the signature is not in its canonical form');
  }
  const covered = toBeSigned(signed.guarded, signed.payload);
  if (!(await crypto.subtle.verify(SIGNING, key.handle, signed.signature, covered))) {
    throw new BadSeal('the signature does not verify');
  }
  return signed.payload;
}

/**
 * Check that a key signed one kind of message, and return the payload.
 *
 * @param {Signed} signed
 * @param {PublicKey} key
 * @param {string} typ
 * @throws {BadSeal} Another key's, another kind of message, or not in its canonical form.
 */
export async function verifyAs(signed, key, typ) {
  const header = encode(mapOf([ALG, ES256], [KID, key.kid], [TYP, typ]));
  if (!sameBytes(signed.guarded, header)) {
    throw new BadSeal("another key's, or another kind of message");
  }
  return verify(signed, key);
}

/**
 * @param {Uint8Array<ArrayBuffer>} guarded
 * @param {Uint8Array<ArrayBuffer>} payload
 */
function toBeSigned(guarded, payload) {
  return encode(['Signature1', guarded, EMPTY, payload]);
}

/**
 * Read a COSE_Sign1 strictly: tag 18, empty unprotected map, canonical throughout.
 *
 * @param {Uint8Array} data
 * @param {number} bytesMax
 * @throws {UnreadablePass} Anything else.
 */
export function parseSigned(data, bytesMax) {
  return signedFrom(decode(data, { bytesMax }));
}

/**
 * Take a decoded tag 18 apart.
 *
 * @param {unknown} item
 * @throws {UnreadablePass} Not a COSE_Sign1 with a 64-byte signature and an empty unprotected map.
 */
export function signedFrom(item) {
  if (item instanceof Tagged && Array.isArray(item.value) && item.value.length === 4) {
    const [guarded, bare, payload, signature] = item.value;
    const formed = isEmptyMap(bare) && isBytes(signature, SIGNATURE_BYTES);
    if (formed && isBytes(guarded) && isBytes(payload)) {
      return new Signed(guarded, payload, signature);
    }
  }
  throw new UnreadablePass('not a COSE_Sign1 of the one accepted form');
}

/** @param {unknown} value */
function isEmptyMap(value) {
  return value instanceof Map && value.size === 0;
}

/**
 * @typedef {object} Encrypted a COSE_Encrypt0 whose header was checked, not yet opened
 * @property {Uint8Array<ArrayBuffer>} guarded
 * @property {Uint8Array<ArrayBuffer>} kid
 * @property {Uint8Array<ArrayBuffer>} iv
 * @property {Uint8Array<ArrayBuffer>} ciphertext
 */

/**
 * Take an untagged COSE_Encrypt0 apart.
 *
 * @param {unknown} item
 * @returns {Encrypted}
 * @throws {UnreadablePass} Not exactly {alg: A256GCM, kid, iv} and an empty unprotected map.
 */
export function encryptedFrom(item) {
  if (Array.isArray(item) && item.length === 3) {
    const [guarded, bare, ciphertext] = item;
    if (isBytes(guarded) && isEmptyMap(bare) && isBytes(ciphertext)) {
      const header = decode(guarded, { bytesMax: 64, depthMax: 2, itemsMax: 7 });
      if (header instanceof Map && header.size === 3 && header.get(ALG) === A256GCM) {
        const [kid, iv] = [header.get(KID), header.get(IV)];
        if (isBytes(kid, KID_BYTES) && isBytes(iv, IV_BYTES)) {
          return Object.freeze({ guarded, kid, iv, ciphertext });
        }
      }
    }
  }
  throw new UnreadablePass('not a COSE_Encrypt0 of the one accepted form');
}

/**
 * Open a sealed part.
 *
 * @param {Encrypted} sealed
 * @param {SecretKey} key
 * @param {Uint8Array<ArrayBuffer>} bound what it was sealed for, besides itself
 * @throws {SealedIdentityError} Not sealed by this key, for this pass, or damaged.
 */
export async function decrypt({ guarded, iv, ciphertext }, key, bound) {
  const additionalData = encode(['Encrypt0', guarded, bound]);
  const how = { name: 'AES-GCM', iv, additionalData };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(how, key.handle, ciphertext));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new SealedIdentityError('the sealed part does not open');
  }
}
