/**
 * The server's side of an erasure: which entries of one epoch of a device, signed by the school.
 *
 * Byte by byte: `docs/formats/journal.md`; `portique.core.erasure_orders`.
 */

import { decode } from './canonical.js';
import { RANGES, hexadecimal } from './entries_fields.js';
import { JournalError, LinkError } from './errors.js';
import { Purpose } from './keys.js';
import { parseSigned, verifyAs } from './seal.js';
import { ID_BYTES } from './values.js';
import { DAMAGED, asLink, hasKeys, text, uint } from './wire_calls.js';
import { ORDER_BYTES_MAX } from './wire.js';

/**
 * @typedef {object} ErasureOrder what is to be erased, and the school's word for it
 * @property {string} gateId
 * @property {number} epoch
 * @property {readonly [number, number][]} ranges of entries, first and last
 * @property {string} orderId 16 hexadecimal digits
 * @property {Uint8Array<ArrayBuffer>} evidence the order as it was signed
 */

const TYPE = 'portique-erasure';
const RANGES_MAX = 200;
const GATE_ID_CHARACTERS_MAX = 64;
const CAPS = { bytesMax: ORDER_BYTES_MAX, itemsMax: 2 * RANGES_MAX + 16 };
const ID = hexadecimal(ID_BYTES);

/**
 * Check a signed erasure order. Whether it is for this device, whoever carries it out looks.
 *
 * @param {Uint8Array<ArrayBuffer>} data
 * @param {import('./keys.js').PublicKey} key the school's orders key
 * @returns {Promise<ErasureOrder>}
 * @throws {LinkError} Not signed by that key, or not an order in its one form.
 */
export async function readOrder(data, key) {
  if (key.purpose !== Purpose.ORDERS) throw new LinkError(DAMAGED);
  try {
    const payload = await verifyAs(parseSigned(data, ORDER_BYTES_MAX), key, TYPE);
    return Object.freeze({ ...requestIn(decode(payload, CAPS)), evidence: data });
  } catch (error) {
    throw error instanceof JournalError ? new LinkError(DAMAGED, { cause: error }) : asLink(error);
  }
}

/** @param {unknown} payload */
function requestIn(payload) {
  const items = hasKeys(payload, [1, 2, 3, 4]);
  return {
    gateId: text(items.get(1), GATE_ID_CHARACTERS_MAX),
    epoch: uint(items.get(2)),
    ranges: /** @type {[number, number][]} */ (RANGES.fromCbor(items.get(3))),
    orderId: /** @type {string} */ (ID.fromCbor(items.get(4))),
  };
}
