/** A lane at work, everything around it, and a hand that shows passes. Only time and storage are made up. */

import { fromBody, toBody } from '../core/entries.js';
import { JournalError } from '../core/errors.js';
import { Showings, WHOLE_FRAME } from '../core/showing.js';
import { Board } from '../scanner/board.js';
import { Lane } from '../scanner/lane.js';
import { firstShowing } from '../scanner/recent.js';
import { LANES, MONDAY_MS, UAI } from './pocket_school.js';

/** @typedef {import('../core/entries.js').Body} Body */
/** @typedef {import('../core/zones.js').Lane} LaneRow */

/** A clock that stands still until told. */
export class FakeClock {
  /** @type {import('../scanner/clock.js').ClockState} */
  state = { doubt: null, trusted: true, uncertaintyMs: 0, claimMs: 0, offByMs: 0 };
  #steadyMs = 0;
  #nowMs = MONDAY_MS;

  nowMs() {
    return this.#nowMs;
  }

  monotonicMs() {
    return this.#steadyMs;
  }

  /** @param {number} ms */
  advance(ms) {
    this.#nowMs += ms;
    this.#steadyMs += ms;
  }

  /** @param {import('../scanner/clock.js').Doubt} doubt */
  doubt(doubt) {
    this.state = { ...this.state, doubt, trusted: false };
  }

  /** @param {number} ms */
  uncertain(ms) {
    this.state = { ...this.state, uncertaintyMs: ms, claimMs: ms };
  }
}

/** Entries as the phone's storage holds them: encoded, in order, refused while it is `full`. */
export class Entries {
  full = false;
  /** @type {{epoch: number, number: number, atMs: number, data: Uint8Array}[]} */
  #rows = [];

  /**
   * @param {Body} body
   * @param {number} atMs
   */
  async append(body, atMs) {
    const data = toBody(body);
    await new Promise(setImmediate);
    if (this.full) throw Object.assign(new JournalError('no room'), { kind: 'full' });
    const place = { epoch: 1, number: this.#rows.length + 1 };
    this.#rows.push({ ...place, atMs, data });
    return place;
  }

  /** @param {number} sinceMs */
  recent(sinceMs) {
    const rows = this.#rows.filter(({ atMs }) => atMs >= sinceMs);
    return rows.map(({ data, ...row }) => ({ ...row, body: fromBody(data) }));
  }

  get head() {
    return { number: this.#rows.length };
  }

  /** @returns {Body[]} */
  get bodies() {
    return this.#rows.map(({ data }) => fromBody(data));
  }
}

/**
 * Put a lane to work over what the storage holds, remembering it.
 *
 * @param {object} around
 * @param {import('../core/knowing.js').Knowledge | null} around.knowledge
 * @param {LaneRow} [around.lane]
 * @param {FakeClock} [around.clock]
 * @param {Entries} [around.journal]
 * @param {() => boolean} [around.draws] whether the next showing is to be checked
 */
export async function openLane({ knowledge, draws = () => false, ...around }) {
  const { clock = new FakeClock(), journal = new Entries(), lane: row = LANES.entry } = around;
  const entries = journal.recent(clock.nowMs() - 25 * 3_600_000);
  const showings = new Showings(WHOLE_FRAME, firstShowing(journal.head, entries));
  const board = new Board(row);
  const lane = new Lane({
    bench: { uai: UAI, lane: row, knowledge },
    journal,
    board,
    clock,
    entropy: () => new Uint8Array(8).fill(draws() ? 0 : 0xff),
    takeNumber: () => showings.takeNumber(),
    spotCheckPercent: 50,
  });
  await lane.restore(entries);
  /** @param {string} text */
  const show = (text) => lane.serve(showings.line(text, clock.nowMs()));
  /** @param {import('../core/knowing.js').Knowledge} newer */
  const learn = (newer) => {
    const there = newer.site.lanes.find(({ name }) => name === row.name) ?? row;
    return lane.learn({ uai: UAI, lane: there, knowledge: newer });
  };
  return { lane, board, clock, journal, show, learn };
}

/**
 * Say what was decided, by its reasons.
 *
 * @param {import('../core/judge.js').Judged | null} judged
 */
export function reasons(judged) {
  return judged && [...judged.decision.reasons];
}
