/**
 * What a lane follows: the posture that the school tells.
 *
 * Decisions and screens follow at once; the journal learns of it as soon as it can. The school's part of
 * `portique.gate.following`: a phone has no fire line.
 */

/** @typedef {import('../core/alarms.js').Alarm} Alarm */
/** @typedef {import('../core/entries.js').Body} Body */

/** The school's alarms, as one lane follows them. */
export class SchoolPosture {
  #board;
  #pen;
  /** @type {Alarm['posture']} */
  #posture = 'normal';
  /** @type {Body[]} */
  #unwritten = [];

  /**
   * @param {import('./board.js').Board} board
   * @param {import('./pen.js').Pen} pen
   */
  constructor(board, pen) {
    this.#board = board;
    this.#pen = pen;
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
   * Journal what changed since the last call.
   *
   * @throws {import('../core/errors.js').JournalError} Nothing is lost: the next call tries again.
   */
  async write() {
    while (this.#unwritten.length) {
      await this.#pen.write(this.#unwritten[0]);
      this.#unwritten.shift();
    }
  }
}
