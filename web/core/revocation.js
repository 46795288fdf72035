/**
 * Which passes still count: the IETF Token Status List, two bits a pass.
 *
 * An index never handed out reads revoked: whoever stole the issuing key must also guess an index
 * in use. Source: `portique.core.revocation`; `docs/formats/status.md`.
 */

import { decode } from './canonical.js';
import { KnowledgeError, PassError } from './errors.js';
import { Purpose } from './keys.js';
import { ALG, ES256, KID, TYP, parseSigned, verify } from './seal.js';
import { MS_PER_SECOND, SECONDS_MAX, isBytes, isUpTo, joined, sameBytes } from './values.js';

/** @typedef {import('./keys.js').PublicKey} PublicKey */

/** What the list says of one pass, each at its own number. */
export const STATUSES = /** @type {const} */ ([
  'valid',
  'revoked',
  'suspended',
  'valid-without-template',
]);
/** @typedef {typeof STATUSES[number]} Status */

const BITS = 2;
const PER_BYTE = 8 / BITS;
const TYPE = 'application/statuslist+cwt';
const INFLATED_BYTES_MAX = 256 * 1024;
const TOKEN_BYTES_MAX = 300 * 1024;
// A byte inflates to about a thousand: a browser inflates what it is given in one go.
const SLICE_BYTES = 256;
const CHECKSUM_BYTES = 4;
const ADLER_MODULUS = 65521;
const [SUB, EXP, IAT, TTL, LIST] = [2, 4, 6, 65534, 65533];

/** A verified list: packed statuses and the span during which they may be believed. */
export class StatusList {
  /**
   * @param {Uint8Array<ArrayBuffer>} packed
   * @param {{issuedMs: number, expiresMs: number, ttlS: number}} span
   */
  constructor(packed, { issuedMs, expiresMs, ttlS }) {
    this.packed = packed;
    this.issuedMs = issuedMs;
    this.expiresMs = expiresMs;
    this.ttlS = ttlS;
  }

  /**
   * Return the status at an index, or null when the list doesn't reach that far.
   *
   * @param {number} index
   * @returns {Status | null}
   */
  of(index) {
    if (!(index >= 0 && index < this.length)) return null;
    const shift = (index % PER_BYTE) * BITS;
    return STATUSES[(this.packed[Math.floor(index / PER_BYTE)] >> shift) & 0b11];
  }

  /** How many indexes the list covers. */
  get length() {
    return this.packed.length * PER_BYTE;
  }
}

/**
 * Verify a status list and unpack it.
 *
 * @param {Uint8Array} token
 * @param {PublicKey} key
 * @param {string} uai
 * @returns {Promise<StatusList>}
 * @throws {KnowledgeError} Not signed by this status key, for another school, malformed, or larger
 *   than 256 KiB once inflated.
 */
export async function readStatusList(token, key, uai) {
  if (key.purpose !== Purpose.STATUS) {
    throw new KnowledgeError("the status list needs the school's status key");
  }
  const { header, claims } = await opened(token, key);
  const list = claims instanceof Map ? claims.get(LIST) : null;
  if (!hasHeader(header, key) || !hasClaims(claims, uai) || !isPacked(list)) {
    throw new KnowledgeError('the status list is not one of this school');
  }
  const [iat, exp, ttlS] = [claims.get(IAT), claims.get(EXP), claims.get(TTL)];
  const span = { issuedMs: iat * MS_PER_SECOND, expiresMs: exp * MS_PER_SECOND, ttlS };
  return new StatusList(await inflated(list.get('lst')), span);
}

/**
 * @param {Uint8Array} token
 * @param {PublicKey} key
 */
async function opened(token, key) {
  try {
    const signed = parseSigned(token, TOKEN_BYTES_MAX);
    const header = signed.header();
    const payload = await verify(signed, key);
    return { header, claims: decode(payload, { bytesMax: TOKEN_BYTES_MAX }) };
  } catch (error) {
    if (!(error instanceof PassError)) throw error;
    throw new KnowledgeError("the status list is not signed by the school's status key");
  }
}

/**
 * @param {Map<any, any>} header
 * @param {PublicKey} key
 */
function hasHeader(header, key) {
  const kid = header.get(KID);
  const named = isBytes(kid) && sameBytes(kid, key.kid);
  return header.size === 3 && header.get(ALG) === ES256 && named && header.get(TYP) === TYPE;
}

/**
 * @param {any} claims
 * @param {string} uai
 */
function hasClaims(claims, uai) {
  if (!(claims instanceof Map) || claims.size !== 5 || claims.get(SUB) !== uai) return false;
  const times = [IAT, EXP, TTL].map((label) => claims.get(label));
  return times.every((time) => isUpTo(time, SECONDS_MAX)) && times[0] < times[1];
}

/**
 * @param {any} list
 * @returns {list is Map<string, any>}
 */
function isPacked(list) {
  const formed = list instanceof Map && list.size === 2;
  return formed && list.get('bits') === BITS && isBytes(list.get('lst'));
}

/** @param {Uint8Array<ArrayBuffer>} data zlib */
async function inflated(data) {
  const parts = await inflatedParts(data);
  const packed = parts && joined(parts);
  // An inflater stops at the end of its stream and may not say that bytes were left over.
  if (!packed || !sameBytes(adler32(packed), data.subarray(-CHECKSUM_BYTES))) {
    throw new KnowledgeError('the status list is damaged, cut short or too large');
  }
  return packed;
}

/**
 * @param {Uint8Array<ArrayBuffer>} data
 * @returns {Promise<Uint8Array[] | null>} null when it does not inflate within its cap
 */
async function inflatedParts(data) {
  const reader = sliced(data).pipeThrough(new DecompressionStream('deflate')).getReader();
  // Browsers and Node raise different errors for bytes that are no zlib; all mean the same.
  const next = () => reader.read().catch(() => null);
  const parts = [];
  let [length, step] = [0, await next()];
  while (step && !step.done) {
    length += step.value.length;
    if (length > INFLATED_BYTES_MAX) {
      await reader.cancel().catch(() => null);
      return null;
    }
    parts.push(step.value);
    step = await next();
  }
  return step && parts;
}

/**
 * @param {Uint8Array<ArrayBuffer>} data
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
function sliced(data) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < data.length) controller.enqueue(data.slice(at, at + SLICE_BYTES));
      else controller.close();
      at += SLICE_BYTES;
    },
  });
}

/**
 * Return zlib's checksum of bytes, as its streams end on it.
 *
 * @param {Uint8Array} bytes
 */
function adler32(bytes) {
  let [sum, sums] = [1, 0];
  for (const byte of bytes) {
    sum = (sum + byte) % ADLER_MODULUS;
    sums = (sums + sum) % ADLER_MODULUS;
  }
  return Uint8Array.of(sums >> 8, sums & 0xff, sum >> 8, sum & 0xff);
}
