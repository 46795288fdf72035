/** An app's place on the phone: IndexedDB, in promises, with faults that can be told to people. */

/** A place that keeps nothing: `full` (no room left) or `closed` (private browsing, storage forbidden or broken). */
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

/** @typedef {Record<string, IDBObjectStore>} Tables  by name */

/** A database of one app. */
export class Database {
  /** @type {Promise<IDBDatabase> | null} */
  #opened = null;
  #name;
  #tables;

  /**
   * @param {string} name
   * @param {Record<string, IDBObjectStoreParameters>} tables by name: how each is made the first time
   */
  constructor(name, tables) {
    this.#name = name;
    this.#tables = tables;
  }

  /**
   * Ask in a transaction of its own; the answers count once it is complete, and what it wrote is durable.
   *
   * @param {IDBTransactionMode} mode
   * @param {(tables: Tables) => IDBRequest[]} question
   * @returns {Promise<any[]>} an answer for each request
   * @throws {StoreFault}
   */
  async ask(mode, question) {
    try {
      return await this.#answers(mode, question);
    } catch (fault) {
      if (isFull(fault)) throw new StoreFault('full', fault);
    }
    this.#opened = null; // Safari loses connections of apps that slept: once more with a new one
    try {
      return await this.#answers(mode, question);
    } catch (fault) {
      this.#opened = null;
      throw new StoreFault(isFull(fault) ? 'full' : 'closed', fault);
    }
  }

  /**
   * Remove everything, the database too.
   *
   * @throws {StoreFault} The browser refuses.
   */
  async wipe() {
    try {
      await done(indexedDB.deleteDatabase(this.#name)); // open connections close themselves for it
    } catch (fault) {
      throw new StoreFault('closed', fault);
    }
  }

  /**
   * @param {IDBTransactionMode} mode
   * @param {(tables: Tables) => IDBRequest[]} question
   * @returns {Promise<any[]>}
   */
  async #answers(mode, question) {
    const database = await (this.#opened ??= this.#open());
    const names = Object.keys(this.#tables);
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(names, mode, { durability: 'strict' });
      const tables = names.map((name) => [name, transaction.objectStore(name)]);
      const requests = question(Object.fromEntries(tables));
      transaction.oncomplete = () => resolve(requests.map(({ result }) => result));
      transaction.onabort = () => reject(transaction.error ?? new Error('the transaction ended'));
    });
  }

  /** Open it, making its tables the first time. */
  async #open() {
    const request = indexedDB.open(this.#name, 1);
    request.onupgradeneeded = () => {
      for (const [name, how] of Object.entries(this.#tables))
        request.result.createObjectStore(name, how);
    };
    const database = await done(request);
    const closed = () => (this.#opened = null);
    database.onclose = closed; // by the browser, as when its data is cleared
    database.onversionchange = () => {
      database.close();
      closed();
    };
    return database;
  }
}

/**
 * @param {IDBOpenDBRequest} request
 * @returns {Promise<IDBDatabase>}
 */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('another tab holds the database'));
  });
}

/** @param {unknown} fault */
function isFull(fault) {
  return fault instanceof DOMException && fault.name === 'QuotaExceededError';
}
