/** What one lane writes: every entry goes to the journal here, and no other way. */

import { JournalError } from '../core/errors.js';
import { JournalFault } from './journal_rows.js';

/** @typedef {import('../core/entries.js').Body} Body */
/** @typedef {import('./recent.js').Receipt} Receipt */

/**
 * @typedef {object} Journal What a lane asks of the phone's journal
 * @property {(body: Body, atMs: number) => Promise<Receipt>} append resolves once it is on the disk
 */

/** @typedef {{nowMs: () => number}} Timekeeper */

export const PATIENCE_MS = 4_000; // a browser's storage may never answer, after the phone slept

/** The storage did not answer in time; what it writes after all is in the journal. */
class Late extends JournalError {}

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
   * @throws {JournalError} Nothing was written, as far as anybody knows: let nobody through.
   */
  async write(body) {
    try {
      const receipt = await inTime(this.#journal.append(body, this.#clock.nowMs()));
      this.#board.setFault('journal', null);
      return receipt;
    } catch (error) {
      if (error instanceof JournalError) this.#board.setFault('journal', whyOf(error));
      throw error;
    }
  }

  /**
   * Write that the lane begins; where nothing can be written, the agent sees that.
   *
   * @param {object} of
   * @param {string} of.lane
   * @param {string} of.version of the app
   * @param {boolean} of.clean whether what was before ended in order
   * @param {boolean} of.clockTrusted
   */
  async begin({ version, ...of }) {
    try {
      await this.write({ kind: 'boot', ...of, version: version.replaceAll(' ', '-') }); // a code has no space
    } catch (error) {
      if (!(error instanceof JournalFault || error instanceof Late)) throw error;
    }
  }
}

/**
 * Wait for what is written, and not for ever: nobody stands in a queue for a storage that hangs.
 *
 * What it writes after all, later, is in the journal: an entry too many, never one too few.
 *
 * @template T
 * @param {Promise<T>} written
 * @returns {Promise<T>}
 */
async function inTime(written) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    const error = new Late('the storage does not answer');
    timer = setTimeout(() => reject(error), PATIENCE_MS);
  });
  try {
    return await Promise.race([written, /** @type {Promise<never>} */ (late)]);
  } finally {
    clearTimeout(timer);
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
