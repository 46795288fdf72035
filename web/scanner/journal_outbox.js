/**
 * What the server has of a journal, what waits for it, and what may go: answers and states made from states.
 *
 * Nothing leaves without a receipt, and what has one stays for a while: a server that came back from a
 * backup asks again. `portique.gate.outbox`.
 */

import { LinkError } from '../core/errors.js';
import { bare } from './journal_rows.js';

/** @typedef {import('../core/wire.js').Acknowledgement} Acknowledgement */
/** @typedef {import('../core/wire.js').Filing} Filing */
/** @typedef {import('./journal_rows.js').Former} Former */
/** @typedef {import('./journal_rows.js').Rows} Rows */
/** @typedef {import('./journal_rows.js').State} State */

/**
 * List the last entry of each epoch, the present one last.
 *
 * @param {State} state
 * @returns {Former[]}
 */
export function endsOf({ formers, epoch, number, head }) {
  return [...formers, { epoch, number, head }];
}

/**
 * Count the entries that wait for the server.
 *
 * @param {State} state
 */
export function waiting(state) {
  const each = endsOf(state).map((end) => Math.max(0, fileable(end) - heldOf(state, end.epoch)));
  return each.reduce((sum, count) => sum + count, 0);
}

/**
 * Count the entries that the server can't take: those it named, and those behind a gap.
 *
 * @param {State} state
 */
export function asideCount({ setAside, formers }) {
  return formers.reduce((sum, end) => sum + end.number - fileable(end), setAside.length);
}

/**
 * Return up to which number an epoch can be filed.
 *
 * @param {Former} end
 */
export function fileable({ number, cut }) {
  return cut ?? number;
}

/**
 * Return up to which number the server has everything of an epoch; 0 for nothing.
 *
 * @param {State} state
 * @param {number} epoch
 */
export function heldOf({ acknowledged }, epoch) {
  return acknowledged.get(epoch) ?? 0;
}

/**
 * Return the oldest lines that wait, of one epoch, none left out between.
 *
 * @param {Rows} rows
 * @param {State} state
 * @param {number} linesMax
 * @param {ReadonlySet<number>} without epochs to leave alone for now
 * @returns {Promise<Filing | null>}
 */
export async function waitingFiling(rows, state, linesMax, without) {
  for (const end of endsOf(state)) {
    const held = heldOf(state, end.epoch);
    if (without.has(end.epoch) || held >= fileable(end)) continue;
    const filing = await filingFrom(rows, state, end, held + 1, linesMax);
    if (filing !== null) return filing;
  }
  return null;
}

/**
 * Return the last acknowledged line of each epoch.
 *
 * @param {Rows} rows
 * @param {State} state
 * @returns {Promise<Filing[]>}
 */
export async function lastFilings(rows, state) {
  const found = [];
  for (const end of endsOf(state)) {
    const held = heldOf(state, end.epoch);
    const filing = held > 0 ? await filingFrom(rows, state, end, held, 1) : null;
    if (filing !== null) found.push(filing);
  }
  return found;
}

/**
 * @param {Rows} rows
 * @param {State} state
 * @param {Former} end
 * @param {number} from
 * @param {number} linesMax
 * @returns {Promise<Filing | null>} null: the entries from this one on are gone
 */
async function filingFrom(rows, { setAside }, { epoch, head }, from, linesMax) {
  const found = await rows.read(epoch, from, linesMax);
  const gap = found.findIndex(({ number }, place) => number !== from + place);
  const whole = gap < 0 ? found : found.slice(0, gap);
  const aside = new Set(setAside.filter((one) => one.epoch === epoch).map(({ number }) => number));
  const lines = whole.map((row) => (aside.has(row.number) ? bare(row) : row));
  return lines.length ? { epoch, lines, head } : null;
}

/**
 * Note what the server holds; less than before lets everything above it wait again.
 *
 * @param {State} state
 * @param {Acknowledgement} said
 * @returns {State}
 * @throws {LinkError} It is for entries that were never made.
 */
export function received(state, { epoch, number, setAside }) {
  const last = endsOf(state).find((end) => end.epoch === epoch)?.number ?? 0;
  if (number > last) throw new LinkError('the server acknowledged entries that were never made');
  const before = heldOf(state, epoch);
  const acknowledged = new Map(state.acknowledged).set(epoch, number);
  const kept = state.setAside.filter((one) => one.epoch !== epoch || one.number <= number);
  const rewound = number < before ? { ...state, acknowledged, setAside: kept } : state;
  const told = number > before ? { ...state, acknowledged } : rewound;
  return setAside
    .filter(([at]) => at > 0 && at <= number)
    .reduce(
      (now, [at, why]) => withAside(now, { epoch, number: at, why, atMs: state.highestMs }),
      told,
    );
}

/**
 * Note an entry that the server can't take.
 *
 * @param {State} state
 * @param {import('./journal_rows.js').SetAside} entry
 * @returns {State}
 */
export function withAside(state, entry) {
  const { epoch, number } = entry;
  const known = state.setAside.some((one) => one.epoch === epoch && one.number === number);
  return known ? state : { ...state, setAside: [...state.setAside, entry] };
}
