/** What an app keeps on the phone: records by their id. */

import { Database, StoreFault } from './database.js';

export { StoreFault };

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
