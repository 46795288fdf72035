/**
 * The phone's key that opens what the school wraps for it: names, badges, the day's list.
 *
 *     joining ──▶ in the open, until an agent has a PIN ──▶ wrapped under the key that PINs open
 *
 * The other half of the phone's key signs calls while nobody is signed in. So who has a locked phone
 * gets the school's knowledge from the server, and can't read what of it is wrapped.
 */

import { IV_BYTES } from '../core/seal.js';
import { AGREES } from '../core/wrapping.js';
import { StoreFault } from '../shared/store.js';

/** @typedef {import('../shared/store.js').Store} Store */

const OPENING = 'opening';

/**
 * Return what is kept of it until an agent has a PIN.
 *
 * @param {CryptoKey} agreement
 */
export const unguarded = (agreement) => ({ id: OPENING, key: agreement });

/**
 * Open it for whoever signed in; the first time it is wrapped before. Nobody can take it out.
 *
 * @param {Store} kept
 * @param {CryptoKey} pinned the key that agents' PINs open
 * @returns {Promise<CryptoKey | null>} null: it isn't there, or under the key of agents who are no more
 * @throws {StoreFault}
 */
export async function openingKey(kept, pinned) {
  const record = (await kept.all()).find(({ id }) => id === OPENING);
  if (!record) return null;
  const { iv, box } = record.key ? await guarded(kept, record.key, pinned) : record;
  try {
    return await crypto.subtle.unwrapKey('pkcs8', box, pinned, how(iv), AGREES, false, [
      'deriveBits',
    ]);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return null;
  }
}

/**
 * @param {Store} kept
 * @param {CryptoKey} key
 * @param {CryptoKey} pinned
 */
async function guarded(kept, key, pinned) {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const box = await crypto.subtle.wrapKey('pkcs8', key, pinned, how(iv));
  try {
    await kept.put({ id: OPENING, iv, box });
  } catch (error) {
    if (!(error instanceof StoreFault)) throw error; // a full phone: once there is room
  }
  return { iv, box };
}

/** @param {Uint8Array<ArrayBuffer>} iv */
const how = (iv) => ({ name: 'AES-GCM', iv });
