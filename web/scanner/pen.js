/** What one lane writes: every entry goes to the journal here, and no other way. */

import { JournalError } from '../core/errors.js';

/** @typedef {import('../core/entries.js').Body} Body */
/** @typedef {import('./recent.js').Receipt} Receipt */

/**
 * @typedef {object} Journal What a lane asks of the phone's journal
 * @property {(body: Body, atMs: number) => Promise<Receipt>} append resolves once it is on the disk
 */

/** @typedef {{nowMs: () => number}} Timekeeper */

/** The pen of one lane: the agent sees when it fails. */
export class Pen {
  #journal;
  #board;
  #clock;

  /**
   * @param {Journal} journal
   * @param {import('./board.js').Board} board
   * @param {Timekeeper} clock
   */
  constructor(journal, board, clock) {
    this.#journal = journal;
    this.#board = board;
    this.#clock = clock;
  }

  /**
   * Write an entry durably, at the scanner's time.
   *
   * @param {Body} body
   * @returns {Promise<Receipt>}
   * @throws {JournalError} Nothing was written: let nobody through.
   */
  async write(body) {
    try {
      const receipt = await this.#journal.append(body, this.#clock.nowMs());
      this.#board.setFault('journal', null);
      return receipt;
    } catch (error) {
      if (error instanceof JournalError) this.#board.setFault('journal', whyOf(error));
      throw error;
    }
  }
}

/**
 * Say by a code why the journal refuses: `full`, `closed`, or just that it `fails`.
 *
 * @param {JournalError} error
 */
function whyOf(error) {
  return 'kind' in error && typeof error.kind === 'string' ? error.kind : 'fails';
}
