/**
 * One lane's day: who was let through lately, how many went which way, and when the day is over.
 *
 * Counts begin anew at the school's midnight; which way somebody went is let go then.
 */

import { localDay } from '../core/localtime.js';
import { Recall } from '../core/recall.js';

/** @typedef {import('../core/values.js').Direction} Direction */
/** @typedef {import('../core/zones.js').Lane} LaneRow */
/** @typedef {import('./recent.js').Recent} Recent */
/** @typedef {import('./shown.js').Counts} Counts */

/** What one lane remembers of its day. */
export class LaneDay {
  #lane;
  #board;
  /** @type {Counts} */
  #counts = { entered: 0, left: 0 };
  /** @type {import('../core/days.js').Day | null} */
  #day = null;

  /**
   * @param {LaneRow} lane
   * @param {import('./board.js').Board} board
   */
  constructor({ name, direction }, board) {
    this.#lane = { name, direction };
    this.#board = board;
    this.recall = new Recall(direction);
  }

  /**
   * Count and remember for the lane as newer knowledge has it.
   *
   * @param {LaneRow} lane
   */
  follow({ name, direction }) {
    this.#lane = { name, direction };
    this.recall.direction = direction;
  }

  /**
   * Take up what the journal remembers: used proofs, grants, what consoles asked, today's counts.
   *
   * @param {Recent} recent
   * @param {number} atMs
   * @param {string} zone
   * @returns {(atMs: number) => boolean} whether an instant is of today
   */
  restore(recent, atMs, zone) {
    const today = localDay(atMs, zone);
    /** @param {number} thenMs */
    const isToday = (thenMs) => localDay(thenMs, zone) === today;
    this.#day = today;
    this.#recollect(recent, atMs, isToday);
    for (const { lane, direction, people, atMs: thenMs } of recent.counted) {
      const here = lane === null || lane === this.#lane.name;
      if (here && isToday(thenMs)) this.#add(direction ?? this.#lane.direction, people);
    }
    this.#board.setCounts(this.#counts);
    return isToday;
  }

  /**
   * @param {Recent} recent
   * @param {number} atMs
   * @param {(atMs: number) => boolean} isToday
   */
  #recollect({ proofs, grants, admissions }, atMs, isToday) {
    for (const { passId, seconds } of proofs) this.recall.noteDrawing(passId, seconds, atMs);
    for (const asked of admissions) this.recall.noteAdmission(asked.admission, asked.atMs);
    for (const { whose, lane, atMs: thenMs } of grants) {
      if (lane === this.#lane.name) this.recall.noteGrant(whose, thenMs, isToday(thenMs));
      else this.recall.noteElsewhere(whose, thenMs);
    }
  }

  /**
   * Begin anew at the school's midnight; say whether it has been.
   *
   * @param {number} atMs
   * @param {string} zone
   */
  keep(atMs, zone) {
    const today = localDay(atMs, zone);
    const isOver = this.#day !== null && today !== this.#day;
    this.#day = today;
    if (!isOver) return false;
    this.recall.forgetDirections();
    this.#counts = { entered: 0, left: 0 };
    this.#board.setCounts(this.#counts);
    return true;
  }

  /**
   * Remember that somebody was let through.
   *
   * @param {string | null} whose null: nobody knows
   * @param {number} atMs
   */
  passed(whose, atMs) {
    if (whose !== null) this.recall.noteGrant(whose, atMs);
    this.count(this.#lane.direction, 1);
  }

  /**
   * Count people who went one way, or take them back; below nought never.
   *
   * @param {Direction} direction
   * @param {number} people
   */
  count(direction, people) {
    this.#add(direction, people);
    this.#board.setCounts(this.#counts);
  }

  /**
   * @param {Direction} direction
   * @param {number} people
   */
  #add(direction, people) {
    const { entered, left } = this.#counts;
    this.#counts =
      direction === 'entry'
        ? { entered: Math.max(0, entered + people), left }
        : { entered, left: Math.max(0, left + people) };
  }
}
