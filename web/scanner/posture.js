/**
 * What a lane follows: the posture that the school tells.
 *
 * Decisions and screens follow at once; the journal learns of it as soon as it can. The school's part of
 * `portique.gate.following`: a phone has no fire line.
 */

/** @typedef {import('../core/alarms.js').Alarm} Alarm */
/** @typedef {import('../core/entries.js').Body} Body */

export const AGAIN_MS = 10_000; // a storage that hangs would keep the next showing waiting each time

/** The school's alarms, as one lane follows them. */
export class SchoolPosture {
  #board;
  #pen;
  /** @type {Alarm['posture']} */
  #posture = 'normal';
  /** @type {Body[]} */
  #unwritten = [];
  #clock;
  /** Not before: the journal refused. */
  #fromMs = -Infinity;

  /** @param {Pick<import('./workings.js').Workings, 'board' | 'pen' | 'clock'>} workings */
  constructor({ board, pen, clock }) {
    this.#board = board;
    this.#pen = pen;
    this.#clock = clock;
  }

  /**
   * Follow the school's alarm, a drill or real, or its end.
   *
   * @param {Alarm} alarm
   */
  follow(alarm) {
    const { posture, drill } = alarm;
    this.#board.setPosture(alarm);
    if (posture === this.#posture) return;
    this.#posture = posture;
    this.#unwritten.push({ kind: 'alarm', posture, drill, source: 'school', agent: null });
  }

  /**
   * Journal what changed since the last call; for a while after a refusal, nothing.
   *
   * @throws {import('../core/errors.js').JournalError} Nothing is lost: a later call tries again.
   */
  async write() {
    if (this.#clock.monotonicMs() < this.#fromMs) return;
    this.#fromMs = this.#clock.monotonicMs() + AGAIN_MS;
    while (this.#unwritten.length) {
      await this.#pen.write(this.#unwritten[0]);
      this.#unwritten.shift();
    }
    this.#fromMs = -Infinity;
  }
}
