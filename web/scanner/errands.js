/**
 * What the server asks of this phone: rulings, admissions, showings at other lanes, erasures.
 *
 * Doing one twice changes nothing: the journal knows what was done. What can't be read or comes too late
 * is skipped, as are kinds of newer servers. `portique.gate.link.errands`.
 */

import { readOrder } from '../core/erasure_orders.js';
import { JournalError, LinkError, TooLate } from '../core/errors.js';
import { toHex } from '../core/values.js';
import { JournalFault } from './journal_rows.js';
import {
  ADMISSION,
  ELSEWHERE,
  RULING,
  admissionOf,
  elsewhereOf,
  rulingOf,
} from '../core/wire_news.js';

/** @typedef {import('../core/wire_news.js').Note} Note */
/** @typedef {import('./lane.js').Lane} Lane */

const SKIPPED = [LinkError, TooLate, RangeError];

/**
 * Take notes up, each whatever became of the others.
 *
 * @param {readonly Note[]} notes
 * @param {Lane} lane
 * @throws {JournalError} One of them could not be written.
 */
export async function takeUp(notes, lane) {
  let failed = null;
  for (const note of notes) {
    try {
      await heed(note, lane);
    } catch (error) {
      if (error instanceof JournalError) failed = error;
      else if (!SKIPPED.some((kind) => error instanceof kind)) throw error;
    }
  }
  if (failed) throw failed;
}

/**
 * @param {Note} note
 * @param {Lane} lane
 */
async function heed(note, lane) {
  if (note.kind === RULING) {
    const { epoch, number, ruling, reason, agent } = rulingOf(note);
    await lane.ruleOn({ epoch, number }, ruling, reason, agent);
  } else if (note.kind === ELSEWHERE) {
    const { holder, atMs } = elsewhereOf(note);
    await lane.noteElsewhere(holder, atMs);
  } else if (note.kind === ADMISSION) {
    await lane.openFor(admissionOf(note));
  }
}

/** Carries signed erasures out: refused or done, once is enough until the next start. */
export class Erasures {
  #journal;
  #clock;
  /** @type {Set<string>} */
  #done = new Set();

  /**
   * @param {import('./journal.js').Journal} journal
   * @param {{nowMs: () => number}} clock
   */
  constructor(journal, clock) {
    this.#journal = journal;
    this.#clock = clock;
  }

  /**
   * Carry an order out, unless it was.
   *
   * @param {Uint8Array<ArrayBuffer>} order
   * @param {import('../core/keys.js').PublicKey} key the school's orders key
   * @throws {JournalError} It could not be done; the server asks again.
   */
  async carryOut(order, key) {
    const name = toHex(order);
    if (this.#done.has(name)) return;
    this.#done.add(name);
    try {
      await this.#journal.carryOut(await readOrder(order, key), this.#clock.nowMs());
    } catch (error) {
      const isRefused = error instanceof JournalError && !(error instanceof JournalFault);
      if (error instanceof LinkError || isRefused) return; // not this school's, or for another gate
      this.#done.delete(name);
      throw error;
    }
  }
}
