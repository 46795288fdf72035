/**
 * When a scanner's journal begins another epoch, and when a former one goes: steps made from states.
 *
 * An epoch goes whole or not at all: a server that came back from a backup takes it from where it stands,
 * and nothing may be missing then. `portique.gate.journal` does the same with its files.
 */

import { DAY_MS } from '../core/days.js';
import { begin } from './journal_opening.js';
import { endsOf, fileable, heldOf } from './journal_outbox.js';

/** @typedef {import('./journal_rows.js').Change & {state: State}} Step */
/** @typedef {import('./journal_rows.js').Former} Former */
/** @typedef {import('./journal_rows.js').Rows} Rows */
/** @typedef {import('./journal_rows.js').State} State */
/** @typedef {import('./journal_opening.js').Site} Site */

/** @typedef {{cause: import('./journal_opening.js').Cause, formers: readonly Former[]}} Why */

const KEPT_MS = 14 * DAY_MS; // what the server has, it may lose and ask for again

/**
 * Begin another epoch behind the present one.
 *
 * @param {State} state
 * @param {number} atMs
 * @param {Site} site
 * @param {Partial<Why>} [why]
 * @returns {Promise<Step>}
 */
export async function anew(state, atMs, site, { cause = 'rotated', formers = endsOf(state) } = {}) {
  const made = await begin(state, formers, { cause, atMs }, site);
  return { state: { ...made.state, clean: state.clean }, put: made.rows };
}

/**
 * Let former epochs go that the server has had for 14 days; after as long, begin another.
 *
 * @param {Rows} rows
 * @param {State} state
 * @param {number} atMs now
 * @param {Site} site
 * @returns {Promise<Step>}
 */
export async function keep(rows, state, atMs, site) {
  const over = await outgrown(rows, state, atMs - KEPT_MS);
  const drop = [...over].map((epoch) => ({ epoch, below: Infinity }));
  const left = over.size ? withoutEpochs(state, over) : state;
  const [first] = await rows.read(state.epoch, 1, 1);
  const isLong = first !== undefined && first.timeMs < atMs - KEPT_MS;
  return isLong ? { ...(await anew(left, atMs, site)), drop } : { state: left, drop };
}

/**
 * Where an entry is missing that the server wants next, begin another epoch: what comes is not held up.
 *
 * @param {Rows} rows
 * @param {State} state
 * @param {number} atMs
 * @param {Site} site
 * @returns {Promise<Step>} the same state: nothing is missing
 */
export async function goRound(rows, state, atMs, site) {
  const cut = heldOf(state, state.epoch);
  if (cut >= state.number) return { state };
  const [next] = await rows.read(state.epoch, cut + 1, 1);
  if (next?.number === cut + 1) return { state };
  const torn = { epoch: state.epoch, number: state.number, head: state.head, cut };
  return anew(state, atMs, site, { cause: 'damaged', formers: [...state.formers, torn] });
}

/**
 * Find the former epochs of which the server has all, and whose last entry is older than an instant.
 *
 * @param {Rows} rows
 * @param {State} state
 * @param {number} beforeMs
 * @returns {Promise<Set<number>>}
 */
async function outgrown(rows, state, beforeMs) {
  const over = new Set();
  for (const end of state.formers) {
    const [last] = await rows.read(end.epoch, end.number, 1);
    const isOld = last === undefined || last.timeMs < beforeMs;
    if (isOld && heldOf(state, end.epoch) >= fileable(end)) over.add(end.epoch);
  }
  return over;
}

/**
 * @param {State} state
 * @param {ReadonlySet<number>} epochs
 * @returns {State}
 */
function withoutEpochs(state, epochs) {
  const left = (/** @type {ReadonlyMap<number, number>} */ of) =>
    new Map([...of].filter(([epoch]) => !epochs.has(epoch)));
  return {
    ...state,
    formers: state.formers.filter(({ epoch }) => !epochs.has(epoch)),
    acknowledged: left(state.acknowledged),
    cleared: left(state.cleared ?? new Map()),
    setAside: state.setAside.filter(({ epoch }) => !epochs.has(epoch)),
  };
}
