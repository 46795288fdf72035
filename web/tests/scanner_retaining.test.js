/** A phone erases by a time that the school signed, and by no other. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Retaining } from '../scanner/retaining.js';
import { RETAIN_MS } from '../scanner/retention.js';

const NOW_MS = 1_795_248_000_000;
const DAYS = { terms: [], holidays: [], daysOff: new Set() };
const CALENDAR = { zone: 'Europe/Paris', openings: [], schoolDays: DAYS };
const KNOWLEDGE = /** @type {any} */ ({ calendar: CALENDAR });

/** A phone at its lane: what it hears and believes can be changed, what it erases is counted. */
function phone() {
  const state = { heardMs: /** @type {number | null} */ (4_000), trusted: true, uptimeMs: 0 };
  let erased = 0;
  const journal = /** @type {any} */ ({
    eraseBefore: async () => (erased += 1),
    keepUntil: async () => {},
  });
  const clock = /** @type {any} */ ({
    get state() {
      return { trusted: state.trusted };
    },
    nowMs: () => NOW_MS,
    monotonicMs: () => state.uptimeMs,
  });
  const link = { snapshot: state };
  const retaining = new Retaining({ journal, clock, link });
  return { state, retaining, erased: () => erased };
}

test('nothing is erased before the server was heard', async () => {
  const { state, retaining, erased } = phone();
  state.heardMs = null;
  await retaining.tend(KNOWLEDGE);
  assert.equal(erased(), 0);
  state.heardMs = 4_000;
  await retaining.tend(KNOWLEDGE);
  assert.equal(erased(), 1);
});

test('nothing is erased while the time is in doubt', async () => {
  const { state, retaining, erased } = phone();
  state.trusted = false;
  await retaining.tend(KNOWLEDGE);
  assert.equal(erased(), 0);
});

test('nothing is erased while the school has said nothing', async () => {
  const { retaining, erased } = phone();
  await retaining.tend(null);
  assert.equal(erased(), 0);
});

test('the rule is asked every ten minutes', async () => {
  const { state, retaining, erased } = phone();
  for (state.uptimeMs = 0; state.uptimeMs < 2 * RETAIN_MS; state.uptimeMs += RETAIN_MS / 4)
    await retaining.tend(KNOWLEDGE);
  assert.equal(erased(), 2);
});
