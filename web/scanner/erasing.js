/**
 * Which entries concern people, which never go, and what a row is without its body.
 *
 * An erasure is an entry of its own, which names the numbers; the bodies go in the same transaction.
 * `portique.gate.journal_personal`, `journal_erasing`.
 */

import { BODIES } from '../core/entries.js';
import { JournalError } from '../core/errors.js';
import { endsOf, heldOf } from './journal_outbox.js';
import { eachRow } from './journal_rows.js';

/** @typedef {import('../core/entries.js').Body} Body */
/** @typedef {import('../core/erasure_orders.js').ErasureOrder} ErasureOrder */
/** @typedef {import('./journal_rows.js').Row} Row */
/** @typedef {import('./journal_rows.js').Rows} Rows */
/** @typedef {import('./journal_rows.js').State} State */
/** @typedef {[number, number]} Range of numbers, first and last */

/**
 * @typedef {object} Erasure what an erasure comes to
 * @property {Body[]} bodies the entries that say so
 * @property {Row[]} named the rows that lose their bodies
 */

/**
 * @typedef {object} Rule a retention rule
 * @property {number} beforeMs what concerns people and is older goes
 * @property {string} code it is chained
 * @property {boolean} [sentOnly] nothing that still waits for the server
 */

const RANGES_AT_ONCE = 200;
const KIND_AT = 2; // a body's third byte
// Whoever passed, and the aliases of the agents who answered, opened a lane or ended an alarm.
const PERSONAL = kindsOf('decision', 'ruling', 'passage', 'manualAdmission', 'mode', 'alarm');
// They explain the absence of the others.
const KEPT = kindsOf('order', 'epoch');

/** @param {string[]} names */
function kindsOf(...names) {
  return new Set(names.map((name) => BODIES[name].kind));
}

/**
 * Say whether an entry concerns people and still has its body.
 *
 * @param {Row} row
 */
function isPersonal({ body }) {
  return body !== null && PERSONAL.has(body[KIND_AT]);
}

/**
 * Say whether an entry has a body that an order takes away.
 *
 * @param {Row} row
 */
function isErasable({ body }) {
  return body !== null && !KEPT.has(body[KIND_AT]);
}

/**
 * Fold rising numbers into ranges with gaps between them, as many at once as an order may name.
 *
 * @param {readonly number[]} numbers
 * @returns {Range[][]}
 */
export function partsOf(numbers) {
  /** @type {Range[]} */
  const ranges = [];
  for (const number of numbers) {
    const last = ranges[ranges.length - 1];
    if (last && last[1] + 1 === number) last[1] = number;
    else ranges.push([number, number]);
  }
  const parts = [];
  for (let at = 0; at < ranges.length; at += RANGES_AT_ONCE) {
    parts.push(ranges.slice(at, at + RANGES_AT_ONCE));
  }
  return parts;
}

/**
 * Gather what the school's order erases.
 *
 * @param {Rows} rows
 * @param {State} state
 * @param {ErasureOrder} order
 * @returns {Promise<Erasure>}
 * @throws {JournalError} It is for another device, or for entries that were never made.
 */
export async function ordered(rows, state, order) {
  checkReach(order, state);
  const { epoch, ranges, orderId, evidence } = order;
  const named = [];
  for (const [first, last] of ranges) {
    for await (const row of eachRow(rows, epoch, first, last)) named.push(row);
  }
  const body = { kind: 'order', authority: 'server', epoch, ranges, orderId, evidence };
  return { bodies: [body], named: named.filter(isErasable) };
}

/**
 * Say whether a retention rule has anything to erase.
 *
 * @param {Rows} rows
 * @param {State} state
 * @param {Rule} rule
 */
export async function isDue(rows, state, rule) {
  for (const span of spansOf(state, rule)) {
    for await (const row of eachRow(rows, span.epoch, span.first, span.last)) {
      if (isPersonal(row) && row.timeMs < rule.beforeMs) return true;
    }
  }
  return false;
}

/**
 * Gather what a retention rule erases: what concerns people and is older than an instant.
 *
 * @param {Rows} rows
 * @param {State} state
 * @param {Rule} rule
 * @returns {Promise<Erasure & {cleared: Map<number, number>}>} `cleared`: as the state's, afterwards
 */
export async function outlived(rows, state, rule) {
  /** @type {{bodies: Body[], named: Row[]}} */
  const erasure = { bodies: [], named: [] };
  const cleared = new Map(state.cleared);
  for (const { epoch, first, last } of spansOf(state, rule)) {
    const old = [];
    let clear = last;
    for await (const row of eachRow(rows, epoch, first, last)) {
      if (!isPersonal(row)) continue;
      if (row.timeMs < rule.beforeMs) old.push(row);
      else clear = Math.min(clear, row.number - 1);
    }
    for (const ranges of partsOf(old.map((row) => row.number))) {
      erasure.bodies.push({
        kind: 'order',
        authority: 'retention',
        epoch,
        ranges,
        rule: rule.code,
      });
    }
    erasure.named.push(...old);
    cleared.set(epoch, clear);
  }
  return { ...erasure, cleared };
}

/**
 * List where a rule has to look: of each epoch, behind what holds nothing about anybody any more.
 *
 * @param {State} state
 * @param {Rule} rule
 */
function spansOf(state, { sentOnly = false }) {
  const spans = endsOf(state).map(({ epoch, number }) => {
    const first = (state.cleared?.get(epoch) ?? 0) + 1;
    return { epoch, first, last: sentOnly ? heldOf(state, epoch) : number };
  });
  return spans.filter(({ first, last }) => first <= last);
}

/**
 * Check that an order is for this device and for entries it made.
 *
 * @param {ErasureOrder} order
 * @param {{gateId: string, epoch: number, number: number}} state where the journal stands
 * @throws {JournalError} It isn't: nothing is erased.
 */
function checkReach({ gateId, epoch, ranges }, state) {
  if (gateId !== state.gateId) throw new JournalError('an erasure order is for another device');
  const last = ranges[ranges.length - 1][1];
  if (epoch > state.epoch || (epoch === state.epoch && last > state.number)) {
    throw new JournalError('an erasure names entries that were never made: nothing was erased');
  }
}
