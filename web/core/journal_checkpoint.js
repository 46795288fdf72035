/**
 * Signed heads: the device's word on how far its journal went, for its server and its next start.
 *
 * Byte by byte: `docs/formats/journal.md`; `portique.core.journal_checkpoint`.
 */

import { decode, encode, mapOf } from './canonical.js';
import { UnreadablePass } from './errors.js';
import { parseSigned, sign, verifyAs } from './seal.js';
import { isBytes, isUpTo } from './values.js';
import { HASH_BYTES } from './wire_calls.js';

/**
 * @typedef {object} Checkpoint where a journal stood
 * @property {string} gateId
 * @property {number} epoch
 * @property {number} number
 * @property {Uint8Array<ArrayBuffer>} chain
 * @property {number} timeMs when it was signed
 * @property {number} highestMs the highest time of any entry so far
 */

const TYPE = 'portique-checkpoint';
const CHECKPOINT_BYTES_MAX = 512;

/**
 * Return the COSE_Sign1 bytes.
 *
 * @param {Checkpoint} checkpoint
 * @param {import('./keys.js').PrivateKey} key
 */
export async function signCheckpoint({ gateId, epoch, number, chain, timeMs, highestMs }, key) {
  const place = mapOf([1, gateId], [2, epoch], [3, number], [4, chain]);
  const payload = encode(place.set(5, timeMs).set(6, highestMs));
  return (await sign(payload, key, { typ: TYPE })).toBytes();
}

/**
 * Check a checkpoint's signature and read it.
 *
 * @param {Uint8Array} data
 * @param {import('./keys.js').PublicKey} key
 * @returns {Promise<Checkpoint>}
 * @throws {import('./errors.js').BadSeal} Not signed by this key.
 * @throws {UnreadablePass} Not a checkpoint in its one canonical form.
 */
export async function openCheckpoint(data, key) {
  const payload = await verifyAs(parseSigned(data, CHECKPOINT_BYTES_MAX), key, TYPE);
  const items = decode(payload, { bytesMax: CHECKPOINT_BYTES_MAX });
  if (items instanceof Map && items.size === 6) {
    const [gateId, epoch, number, chain, timeMs, highestMs] = [1, 2, 3, 4, 5, 6].map((key) =>
      items.get(key),
    );
    const numbers = [epoch, number, timeMs, highestMs];
    const counted = numbers.every((value) => isUpTo(value, Number.MAX_SAFE_INTEGER));
    if (typeof gateId === 'string' && counted && isBytes(chain, HASH_BYTES)) {
      return Object.freeze({ gateId, epoch, number, chain, timeMs, highestMs });
    }
  }
  throw new UnreadablePass('not a checkpoint');
}
