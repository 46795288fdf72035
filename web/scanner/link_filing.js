/**
 * Entries up: filed until a receipt says that the server has them; whatever it can't take is shown.
 *
 * Nothing leaves the outbox without a receipt, and nothing that is refused holds up the rest: a line the
 * server can't take is set aside and goes again without its body; an epoch it disputes is left alone for
 * a while. `portique.gate.link.filing`.
 */

import { LinkError } from '../core/errors.js';
import { LINES_MAX, filingBytes, readAcknowledgement } from '../core/wire.js';
import { OK, Refused } from './link_calls.js';

/** @typedef {import('../core/wire.js').Acknowledgement} Acknowledgement */
/** @typedef {import('../core/wire.js').Filing} Filing */
/** @typedef {import('./journal.js').Journal} Journal */
/** @typedef {import('./link_calls.js').Reply} Reply */

const PATH = '/gate/v1/entries';
const [DAMAGED, DISPUTED, TOO_LONG] = [400, 409, 413];
const ALONE_MS = 600_000; // what only a person can mend is asked about now and then

/**
 * @typedef {object} Filed What one filing came to
 * @property {Acknowledgement | null} said
 * @property {boolean} more another may be sent at once
 * @property {number | null} disputed an epoch
 */

/** @type {Filed} */
const NOTHING = Object.freeze({ said: null, more: false, disputed: null });

/** Files a journal's entries, some hundreds at a time. */
export class Filer {
  #journal;
  #clock;
  #post;
  #linesMax = LINES_MAX;
  /** @type {Map<number, number>} by epoch: until when, uptime in ms */
  #leftAlone = new Map();

  /**
   * @param {Journal} journal
   * @param {{nowMs: () => number}} clock
   * @param {(path: string, body: Uint8Array<ArrayBuffer>) => Promise<Reply>} post its reply is proved
   */
  constructor(journal, clock, post) {
    this.#journal = journal;
    this.#clock = clock;
    this.#post = post;
  }

  /** Whether the server disputes an epoch of this journal. */
  get disputes() {
    return this.#untouchable().size > 0;
  }

  /**
   * File the oldest entries that wait, if any.
   *
   * @returns {Promise<Filed>}
   * @throws {LinkError} No reply, or one that says to try again later.
   * @throws {import('../core/errors.js').JournalError}
   */
  async file() {
    const filing = await this.#journal.nextFiling(this.#linesMax, this.#untouchable());
    return filing ? this.#send(filing) : NOTHING;
  }

  /**
   * File again the last acknowledged entry of each epoch: a restored server asks for more.
   *
   * @returns {Promise<Filed[]>}
   */
  async askAgain() {
    const alone = this.#untouchable();
    const filed = [];
    for (const filing of await this.#journal.lastFiled()) {
      if (!alone.has(filing.epoch)) filed.push(await this.#send(filing));
    }
    return filed;
  }

  /**
   * @param {Filing} filing
   * @returns {Promise<Filed>}
   */
  async #send(filing) {
    const reply = await this.#post(PATH, filingBytes(filing));
    if (reply.status === OK) return this.#take(readAcknowledgement(reply.body), filing);
    if (reply.status === DAMAGED || reply.status === TOO_LONG) return this.#narrow(filing, reply);
    if (reply.status === DISPUTED) return this.#leaveAlone(filing.epoch);
    throw new Refused(reply);
  }

  /**
   * @param {Acknowledgement} said
   * @param {Filing} filing
   */
  async #take(said, filing) {
    if (said.epoch !== filing.epoch) throw new LinkError('the server acknowledged another epoch');
    const before = this.#journal.unsent;
    await this.#journal.acknowledge(said);
    this.#linesMax = Math.min(LINES_MAX, 2 * this.#linesMax);
    return { said, more: this.#journal.unsent !== before, disputed: null };
  }

  /**
   * Find the line that the server can't take by halves; then do without its body.
   *
   * @param {Filing} filing
   * @param {Reply} reply
   * @returns {Promise<Filed>}
   */
  async #narrow({ epoch, lines }, { status }) {
    const [{ number, body }] = lines;
    if (lines.length > 1) this.#linesMax = Math.floor(lines.length / 2);
    else if (body === null) return this.#leaveAlone(epoch);
    else await this.#setAside({ epoch, number }, `server-${status}`);
    return { ...NOTHING, more: true };
  }

  /**
   * @param {{epoch: number, number: number}} place
   * @param {string} why
   */
  #setAside(place, why) {
    return this.#journal.setAside(place, why, this.#clock.nowMs());
  }

  /** @param {number} epoch */
  #leaveAlone(epoch) {
    this.#leftAlone.set(epoch, performance.now() + ALONE_MS);
    return { ...NOTHING, more: true, disputed: epoch };
  }

  #untouchable() {
    for (const [epoch, untilMs] of this.#leftAlone) {
      if (untilMs <= performance.now()) this.#leftAlone.delete(epoch);
    }
    return new Set(this.#leftAlone.keys());
  }
}
