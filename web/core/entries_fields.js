/**
 * How one field of an entry is written in CBOR, read back and kept within limits.
 *
 * A shape is a pair: `toCbor` turns the value into what is encoded, `fromCbor` reads it back and throws
 * `JournalError` on anything it would not have written. `portique.core.entries_fields`.
 */

import { JournalError } from './errors.js';
import { fromHex, isBytes, isUpTo, toHex } from './values.js';

/** @typedef {{toCbor: (value: any) => any, fromCbor: (value: any) => any}} Shape */

const UINT_MAX = Number.MAX_SAFE_INTEGER;
const CODES_MAX = 24;
const RANGES_MAX = 200;
const EVIDENCE_BYTES_MAX = 2048;
// No space and nothing outside ASCII: a person's name doesn't fit by accident.
const CODE_FORM = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,39}$/;

/**
 * Describe values that are encoded as they are, if they are what they should be.
 *
 * @param {(value: any) => boolean} isRight
 * @param {string} what
 * @returns {Shape}
 */
function plain(isRight, what) {
  return { toCbor: (value) => value, fromCbor: (value) => checked(value, isRight(value), what) };
}

/**
 * @template T
 * @param {T} value
 * @param {boolean} right
 * @param {string} what
 */
function checked(value, right, what) {
  if (!right) throw new JournalError(`an entry's body is wrong: not ${what}`);
  return value;
}

/** @param {any} value */
const isUint = (value) => isUpTo(value, UINT_MAX);

/** @param {any} value */
const isCode = (value) => typeof value === 'string' && CODE_FORM.test(value);

export const UINT = plain(isUint, 'a whole number between 0 and 2^53-1');
export const INT = plain(Number.isSafeInteger, 'a whole number');
export const BOOL = plain((value) => typeof value === 'boolean', 'true or false');
export const CODE = plain(isCode, 'a code of at most 40 letters, digits and . _ + -');
export const CODES = plain(
  (value) => Array.isArray(value) && value.length <= CODES_MAX && value.every(isCode),
  `a list of at most ${CODES_MAX} codes`,
);
export const EVIDENCE = plain(
  (value) => isBytes(value) && value.length > 0 && value.length <= EVIDENCE_BYTES_MAX,
  `1 to ${EVIDENCE_BYTES_MAX} bytes`,
);

/**
 * Parts of the knowledge and their versions, by name.
 *
 * @type {Shape}
 */
export const VERSIONS = {
  toCbor: (value) => new Map(Object.entries(value)),
  fromCbor: (value) => {
    const formed = value instanceof Map && value.size <= CODES_MAX;
    const right = formed && [...value].every(([part, version]) => isCode(part) && isUint(version));
    return Object.fromEntries(checked(value, right, `a map of at most ${CODES_MAX} versions`));
  },
};

/**
 * Pairs of a first and a last number: rising, never touching, at least one.
 *
 * @type {Shape}
 */
export const RANGES = {
  toCbor: (value) => value.flat(),
  fromCbor: (value) => {
    const right = Array.isArray(value) && value.every(isUint) && areRanges(value);
    return pairs(checked(value, right, `1 to ${RANGES_MAX} rising ranges with gaps between them`));
  },
};

/** @param {readonly number[]} ends */
function areRanges(ends) {
  if (ends.length < 2 || ends.length > 2 * RANGES_MAX || ends.length % 2) return false;
  return ends.every((end, place) => {
    if (place % 2) return ends[place - 1] <= end;
    return end > (place === 0 ? 0 : ends[place - 1] + 1);
  });
}

/**
 * @param {readonly number[]} ends
 * @returns {[number, number][]}
 */
function pairs(ends) {
  const firsts = ends.filter((_, place) => place % 2 === 0);
  return firsts.map((first, place) => [first, ends[2 * place + 1]]);
}

/**
 * Describe so many bytes, shown as lowercase hexadecimal text.
 *
 * @param {number} size
 * @returns {Shape}
 */
export function hexadecimal(size) {
  return {
    toCbor: fromHex,
    fromCbor: (value) => toHex(checked(value, isBytes(value, size), `${size} bytes`)),
  };
}

/**
 * Describe one of some codes.
 *
 * @param {readonly string[]} among
 */
export function oneOf(among) {
  return plain((value) => among.includes(value), `one of ${among.join(', ')}`);
}

/**
 * Describe a whole number from 0 to `limit - 1`.
 *
 * @param {number} limit
 */
export function below(limit) {
  return plain((value) => isUpTo(value, limit - 1), `below ${limit}`);
}
