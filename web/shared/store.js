/** What an app keeps on the phone: records by their id. */

import { Database, StoreFault } from './database.js';

export { StoreFault };

/** @typedef {{put?: {id: string}[], remove?: string[]}} Change */

/** One table of records. */
export class Store {
  #database;
  #table;

  /**
   * @param {string} name Of the database.
   * @param {string} table Its one table; records have their key in `id`.
   */
  constructor(name, table) {
    this.#database = new Database(name, { [table]: { keyPath: 'id' } });
    this.#table = table;
  }

  /**
   * Return every record.
   * @returns {Promise<any[]>}
   * @throws {StoreFault}
   */
  all() {
    return this.#ask('readonly', (table) => table.getAll());
  }

  /**
   * Write a record and wait until it lies on the disk.
   * @template {{id: string}} Kept
   * @param {Kept} record
   * @throws {StoreFault}
   */
  async put(record) {
    await this.#ask('readwrite', (table) => table.put(record));
  }

  /**
   * Remove a record; one that isn't there is no fault.
   * @param {string} id
   * @throws {StoreFault}
   */
  async remove(id) {
    await this.#ask('readwrite', (table) => table.delete(id));
  }

  /**
   * Change records by what is kept now, in one transaction: no other tab writes in between.
   * @param {(records: any[]) => Change} change Of every record: what to remove, then what to write. Without
   *   effects of its own: a lost connection has it asked twice.
   * @returns {Promise<any[]>} every record afterwards
   * @throws {StoreFault}
   */
  async change(change) {
    const answers = await this.#database.ask('readwrite', (tables) => {
      const table = tables[this.#table];
      const asked = [table.getAll()];
      asked[0].onsuccess = () => {
        const { put = [], remove = [] } = change(asked[0].result);
        remove.forEach((id) => table.delete(id));
        put.forEach((record) => table.put(record));
        asked.push(table.getAll());
      };
      return asked;
    });
    return answers[1];
  }

  /**
   * @param {IDBTransactionMode} mode
   * @param {(table: IDBObjectStore) => IDBRequest} question
   * @returns {Promise<any>}
   */
  async #ask(mode, question) {
    const [answer] = await this.#database.ask(mode, (tables) => [question(tables[this.#table])]);
    return answer;
  }
}

/**
 * Ask the browser not to clear what is kept here; say whether it promises.
 * @returns {Promise<boolean>}
 */
export async function keepForGood() {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    return false;
  }
}
