/**
 * Who may begin the knowledge anew: whoever has the school's recovery key.
 *
 * Source: `portique.core.recovery`; `docs/formats/knowledge.md`.
 */

import { encode, mapOf } from './canonical.js';
import { PassError } from './errors.js';
import { ALG, ES256, KID, TYP, parseSigned, verify } from './seal.js';
import { sameBytes } from './values.js';

const TYPE = 'portique-epoch';
const AUTHORISATION_BYTES_MAX = 256;

/**
 * Say whether a recovery key signed for this epoch of this school, and nothing else.
 *
 * @param {Uint8Array} data
 * @param {number} epoch
 * @param {import('./keys.js').PublicKey} key
 * @param {string} uai
 * @returns {Promise<boolean>}
 */
export async function isAuthorised(data, epoch, key, uai) {
  const header = mapOf([ALG, ES256], [KID, key.kid], [TYP, TYPE]);
  const word = mapOf([1, uai], [2, epoch]);
  try {
    const signed = parseSigned(data, AUTHORISATION_BYTES_MAX);
    const said = await verify(signed, key);
    return sameBytes(signed.guarded, encode(header)) && sameBytes(said, encode(word));
  } catch (error) {
    if (error instanceof PassError) return false;
    throw error;
  }
}
