/** What a scanner's journal does in a browser's own storage, step by step, for a test that drives one. */

import { makeDeviceKey } from '../core/wrapping.js';
import { Store } from '../shared/store.js';
import { Journal } from '../scanner/journal.js';
import { IdbRows, JournalFault } from '../scanner/journal_rows.js';

const NOW = 1_795_500_000_000;
const DAY = 24 * 3_600_000;
const BODY = { kind: 'mode', lane: 'entry-1', mode: 'free', agent: 'loge-1' };
const kept = new Store('test-keys', 'keys');
/** @type {Journal} */
let journal;

/** The key of the page before, or a new one. */
async function deviceKey() {
  const [found] = await kept.all();
  if (found) return found.key;
  const key = await makeDeviceKey();
  await kept.put(/** @type {any} */ ({ id: 'own', key }));
  return key;
}

/** @param {import('../core/keys.js').PrivateKey} key */
async function opened(key) {
  const entropy = (/** @type {number} */ count) => crypto.getRandomValues(new Uint8Array(count));
  return Journal.open(await IdbRows.open(), { gateId: 'scanner-1', key, entropy, atMs: NOW });
}

function state() {
  const { epoch, number } = journal.head;
  return { begun: journal.begun?.cause ?? null, head: [epoch, number], unsent: journal.unsent };
}

/** @type {Record<string, (...of: any[]) => any>} */
export const JOURNAL = {
  async open() {
    journal = await opened(await deviceKey());
    return state();
  },

  state,

  async append(/** @type {number} */ count) {
    let last = journal.head;
    const called = Array.from({ length: count }, () => journal.append(BODY, NOW));
    for (const receipt of await Promise.all(called)) last = { ...last, ...receipt };
    return [last.epoch, last.number];
  },

  async file(/** @type {number} */ linesMax) {
    const filed = [];
    for (let filing; (filing = await journal.nextFiling(linesMax));) {
      const { epoch, lines } = filing;
      filed.push(lines.length);
      const { number } = lines[lines.length - 1];
      await journal.acknowledge({ epoch, number, setAside: [], knowledge: null, orders: [] });
    }
    return filed;
  },

  async erase(/** @type {number} */ first, /** @type {number} */ last) {
    const ranges = /** @type {[number, number][]} */ ([[first, last]]);
    const order = { gateId: 'scanner-1', epoch: 1, ranges, orderId: '0011223344556677' };
    await journal.carryOut({ ...order, evidence: new Uint8Array([1]) }, NOW);
    const rows = await (await IdbRows.open()).read(1, 1, 500);
    return rows.filter(({ body }) => body === null).map(({ number }) => number);
  },

  async letGo() {
    const { epoch, number } = journal.head;
    await journal.keepUntil(NOW + 15 * DAY);
    await journal.acknowledge({ epoch, number, setAside: [], knowledge: null, orders: [] });
    await journal.keepUntil(NOW + 15 * DAY);
    const rows = await (await IdbRows.open()).read(1, 1, 500);
    return rows.map(({ number }) => number);
  },

  async clear() {
    await (await IdbRows.open()).wipe();
  },

  async refused() {
    const fault = await opened(await makeDeviceKey()).catch((error) => error);
    return fault instanceof JournalFault ? fault.kind : String(fault);
  },

  destroy: () => journal.destroy(),

  databases: async () => (await indexedDB.databases()).map(({ name }) => name),
};
