/** The small values everything speaks: bytes and their digits, ids, kinds, schools. */

export const ID_BYTES = 8;
export const MS_PER_SECOND = 1000;
export const SECONDS_MAX = 253_402_300_799; // the last second of the year 9999

/** What somebody is to the school; each has its number by its place. */
export const KINDS = /** @type {const} */ ([
  'pupil',
  'staff',
  'guardian',
  'trainee',
  'candidate',
  'resident',
  'visitor',
]);
/** @typedef {typeof KINDS[number]} Kind */

/** The one direction of passage a lane serves. */
export const DIRECTIONS = /** @type {const} */ (['entry', 'exit']);
/** @typedef {typeof DIRECTIONS[number]} Direction */

const HEXADECIMAL = /^(?:[0-9a-f]{2})*$/;
const HEX_ID = /^[0-9a-f]{16}$/;
const UAI = /^[0-9]{7}[A-Z]$/;

/**
 * Write bytes as lowercase hexadecimal digits.
 *
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Read lowercase hexadecimal digits back into bytes.
 *
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {RangeError} The text is anything else.
 */
export function fromHex(text) {
  if (!HEXADECIMAL.test(text)) throw new RangeError('not pairs of hexadecimal digits');
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/**
 * Say whether two byte strings are the same; no secret is compared this way.
 *
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export function sameBytes(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/**
 * Put byte strings one after the other.
 *
 * @param {readonly Uint8Array[]} parts
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function joined(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Say whether a value is an id of a pass or a holder: 16 lowercase hexadecimal digits.
 *
 * @param {unknown} value
 * @returns {value is string}
 */
export function isHexId(value) {
  return typeof value === 'string' && HEX_ID.test(value);
}

/**
 * Say whether a value is a text with the form of a UAI: seven digits, one capital letter.
 *
 * @param {unknown} value
 * @returns {value is string}
 */
export function isUai(value) {
  return typeof value === 'string' && UAI.test(value);
}

/**
 * Say whether a value is a byte string, of `length` bytes where one is given.
 *
 * @param {unknown} value
 * @param {number} [length]
 * @returns {value is Uint8Array<ArrayBuffer>}
 */
export function isBytes(value, length) {
  return value instanceof Uint8Array && (length === undefined || value.length === length);
}

/**
 * Say whether a value is a whole number from 0 to `most`.
 *
 * @param {unknown} value as CBOR gives it: a number, when it is one, is whole
 * @param {number} most
 * @returns {value is number}
 */
export function isUpTo(value, most) {
  return typeof value === 'number' && value >= 0 && value <= most;
}
