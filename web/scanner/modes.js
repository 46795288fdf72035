/**
 * How one lane works: in control it decides, in counting mode it counts, in free mode it asks nothing.
 *
 * The latter two rest while the school is not in its normal posture: an intrusion refuses whoever
 * comes, open day or not.
 */

import { Outcome } from '../core/decide.js';
import { JournalError } from '../core/errors.js';
import { remember, remembered } from '../shared/remembered.js';
import { COUNTED, cardWith } from './shown.js';

/** @typedef {import('../core/values.js').Direction} Direction */
/** @typedef {import('../core/zones.js').Lane['mode']} Mode */
/** @typedef {import('./workings.js').Workings} Workings */

const KEPT = 'portique-scanner-school-mode'; // at an agent's last choice of another
const COUNT_MS_MIN = 1_000; // nobody follows sooner: a phone that cycles through codes is one person

/** The mode of one lane, and its counting. */
export class Modes {
  #workings;
  /** @type {Mode} */
  #mode;
  /** @type {Mode} */
  #schoolMode;
  /** The mode it begins with is in no entry yet. */
  #isWritten = false;
  /** @type {number | null} when a showing was last counted */
  #countedMs = null;

  /** @param {Workings} workings */
  constructor(workings) {
    this.#workings = workings;
    this.#mode = workings.bench.lane.mode;
    this.#schoolMode = this.#mode;
  }

  get #asksNothing() {
    return this.#workings.isCalm && this.#mode !== 'control';
  }

  /**
   * Let somebody pass in a mode that asks nothing; false: decide this showing as usual.
   *
   * @param {number} atMs
   */
  async letsPass(atMs) {
    if (!this.#asksNothing) return false;
    if (this.#mode === 'counting' && !this.#justCounted(atMs)) {
      try {
        await this.count(this.#workings.bench.lane.direction, 1);
      } catch (error) {
        if (!(error instanceof JournalError)) throw error;
        return false; // nobody passes without an entry: deciding will say what is wrong
      }
      this.#countedMs = atMs;
    }
    return true;
  }

  /** @param {number} atMs */
  #justCounted(atMs) {
    const sinceMs = this.#countedMs === null ? -1 : atMs - this.#countedMs;
    return 0 <= sinceMs && sinceMs < COUNT_MS_MIN;
  }

  /**
   * Count somebody, or take one back.
   *
   * @param {Direction} direction
   * @param {1 | -1} step
   * @throws {JournalError} It could not be written; nothing was counted.
   */
  async count(direction, step) {
    const { bench, board, clock, day, pen } = this.#workings;
    const { name: lane, direction: own } = bench.lane;
    const atMs = clock.nowMs();
    await pen.write({ kind: 'count', lane, direction, people: step, sinceMs: atMs, untilMs: atMs });
    day.count(direction, step);
    const passes = this.#mode === 'counting' && this.#asksNothing && direction === own && step > 0;
    if (passes) board.stage(cardWith({ showing: COUNTED, atMs, outcome: Outcome.GRANT }));
  }

  /**
   * Change how the lane works.
   *
   * @param {Mode} mode
   * @param {string | null} agent null: the school
   * @throws {JournalError} It could not be written; the former mode stays.
   */
  async set(mode, agent) {
    const { board, day } = this.#workings;
    await this.#write(mode, agent);
    this.#mode = mode;
    if (mode !== 'control') day.recall.forgetDirections(); // people now pass unasked
    board.setMode(mode);
    if (agent !== null) remember(KEPT, this.#school);
  }

  /**
   * Journal, once, that the lane began free: people then pass without an entry of their own.
   *
   * @throws {JournalError} It could not be written: ask again.
   */
  async writeFree() {
    if (this.#isWritten || this.#mode !== 'free' || !this.#asksNothing) return;
    await this.#write('free', null);
  }

  /**
   * @param {Mode} mode
   * @param {string | null} agent
   */
  async #write(mode, agent) {
    const { bench, pen } = this.#workings;
    await pen.write({ kind: 'mode', lane: bench.lane.name, mode, agent });
    this.#isWritten = true;
  }

  /**
   * Take up what an agent chose before the phone was locked, unless the school's own mode changed since.
   *
   * @param {{mode: Mode, agent: string | null} | undefined} last today's last change of this lane
   */
  restore(last) {
    if (!last?.agent || remembered(KEPT) !== this.#school) return;
    this.#mode = last.mode;
    this.#isWritten = true;
    this.#workings.board.setMode(last.mode);
  }

  /** What the school wants of this lane, as a text. */
  get #school() {
    return `${this.#workings.bench.lane.name} ${this.#schoolMode}`;
  }

  /**
   * Take up a mode that the school has changed; the same again leaves an agent's choice alone.
   *
   * @throws {JournalError} It could not be written; the former mode stays.
   */
  async followSchool() {
    const { mode } = this.#workings.bench.lane;
    if (mode === this.#schoolMode) return;
    await this.set(mode, null);
    this.#schoolMode = mode;
  }
}
