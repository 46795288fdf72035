/** What the parts of one lane share: where it judges, what it writes with, what it shows and remembers. */

import { CALM } from '../core/alarms.js';
import { Cards } from './cards.js';
import { LaneDay } from './lane_day.js';
import { Pen } from './pen.js';

/** @typedef {import('../core/judge.js').Bench} Bench */
/** @typedef {import('./board.js').Board} Board */
/** @typedef {Pick<import('./clock.js').Clock, 'state' | 'nowMs' | 'monotonicMs'>} Timekeeper */

const UNTOLD_ZONE = 'Europe/Paris'; // until the school says where it is

/** The workings of one lane; whoever uses them waits for their turn. */
export class Workings {
  /**
   * @param {object} parts
   * @param {Bench} parts.bench
   * @param {import('./pen.js').Journal} parts.journal
   * @param {Board} parts.board
   * @param {Timekeeper} parts.clock
   * @param {() => number} parts.takeNumber
   */
  constructor({ bench, journal, board, clock, takeNumber }) {
    this.bench = bench; // replaced whenever newer knowledge comes
    this.board = board;
    this.clock = clock;
    this.takeNumber = takeNumber;
    this.pen = new Pen(journal, board, clock);
    this.cards = new Cards(board);
    this.day = new LaneDay(bench.lane, board);
  }

  /** What the school is doing. */
  get alarm() {
    return this.bench.knowledge?.alarm ?? CALM;
  }

  /** Whether the lane's own mode holds: an alarm suspends it. */
  get isCalm() {
    return this.alarm.posture === 'normal';
  }

  /** The school's time zone. */
  get zone() {
    return this.bench.knowledge?.calendar.zone ?? UNTOLD_ZONE;
  }
}
