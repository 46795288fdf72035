/** When a phone erases: after each look for the server, locked or not, online or not. */

import { RETAIN_MS, retain } from './retention.js';

/**
 * Asks the rule of retention, every ten minutes. What was not sent goes only by a time that the school
 * signed since the app was opened: a phone whose clock is far ahead, without network, must not erase it.
 */
export class Retaining {
  #journal;
  #clock;
  #link;
  #knowledge;
  #nextMs = -Infinity;
  /** By what the rule was asked last: better means ask it again at once. */
  #asked = '';

  /**
   * @param {object} parts
   * @param {import('./journal.js').Journal} parts.journal
   * @param {Pick<import('./clock.js').Clock, 'state' | 'nowMs' | 'monotonicMs'>} parts.clock
   * @param {EventTarget & {readonly snapshot: {heardMs: number | null}}} parts.link
   * @param {{readonly current: import('../core/knowing.js').Knowledge | null}} parts.knowledge says
   *   which days are school days, while somebody is signed in
   */
  constructor({ journal, clock, link, knowledge }) {
    this.#journal = journal;
    this.#clock = clock;
    this.#link = link;
    this.#knowledge = knowledge;
    link.addEventListener('change', () => this.tend());
  }

  /** Erase what outlived its time, if it is due. */
  async tend() {
    const { trusted } = this.#clock.state;
    if (!trusted) return;
    const isSure = this.#link.snapshot.heardMs !== null;
    const calendar = this.#knowledge.current?.calendar ?? null;
    const asked = `${isSure} ${calendar !== null}`;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#nextMs && asked === this.#asked) return;
    this.#nextMs = nowMs + RETAIN_MS;
    this.#asked = asked;
    await retain(this.#journal, { calendar, isSure, atMs: this.#clock.nowMs() });
  }
}
