/**
 * Deterministic CBOR, one encoding for each value, with limits held while decoding.
 *
 * A decoder that accepts two encodings of one pass accepts forgeries of its id's bookkeeping. This
 * one refuses whatever its own encoder would not have written: heads longer than needed, keys out
 * of order or twice, bytes left over. Source: RFC 8949 §4.2.1; `portique.core.canonical`.
 */

import { UnreadablePass } from './errors.js';
import { joined } from './values.js';

/** @typedef {number | bigint | string | boolean | null | Uint8Array<ArrayBuffer>} Simple */
/** @typedef {Simple | Tagged | Value[] | Map<any, any>} Value  whole numbers; bigint over 2^53 */
/** @typedef {{bytesMax: number, depthMax?: number, itemsMax?: number}} Caps */

export const DEPTH_MAX = 4;
export const ITEMS_MAX = 32;
export const TAG_SIGN1 = 18; // COSE_Sign1, RFC 9052

const [WHOLE, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE] = [0, 1, 2, 3, 4, 5, 6, 7];
const SIMPLE_VALUES = new Map([
  [20, false],
  [21, true],
  [22, null],
]);
const ENCODER = new TextEncoder();
// A byte order mark is a character of the text, as it is in Python.
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A value under a tag. */
export class Tagged {
  /**
   * @param {number | bigint} tag
   * @param {Value} value
   */
  constructor(tag, value) {
    this.tag = tag;
    this.value = value;
  }
}

/**
 * Build a map of values from its pairs.
 *
 * @param {[number | string, Value][]} pairs
 * @returns {Map<any, any>}
 */
export function mapOf(...pairs) {
  return new Map(pairs);
}

/**
 * Encode a value as deterministic CBOR.
 *
 * @param {Value} value
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {TypeError} A number that is not whole, or a value of another type.
 */
export function encode(value) {
  if (value instanceof Uint8Array) return joined([head(BYTES, value.length), value]);
  if (Array.isArray(value)) return joined([head(ARRAY, value.length), ...value.map(encode)]);
  if (value instanceof Map) return encodeMap(value);
  if (value instanceof Tagged) return joined([head(TAG, value.tag), encode(value.value)]);
  if (typeof value === 'string') {
    const text = ENCODER.encode(value);
    return joined([head(TEXT, text.length), text]);
  }
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) {
    return encodeWhole(/** @type {number | bigint} */ (value));
  }
  for (const [number, simple] of SIMPLE_VALUES) if (simple === value) return head(SIMPLE, number);
  throw new TypeError('no format of ours has values of this type');
}

/** @param {number | bigint} value */
function encodeWhole(value) {
  return value < 0 ? head(NEGATIVE, -1n - BigInt(value)) : head(WHOLE, value);
}

/** @param {Map<Value, Value>} value */
function encodeMap(value) {
  const pairs = Array.from(value, ([key, held]) => ({ key: encode(key), held: encode(held) }));
  pairs.sort((one, other) => order(one.key, other.key));
  return joined([head(MAP, pairs.length), ...pairs.flatMap(({ key, held }) => [key, held])]);
}

/**
 * Order encoded keys as Python's encoder does: the shorter first, then by their bytes.
 *
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
function order(one, other) {
  if (one.length !== other.length) return one.length - other.length;
  const at = one.findIndex((byte, place) => byte !== other[place]);
  return at < 0 ? 0 : one[at] - other[at];
}

/**
 * Write a head in its shortest form.
 *
 * @param {number} major
 * @param {number | bigint} argument
 */
function head(major, argument) {
  const number = BigInt(argument);
  if (number < 24n) return Uint8Array.of((major << 5) | Number(number));
  const short = number < 0x100n ? 24 : number < 0x10000n ? 25 : number < 0x100000000n ? 26 : 27;
  const size = 1 << (short - 24);
  const bytes = new Uint8Array(9);
  new DataView(bytes.buffer).setBigUint64(1, number << BigInt(64 - 8 * size));
  bytes[0] = (major << 5) | short;
  return bytes.slice(0, 1 + size);
}

/**
 * Decode one value and insist that `data` is its only encoding.
 *
 * @param {Uint8Array} data all of it one CBOR value
 * @param {Caps} caps `bytesMax` before looking at it; arrays, maps and tags nested at most
 *   `depthMax` deep; at most `itemsMax` values in all, keys included
 * @returns {any} a `Value`
 * @throws {UnreadablePass} Too long, too deep, too many, not CBOR, not canonical, or of a type
 *   that no format of ours uses.
 */
export function decode(data, { bytesMax, depthMax = DEPTH_MAX, itemsMax = ITEMS_MAX }) {
  if (data.length > bytesMax) {
    throw new UnreadablePass(`${data.length} bytes, more than ${bytesMax}`);
  }
  return new Reader(data, depthMax, itemsMax).whole();
}

/** Walks once through the bytes; every cap holds before the value under it is built. */
class Reader {
  #data;
  #at = 0;
  #items = 0;
  #depthMax;
  #itemsMax;

  /**
   * @param {Uint8Array} data
   * @param {number} depthMax
   * @param {number} itemsMax
   */
  constructor(data, depthMax, itemsMax) {
    this.#data = data;
    this.#depthMax = depthMax;
    this.#itemsMax = itemsMax;
  }

  whole() {
    const value = this.#value(0, false);
    if (this.#at !== this.#data.length) throw new UnreadablePass('bytes left over');
    return value;
  }

  /**
   * @param {number} depth containers open around it
   * @param {boolean} isKey
   * @returns {Value}
   */
  #value(depth, isKey) {
    this.#items += 1;
    if (this.#items > this.#itemsMax) throw new UnreadablePass(`over ${this.#itemsMax} items`);
    const { major, argument } = this.#head();
    if (major === WHOLE) return argument;
    if (major === NEGATIVE) return negative(argument);
    if (major === SIMPLE) return simple(argument, isKey);
    if (major === TAG && argument !== TAG_SIGN1) {
      throw new UnreadablePass('a tag that no format of ours uses');
    }
    if (typeof argument === 'bigint') throw new UnreadablePass('cut short');
    if (major === BYTES) return this.#bytes(argument);
    if (major === TEXT) return this.#text(argument);
    return this.#container(major, argument, depth + 1);
  }

  /**
   * @param {number} major
   * @param {number} argument
   * @param {number} depth
   */
  #container(major, argument, depth) {
    if (argument > 0 && depth > this.#depthMax) {
      throw new UnreadablePass(`nested deeper than ${this.#depthMax}`);
    }
    if (major === TAG) return new Tagged(argument, this.#value(depth, false));
    if (major === MAP) return this.#map(argument, depth);
    const list = [];
    for (let count = 0; count < argument; count += 1) list.push(this.#value(depth, false));
    return list;
  }

  /**
   * @param {number} pairs
   * @param {number} depth
   */
  #map(pairs, depth) {
    const map = new Map();
    let before = new Uint8Array(0);
    for (let count = 0; count < pairs; count += 1) {
      const from = this.#at;
      const key = this.#value(depth, true);
      const encoded = this.#data.slice(from, this.#at);
      if (order(before, encoded) >= 0) throw new UnreadablePass('keys not in canonical order');
      map.set(key, this.#value(depth, false));
      before = encoded;
    }
    return map;
  }

  /** @param {number} length */
  #bytes(length) {
    const end = this.#at + length;
    if (end > this.#data.length) throw new UnreadablePass('cut short');
    const bytes = new Uint8Array(this.#data.subarray(this.#at, end));
    this.#at = end;
    return bytes;
  }

  /** @param {number} length */
  #text(length) {
    try {
      return DECODER.decode(this.#bytes(length));
    } catch (error) {
      if (error instanceof UnreadablePass) throw error;
      throw new UnreadablePass('a text that is not UTF-8');
    }
  }

  /** @returns {{major: number, argument: number | bigint}} */
  #head() {
    const first = this.#bytes(1)[0];
    const [major, short] = [first >> 5, first & 0x1f];
    if (short < 24) return { major, argument: short };
    if (short > 27) throw new UnreadablePass('indefinite or reserved length');
    if (major === SIMPLE) throw new UnreadablePass('a value type that no format of ours uses');
    const size = 1 << (short - 24);
    const argument = this.#argument(size);
    const least = size === 1 ? 24 : 2 ** (4 * size);
    if (argument < least) throw new UnreadablePass('a head longer than needed');
    return { major, argument };
  }

  /** @param {number} size 1, 2, 4 or 8 bytes */
  #argument(size) {
    const bytes = this.#bytes(size);
    const number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
    return number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : number;
  }
}

/**
 * @param {number | bigint} argument
 * @returns {number | bigint}
 */
function negative(argument) {
  const value = -1n - BigInt(argument);
  return value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value;
}

/**
 * @param {number | bigint} argument
 * @param {boolean} isKey
 */
function simple(argument, isKey) {
  const value = SIMPLE_VALUES.get(Number(argument));
  if (value === undefined || isKey) {
    throw new UnreadablePass('a value or key of a type that no format of ours uses');
  }
  return value;
}
