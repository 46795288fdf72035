/** When a phone may erase: only by a time that the school signed since the app was opened. */

import { RETAIN_MS, retain } from './retention.js';

/** @typedef {import('../core/knowing.js').Knowledge} Knowledge */

/**
 * Asks the rule of retention, every ten minutes, once the time is sure. A phone whose clock is far
 * ahead, opened without network, must not erase what was not sent yet.
 */
export class Retaining {
  #journal;
  #clock;
  #link;
  #nextMs = -Infinity;

  /**
   * @param {object} parts
   * @param {import('./journal.js').Journal} parts.journal
   * @param {Pick<import('./clock.js').Clock, 'state' | 'nowMs' | 'monotonicMs'>} parts.clock
   * @param {{readonly snapshot: {heardMs: number | null}}} parts.link
   */
  constructor({ journal, clock, link }) {
    this.#journal = journal;
    this.#clock = clock;
    this.#link = link;
  }

  /**
   * Erase what outlived its time, if it is due; call every second.
   * @param {Knowledge | null} knowledge says which days are school days
   */
  async tend(knowledge) {
    const nowMs = this.#clock.monotonicMs();
    const isSure = this.#link.snapshot.heardMs !== null && this.#clock.state.trusted;
    if (knowledge === null || !isSure || nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + RETAIN_MS;
    await retain(this.#journal, knowledge.calendar, this.#clock.nowMs());
  }
}
