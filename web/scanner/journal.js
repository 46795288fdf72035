/**
 * The scanner's journal: append-only, durable before it is told, never silently changed.
 *
 * `append` resolves after the browser has written the entry to the disk; what follows (the screen) may
 * then happen. A journal that is not what was written begins a new epoch, and `begun` says why. Changes
 * wait for their turn. Formats: `docs/formats/journal.md`; `portique.gate.journal`.
 */

import { JournalError } from '../core/errors.js';
import { sameBytes } from '../core/values.js';
import { isDue, ordered, outlived } from './erasing.js';
import { anew, goRound, keep } from './journal_keeping.js';
import { entered, takeUp } from './journal_opening.js';
import {
  asideCount,
  heldOf,
  lastFilings,
  received,
  waiting,
  waitingFiling,
  withAside,
} from './journal_outbox.js';
import { entriesSince } from './journal_reading.js';
import { bare } from './journal_rows.js';

/** @typedef {import('../core/entries.js').Body} Body */
/** @typedef {import('../core/erasure_orders.js').ErasureOrder} ErasureOrder */
/** @typedef {import('../core/wire.js').Acknowledgement} Acknowledgement */
/** @typedef {import('../core/wire.js').Filing} Filing */
/** @typedef {import('./journal_opening.js').Site} Site */
/** @typedef {import('./journal_reading.js').Dated} Dated */
/** @typedef {import('./journal_rows.js').Rows} Rows */
/** @typedef {import('./journal_rows.js').State} State */
/** @typedef {{epoch: number, number: number}} Receipt an entry that is on the disk */
/** @typedef {import('./journal_rows.js').Change & {state: State}} Step what a call changes */

const TRIES_MAX = 3;

/** An open journal. */
export class Journal {
  #rows;
  #site;
  #state;
  #closed = false;
  /** @type {Promise<unknown>} the last change's turn */
  #turn = Promise.resolve();

  /**
   * @param {Rows} rows
   * @param {Site} site
   * @param {{state: State, begun: import('./journal_opening.js').Begun | null}} found
   */
  constructor(rows, site, { state, begun }) {
    this.#rows = rows;
    this.#site = site;
    this.#state = state;
    /** Why a new epoch began, at the opening or since; null: it went on. */
    this.begun = begun;
    /** Whether the run before this one closed the journal in order, or there was none. */
    this.wasClean = begun === null ? state.clean : begun.cause === 'first';
  }

  /**
   * Go on with the journal that lies there, or begin an epoch.
   *
   * @param {Rows} rows
   * @param {Site & {atMs: number, expected?: boolean}} site `atMs`: the time of a new epoch's first
   *   entry; `expected`: this device began a journal before, so that none is one that was lost
   * @throws {JournalError} The browser keeps nothing.
   */
  static async open(rows, site) {
    return new Journal(rows, site, await takeUp(rows, site));
  }

  /** The last entry that is durable. */
  get head() {
    const { epoch, number, chain } = this.#state;
    return { epoch, number, chain };
  }

  /** The highest time of any entry, former epochs included. */
  get highestMs() {
    return this.#state.highestMs;
  }

  /** How many entries wait for the server. */
  get unsent() {
    return waiting(this.#state);
  }

  /** How many entries the server could not take. */
  get setAsideCount() {
    return asideCount(this.#state);
  }

  /**
   * Read back the entries of the last days, oldest first; erased ones and those of newer versions are left out.
   *
   * @param {number} sinceMs
   * @returns {Promise<Dated[]>}
   * @throws {JournalError} The browser can't read.
   */
  recent(sinceMs) {
    return entriesSince(this.#rows, this.#state, sinceMs);
  }

  /**
   * Write one entry durably.
   *
   * @param {Body} body
   * @param {number} atMs
   * @returns {Promise<Receipt>} only then act
   * @throws {JournalError} Nothing was acknowledged; the next call tries anew.
   */
  append(body, atMs) {
    return this.#change((state) => this.#chained(state, { bodies: [body], named: [] }, atMs));
  }

  /** @param {number} atMs of a new epoch, begun because the server disputes this one */
  async beginAnew(atMs) {
    await this.#change((state) => anew(state, atMs, this.#site));
  }

  /** Note that the end was orderly, and take no entry any more. */
  async close() {
    if (this.#closed) return;
    await this.#change((state) => ({ state: { ...state, clean: true } }));
    this.#closed = true;
  }

  /** Remove everything: this device was removed from its school. */
  async destroy() {
    this.#closed = true;
    await this.#inTurn(() => this.#rows.wipe());
  }

  /**
   * Return the oldest lines that wait, of one epoch, none left out between.
   *
   * What was set aside goes without salt and body: its place is proved, nothing behind it is held up.
   *
   * @param {number} linesMax
   * @param {ReadonlySet<number>} [without] epochs to leave alone for now
   * @returns {Promise<Filing | null>}
   * @throws {JournalError} The browser can't read.
   */
  nextFiling(linesMax, without = new Set()) {
    return waitingFiling(this.#rows, this.#state, linesMax, without);
  }

  /**
   * Return the last acknowledged line of each epoch: to ask whether the server still has it.
   *
   * @returns {Promise<Filing[]>}
   * @throws {JournalError} The browser can't read.
   */
  lastFiled() {
    return lastFilings(this.#rows, this.#state);
  }

  /**
   * Note what the server holds; less than before lets everything above it wait again.
   *
   * @param {Acknowledgement} said
   * @returns {Promise<boolean>} whether the number moved: there may be more to file
   * @throws {import('../core/errors.js').LinkError} It is for entries that were never made.
   * @throws {JournalError} The browser can't keep it.
   */
  async acknowledge(said) {
    let moved = false;
    await this.#change((state) => {
      moved = said.number !== heldOf(state, said.epoch);
      return { state: received(state, said) };
    });
    return moved;
  }

  /**
   * Send an entry that the server can't take without its body from now on, and keep it.
   *
   * @param {Receipt} entry
   * @param {string} why
   * @param {number} atMs
   */
  async setAside({ epoch, number }, why, atMs) {
    await this.#change((state) => ({ state: withAside(state, { epoch, number, why, atMs }) }));
  }

  /**
   * Let former epochs go that the server has had for 14 days, and begin another where one is due.
   *
   * @param {number} atMs now
   */
  async keepUntil(atMs) {
    let lost = 0;
    await this.#change(async (state) => {
      const step = await goRound(this.#rows, state, atMs, this.#site);
      // The new epoch's own entry waits as well.
      lost = step.state === state ? 0 : waiting(state) + 1 - waiting(step.state);
      return step;
    });
    if (lost) this.begun = { cause: /** @type {const} */ ('damaged'), lost };
    await this.#change((state) => keep(this.#rows, state, atMs, this.#site));
  }

  /**
   * Chain the school's order and delete the bodies it names.
   *
   * @param {ErasureOrder} order
   * @param {number} atMs
   * @returns {Promise<Receipt>} of the entry that says so
   * @throws {JournalError} For another device, or for entries that were never made.
   */
  carryOut(order, atMs) {
    return this.#change(async (state) => {
      return this.#chained(state, await ordered(this.#rows, state, order), atMs);
    });
  }

  /**
   * Apply a retention rule; entries wait for it only where it erases.
   *
   * @param {import('./erasing.js').Rule} rule
   * @param {number} atMs
   */
  async eraseBefore(rule, atMs) {
    if (!(await isDue(this.#rows, this.#state, rule))) return;
    await this.#change(async (state) => {
      const { cleared, ...erasure } = await outlived(this.#rows, state, rule);
      return this.#chained({ ...state, cleared }, erasure, atMs);
    });
  }

  /**
   * @param {State} state
   * @param {import('./erasing.js').Erasure} entries and the rows that lose their bodies along with them
   * @param {number} atMs
   * @returns {Promise<Step>}
   */
  async #chained(state, { bodies, named }, atMs) {
    const made = await entered(state, bodies, atMs, this.#site);
    return { state: made.state, put: [...named.map(bare), ...made.rows] };
  }

  /**
   * Change the journal in its turn; what a lost connection left unsaid, or another tab wrote, is taken up first.
   *
   * @param {(state: State) => Step | Promise<Step>} make
   * @returns {Promise<Receipt>} the last entry then
   */
  #change(make) {
    return this.#inTurn(async () => {
      if (this.#closed) throw new JournalError('the journal is closed');
      for (let tries = 0; tries < TRIES_MAX; tries += 1) {
        const step = await make(this.#state);
        if (step.state === this.#state && !step.drop?.length) return this.#receipt();
        const state = { ...step.state, turn: this.#state.turn + 1 };
        if (await this.#rows.commit(state, step)) this.#state = state;
        else await this.#resume();
        if (isSame(this.#state, state)) return this.#receipt();
      }
      throw new JournalError('another tab writes this journal: close it');
    });
  }

  #receipt() {
    const { epoch, number } = this.#state;
    return { epoch, number };
  }

  /** Take up what lies there now; where nothing does, storage was cleared: a new epoch says so. */
  async #resume() {
    const found = await this.#rows.state();
    if (found !== null) {
      this.#state = found;
      return;
    }
    const site = { ...this.#site, atMs: this.#state.highestMs, expected: true };
    const { state, begun } = await takeUp(this.#rows, site, this.#state);
    this.#state = state;
    this.begun = begun;
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  #inTurn(work) {
    const done = this.#turn.then(work, work);
    this.#turn = done.catch(() => {});
    return done;
  }
}

/**
 * @param {State} one
 * @param {State} other
 */
function isSame(one, other) {
  return one.turn === other.turn && sameBytes(one.head, other.head);
}
