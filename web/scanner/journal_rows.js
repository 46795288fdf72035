/**
 * Where a scanner's journal lies: IndexedDB, each change durable before it counts.
 *
 * One record says where the journal stands, the others are its entries; both change in one transaction,
 * which takes the place of a gate's SQLite file.
 */

import { JournalError } from '../core/errors.js';
import { Database, StoreFault } from '../shared/database.js';

/**
 * @typedef {import('../core/wire.js').Line & {epoch: number}} Row one entry as stored; salt and body
 *   are null once erased
 */

/**
 * @typedef {object} State where a journal stands
 * @property {number} turn one more at each change: a change made from an older one is not written
 * @property {string} gateId
 * @property {Uint8Array<ArrayBuffer>} point x ‖ y of the device's key
 * @property {number} epoch
 * @property {number} number the last entry's
 * @property {Uint8Array<ArrayBuffer>} chain the last entry's
 * @property {Uint8Array<ArrayBuffer>} head signed with the last entry
 * @property {number} highestMs the highest time of any entry
 * @property {boolean} clean closed in order after the last entry
 * @property {readonly Former[]} formers epochs before this one, of which rows are left
 * @property {ReadonlyMap<number, number>} acknowledged by epoch: up to which number
 * @property {readonly SetAside[]} setAside
 * @property {ReadonlyMap<number, number>} [cleared] by epoch: up to which number nothing concerns anybody
 */

/**
 * @typedef {object} Former an epoch that is over
 * @property {number} epoch
 * @property {number} number its last entry's
 * @property {Uint8Array<ArrayBuffer> | null} head null: none that can be believed
 * @property {number} [cut] an entry is missing behind this one: what follows can't be filed
 */

/**
 * @typedef {object} SetAside an entry the server can't take: kept, shown, no hindrance to the others
 * @property {number} epoch
 * @property {number} number
 * @property {string} why
 * @property {number} atMs
 */

/**
 * @typedef {object} Change of entries, along with the new state
 * @property {readonly Row[]} [put] new ones, and those that lost their bodies
 * @property {readonly {epoch: number, below: number}[]} [drop] let go below a number
 */

/**
 * @typedef {object} Rows what a journal asks of its place
 * @property {() => Promise<State | null>} state
 * @property {(epoch: number, from: number, limit: number) => Promise<Row[]>} read by rising number
 * @property {() => Promise<Former[]>} ends the last entry of each epoch of which there are rows
 * @property {(state: State, change?: Change) => Promise<boolean>} commit all of it or nothing, durable;
 *   false: somebody else wrote meanwhile, and nothing was changed
 * @property {() => Promise<void>} wipe
 */

const NAME = 'portique-scanner-journal';
const PLACE = 'journal';

const ROWS_AT_ONCE = 1000;

/**
 * Return an entry that vouches for its place alone.
 *
 * @template {import('../core/wire.js').Line} T
 * @param {T} line
 * @returns {T}
 */
export function bare(line) {
  return { ...line, salt: null, body: null };
}

/**
 * Read the entries of an epoch from the first number to the last, some hundreds at a time.
 *
 * @param {Rows} rows
 * @param {number} epoch
 * @param {number} first
 * @param {number} last
 * @returns {AsyncGenerator<Row>}
 */
export async function* eachRow(rows, epoch, first, last) {
  for (let from = first; from <= last;) {
    const found = await rows.read(epoch, from, Math.min(ROWS_AT_ONCE, last - from + 1));
    for (const row of found) {
      if (row.number > last) return;
      yield row;
      from = row.number + 1;
    }
    if (found.length === 0) return;
  }
}

/** The browser keeps nothing: `full` (no room left) or `closed` (forbidden, cleared or broken). */
export class JournalFault extends JournalError {
  /**
   * @param {'full' | 'closed'} kind
   * @param {unknown} cause
   */
  constructor(kind, cause) {
    super(`the phone's storage is ${kind}: nothing was written`, { cause });
    this.kind = kind;
  }
}

/** Rows in the browser's IndexedDB. */
export class IdbRows {
  #database = new Database(NAME, { states: {}, rows: { keyPath: ['epoch', 'number'] } });

  /**
   * Open the journal's place, making it the first time.
   *
   * @throws {JournalFault} The browser keeps nothing.
   */
  static async open() {
    const rows = new IdbRows();
    await rows.state();
    return rows;
  }

  /** @returns {Promise<State | null>} */
  async state() {
    const found = await this.#asked('readonly', ({ states }) => [states.get(PLACE)]);
    return found[0] ?? null;
  }

  /**
   * @param {number} epoch
   * @param {number} from
   * @param {number} limit
   * @returns {Promise<Row[]>}
   */
  async read(epoch, from, limit) {
    const range = IDBKeyRange.bound([epoch, from], [epoch, Infinity]);
    const found = await this.#asked('readonly', ({ rows }) => [rows.getAll(range, limit)]);
    return found[0];
  }

  /** @returns {Promise<Former[]>} */
  async ends() {
    /** @type {Former[]} */
    const found = [];
    for (let last = await this.#lastKey(); last !== null;) {
      const [epoch, number] = last;
      found.unshift({ epoch, number, head: null });
      last = await this.#lastKey(IDBKeyRange.upperBound([epoch], true));
    }
    return found;
  }

  /**
   * @param {State} state
   * @param {Change} [change]
   */
  async commit(state, { put = [], drop = [] } = {}) {
    let overtaken = false;
    await this.#asked('readwrite', ({ states, rows }) => {
      const before = states.get(PLACE);
      before.onsuccess = () => {
        overtaken = (before.result?.turn ?? 0) !== state.turn - 1;
        if (overtaken) return;
        for (const { epoch, below } of drop) {
          rows.delete(IDBKeyRange.bound([epoch, 0], [epoch, below], false, true));
        }
        for (const row of put) rows.put(row);
        states.put(state, PLACE);
      };
      return [before];
    });
    return !overtaken;
  }

  /**
   * Remove everything, the database too.
   *
   * @throws {JournalFault} The browser refuses.
   */
  async wipe() {
    await told(this.#database.wipe());
  }

  /**
   * @param {IDBKeyRange} [range]
   * @returns {Promise<[number, number] | null>}
   */
  async #lastKey(range) {
    const found = await this.#asked('readonly', ({ rows }) => [rows.openKeyCursor(range, 'prev')]);
    return found[0] && /** @type {[number, number]} */ (found[0].key);
  }

  /**
   * @param {IDBTransactionMode} mode
   * @param {(tables: import('../shared/database.js').Tables) => IDBRequest[]} question
   */
  #asked(mode, question) {
    return told(this.#database.ask(mode, question));
  }
}

/**
 * Tell a place's fault as the journal's.
 *
 * @template T
 * @param {Promise<T>} asked
 * @returns {Promise<T>}
 */
async function told(asked) {
  try {
    return await asked;
  } catch (fault) {
    throw fault instanceof StoreFault ? new JournalFault(fault.kind, fault.cause) : fault;
  }
}
