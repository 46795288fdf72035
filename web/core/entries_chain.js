/**
 * Commitments and the chain that binds a journal's entries to one device, one epoch, one order.
 *
 * Byte by byte: `docs/formats/journal.md`; `portique.core.entries_chain`.
 */

import { joined } from './values.js';

/**
 * Commit to a body: SHA-256(salt, 16 bytes ‖ body). Without both, it tells nothing.
 *
 * @param {Uint8Array} salt
 * @param {Uint8Array} body
 */
export function commitment(salt, body) {
  return hashed([salt, body]);
}

/**
 * Return what entry 1 chains to: SHA-256(gate id ‖ epoch ‖ public key x ‖ y).
 *
 * @param {string} gateId
 * @param {number} epoch
 * @param {Uint8Array} point x ‖ y
 */
export function genesis(gateId, epoch, point) {
  return hashed([new TextEncoder().encode(gateId), inEightBytes(epoch), point]);
}

/**
 * Chain an entry: SHA-256(previous ‖ number ‖ time in ms ‖ commitment).
 *
 * @param {Uint8Array} previous
 * @param {number} number
 * @param {number} timeMs
 * @param {Uint8Array} commit
 */
export function link(previous, number, timeMs, commit) {
  return hashed([previous, inEightBytes(number), inEightBytes(timeMs), commit]);
}

/** @param {number} number */
function inEightBytes(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
}

/** @param {readonly Uint8Array[]} parts */
async function hashed(parts) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined(parts)));
}
