/**
 * What a device and its school's server tell each other: filings go up, acknowledgements come down.
 *
 * Everything here is repeat-safe: entries are known by (gate, epoch, number), and an acknowledgement
 * says up to where the server holds them without a gap. Bodies travel under the signed envelopes of
 * `wire_calls.js`. Source: `docs/formats/wire.md`; `portique.core.wire`.
 */

import { encode, mapOf } from './canonical.js';
import { isBytes } from './values.js';
import { checked, decoded, hasKeys, text, uint, version } from './wire_calls.js';

/**
 * @typedef {object} Line one entry of a journal as it travels
 * @property {number} number
 * @property {number} timeMs
 * @property {Uint8Array<ArrayBuffer> | null} salt null once erased, as is the body
 * @property {Uint8Array<ArrayBuffer> | null} body
 * @property {Uint8Array<ArrayBuffer>} commitment
 * @property {Uint8Array<ArrayBuffer>} chain
 */

/**
 * @typedef {object} Filing entries of one epoch, rising without gaps
 * @property {number} epoch
 * @property {readonly Line[]} lines
 * @property {Uint8Array<ArrayBuffer> | null} [head] the newest signed head of that epoch
 */

/**
 * @typedef {object} Acknowledgement what the server holds of an epoch, and what it wants known
 * @property {number} epoch
 * @property {number} number the highest entry with no gap before it; below what was acknowledged, it
 *   asks for all above it again
 * @property {readonly (readonly [number, string])[]} setAside entries kept but not understood, and why
 * @property {import('./knowledge.js').Version | null} knowledge the newest there is to fetch
 * @property {readonly Uint8Array<ArrayBuffer>[]} orders signed erasures, not yet seen carried out
 */

export const LINES_MAX = 500;
export const ACKNOWLEDGEMENT_BYTES_MAX = 64 * 1024;
export const ORDER_BYTES_MAX = 2048;

const ORDERS_MAX = 16;
const CODE_CHARACTERS_MAX = 100;
const CAPS = { bytesMax: ACKNOWLEDGEMENT_BYTES_MAX, depthMax: 3, itemsMax: 2 * LINES_MAX + 64 };

/**
 * Encode a filing; the call that carries it signs for it.
 *
 * @param {Filing} filing
 */
export function filingBytes({ epoch, lines, head = null }) {
  const rows = lines.map((line) => [
    line.number,
    line.timeMs,
    line.salt,
    line.body,
    line.commitment,
    line.chain,
  ]);
  const items = mapOf([1, epoch], [2, rows]);
  if (head !== null) items.set(3, head);
  return encode(items);
}

/**
 * Read an acknowledgement.
 *
 * @param {Uint8Array} data
 * @returns {Acknowledgement}
 * @throws {import('./errors.js').LinkError} Not an acknowledgement in its one form.
 */
export function readAcknowledgement(data) {
  const items = hasKeys(decoded(data, CAPS), [1, 2], [3, 4, 5]);
  return Object.freeze({
    epoch: uint(items.get(1)),
    number: uint(items.get(2)),
    setAside: items.has(3) ? reasonsIn(items.get(3)) : [],
    knowledge: items.has(4) ? version(items.get(4)) : null,
    orders: items.has(5) ? ordersIn(items.get(5)) : [],
  });
}

/**
 * @param {unknown} items
 * @returns {[number, string][]}
 */
function reasonsIn(items) {
  const pairs = items instanceof Map ? [...items] : [];
  return checked(pairs, pairs.length > 0).map(([number, why]) => [
    uint(number),
    text(why, CODE_CHARACTERS_MAX),
  ]);
}

/** @param {unknown} items */
function ordersIn(items) {
  const orders = Array.isArray(items) ? items : [];
  const right = orders.length > 0 && orders.length <= ORDERS_MAX && orders.every(isOrder);
  return checked(orders, right);
}

/** @param {unknown} order */
function isOrder(order) {
  return isBytes(order) && order.length > 0 && order.length <= ORDER_BYTES_MAX;
}
