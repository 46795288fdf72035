/** What a phone keeps, in memory: the store's own promises, without a browser's disk. */

import { Store } from '../shared/store.js';

/** Holds records as the disk would: written and read as copies, so that nothing is shared by accident. */
export class KeptInMemory extends Store {
  /** @type {Map<string, any>} */
  records = new Map();

  constructor() {
    super('in-memory', 'kept');
  }

  async all() {
    return [...this.records.values()].map((record) => structuredClone(record));
  }

  /**
   * @template {{id: string}} Kept
   * @param {Kept} record
   */
  async put(record) {
    this.records.set(record.id, structuredClone(record));
  }

  /** @param {string} id */
  async remove(id) {
    this.records.delete(id);
  }
}

const AES = { name: 'AES-GCM', length: 256 };

/**
 * A key such as agents' PINs open: see `scanner/agents.js`.
 *
 * @returns {Promise<CryptoKey>}
 */
export const pinnedKey = () =>
  crypto.subtle.generateKey(AES, false, ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey']);
