/** What an app keeps on the phone: IndexedDB, in promises, with faults that can be told to people. */

/** A store that keeps nothing: `full` (no room left) or `closed` (private browsing, storage forbidden or broken). */
export class StoreFault extends Error {
  /**
   * @param {'full' | 'closed'} kind
   * @param {unknown} cause
   */
  constructor(kind, cause) {
    super(`the phone's storage is ${kind}`);
    this.kind = kind;
    this.cause = cause;
  }
}

export class Store {
  /** @type {Promise<IDBDatabase> | null} */
  #opened = null;
  #name;
  #table;

  /**
   * @param {string} name Of the database.
   * @param {string} table Its one table; records have their key in `id`.
   */
  constructor(name, table) {
    this.#name = name;
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
    try {
      return await answered(await this.#open(), this.#table, mode, question);
    } catch (fault) {
      if (isFull(fault)) throw new StoreFault('full', fault);
    }
    this.#opened = null; // Safari loses connections of apps that slept: once more with a new one
    try {
      return await answered(await this.#open(), this.#table, mode, question);
    } catch (fault) {
      this.#opened = null;
      throw new StoreFault(isFull(fault) ? 'full' : 'closed', fault);
    }
  }

  #open() {
    this.#opened ??= opened(this.#name, this.#table, () => {
      this.#opened = null;
    });
    return this.#opened;
  }
}

/**
 * Open a database, making its table the first time.
 * @param {string} name
 * @param {string} table
 * @param {() => void} closed Called when the browser closes it, as when its data is cleared.
 * @returns {Promise<IDBDatabase>}
 */
function opened(name, table, closed) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(table, { keyPath: 'id' });
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('another tab holds an older form of the database'));
    request.onsuccess = () => {
      const database = request.result;
      database.onclose = closed;
      database.onversionchange = () => {
        database.close();
        closed();
      };
      resolve(database);
    };
  });
}

/**
 * Ask one question in a transaction of its own; the answer counts once the transaction is complete.
 * @param {IDBDatabase} database
 * @param {string} table
 * @param {IDBTransactionMode} mode
 * @param {(table: IDBObjectStore) => IDBRequest} question
 * @returns {Promise<any>}
 */
function answered(database, table, mode, question) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(table, mode, { durability: 'strict' });
    const request = question(transaction.objectStore(table));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error ?? request.error);
  });
}

/** @param {unknown} fault */
function isFull(fault) {
  return fault instanceof DOMException && fault.name === 'QuotaExceededError';
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
