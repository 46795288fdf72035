/**
 * Who may begin the knowledge anew: whoever has the school's recovery key.
 *
 * Source: `portique.core.recovery`; `docs/formats/knowledge.md`.
 */

import { encode, mapOf } from './canonical.js';
import { KnowledgeError, PassError } from './errors.js';
import { ALG, ES256, KID, TYP, parseSigned, verify } from './seal.js';
import { sameBytes } from './values.js';

/** @typedef {{manifest: import('./knowledge.js').Manifest, keys: import('./knowledge.js').SchoolKeys}} Knowledge */

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

/**
 * Check that knowledge may follow what a device has.
 *
 * A school without recovery key may begin anew by its knowledge key alone, and may take one. From
 * then on it begins anew by that key's word alone, and tells no other: everybody who has a file of an
 * epoch has its word, so that the word says nothing for another key.
 *
 * @param {Knowledge} before what the device has
 * @param {Knowledge} following what is offered
 * @throws {KnowledgeError} It may not.
 */
export async function checkSuccession(before, following) {
  const known = before.keys.recovery;
  if (known === null) return;
  const { manifest, keys } = following;
  const { epoch } = manifest.version;
  const word = manifest.authorisation ?? new Uint8Array(0);
  const same = keys.recovery !== null && sameBytes(keys.recovery.kid, known.kid);
  const begun = epoch !== before.manifest.version.epoch;
  if (!same || (begun && !(await isAuthorised(word, epoch, known, manifest.uai)))) {
    throw new KnowledgeError(
      "the knowledge begins anew without the word of this school's recovery key, or names another",
    );
  }
}
