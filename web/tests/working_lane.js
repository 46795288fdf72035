/** A lane at work, everything around it, and a hand that shows passes. Only time and the disk are made up. */

import { fromBody } from '../core/entries.js';
import { Showings, WHOLE_FRAME } from '../core/showing.js';
import { makeDeviceKey } from '../core/wrapping.js';
import { Board } from '../scanner/board.js';
import { Journal } from '../scanner/journal.js';
import { JournalFault } from '../scanner/journal_rows.js';
import { Lane } from '../scanner/lane.js';
import { RESTORED_MS, firstShowing } from '../scanner/recent.js';
import { MemoryRows } from './memory_rows.js';
import { LANES, MONDAY_MS, UAI } from './pocket_school.js';

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

/** A phone's storage, and the journal that lies there; what is written is refused while it is `full`. */
export class Storage {
  #rows = new MemoryRows();
  #key;

  /** @param {import('../core/wrapping.js').DeviceKey} key */
  constructor(key) {
    this.#key = key;
  }

  static async make() {
    return new Storage(await makeDeviceKey());
  }

  /** Open the journal, as the app does at each start. */
  open() {
    const site = { gateId: 'scanner-1', key: this.#key, entropy, atMs: MONDAY_MS };
    return Journal.open(this.#rows, site);
  }

  /** @param {boolean} full */
  set full(full) {
    this.#rows.fault = full ? new JournalFault('full', null) : null;
  }

  /** What the lane wrote, oldest first: without the entry that begins the journal. */
  get bodies() {
    const written = [...this.#rows.kept.values()].map(({ body }) => fromBody(body ?? NOTHING));
    return written.slice(1);
  }
}

const NOTHING = new Uint8Array(0);

/** @param {number} size */
function entropy(size) {
  return crypto.getRandomValues(new Uint8Array(size));
}

/**
 * Put a lane to work over what the storage holds, remembering it.
 *
 * @param {object} around
 * @param {import('../core/knowing.js').Knowledge | null} around.knowledge
 * @param {LaneRow} [around.lane]
 * @param {FakeClock} [around.clock]
 * @param {Storage} [around.storage]
 * @param {() => boolean} [around.draws] whether the next showing is to be checked
 */
export async function openLane({ knowledge, draws = () => false, ...around }) {
  const { clock = new FakeClock(), storage = await Storage.make() } = around;
  const { lane: row = LANES.entry } = around;
  const journal = await storage.open();
  const entries = await journal.recent(clock.nowMs() - RESTORED_MS);
  const showings = new Showings(WHOLE_FRAME, firstShowing(journal.head, entries));
  const board = new Board(row);
  const lane = new Lane({
    bench: { uai: UAI, lane: row, knowledge },
    journal,
    board,
    clock,
    entropy: () => new Uint8Array(8).fill(draws() ? 0 : 0xff),
    takeNumber: () => showings.takeNumber(),
  });
  await lane.restore(entries);
  /** @param {string} text */
  const show = (text) => lane.serve(showings.line(text, clock.nowMs()));
  /** @param {import('../core/knowing.js').Knowledge} newer */
  const learn = (newer) => {
    const there = newer.site.lanes.find(({ name }) => name === row.name) ?? row;
    return lane.learn({ uai: UAI, lane: there, knowledge: newer });
  };
  return { lane, board, clock, storage, journal, show, learn };
}

/**
 * Say what was decided, by its reasons.
 *
 * @param {import('../core/judge.js').Judged | null} judged
 */
export function reasons(judged) {
  return judged && [...judged.decision.reasons];
}
