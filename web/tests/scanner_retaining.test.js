/** A phone erases by a time it is sure of: what was not sent, only by the school's. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Retaining } from '../scanner/retaining.js';
import { RETAIN_MS } from '../scanner/retention.js';

const NOW_MS = 1_795_248_000_000;
const FORTNIGHT_MS = 14 * 24 * 3_600_000;
const DAYS = { terms: [], holidays: [], daysOff: new Set() };
const CALENDAR = { zone: 'Europe/Paris', openings: [], schoolDays: DAYS };
const KNOWLEDGE = /** @type {any} */ ({ calendar: CALENDAR });

/** A phone: what it hears, knows and believes can be changed; what it is asked to erase is noted. */
function phone() {
  const state = { heardMs: /** @type {number | null} */ (4_000), trusted: true, uptimeMs: 0 };
  const knowledge = { current: KNOWLEDGE };
  const asked = /** @type {any[]} */ ([]);
  let kept = 0;
  const journal = /** @type {any} */ ({
    eraseBefore: async (/** @type {any} */ rule) => void asked.push(rule),
    keepUntil: async () => (kept += 1),
  });
  const clock = /** @type {any} */ ({
    get state() {
      return { trusted: state.trusted };
    },
    nowMs: () => NOW_MS,
    monotonicMs: () => state.uptimeMs,
  });
  const link = Object.assign(new EventTarget(), { snapshot: state });
  const retaining = new Retaining({ journal, clock, link, knowledge });
  return { state, knowledge, link, retaining, asked, kept: () => kept };
}

test('only what was sent is erased before the server was heard, and the rest right after', async () => {
  const { state, retaining, asked, kept } = phone();
  state.heardMs = null;
  await retaining.tend();
  assert.deepEqual([asked[0].sentOnly, kept()], [true, 0]);
  state.heardMs = 4_000;
  await retaining.tend();
  assert.deepEqual([asked[1].sentOnly, kept()], [false, 1]);
});

test('nothing is erased while the time is in doubt', async () => {
  const { state, retaining, asked } = phone();
  state.trusted = false;
  await retaining.tend();
  assert.equal(asked.length, 0);
});

test('a locked phone erases what was sent 14 days ago, and lets former epochs go', async () => {
  const { knowledge, retaining, asked, kept } = phone();
  knowledge.current = null;
  await retaining.tend();
  const rule = { beforeMs: NOW_MS - FORTNIGHT_MS, code: 'next-school-day', sentOnly: true };
  assert.deepEqual([asked, kept()], [[rule], 1]);
});

test('the rule is asked after the link turned, every ten minutes', async () => {
  const { state, link, asked } = phone();
  for (state.uptimeMs = 0; state.uptimeMs < 2 * RETAIN_MS; state.uptimeMs += RETAIN_MS / 4)
    link.dispatchEvent(new Event('change'));
  assert.equal(asked.length, 2);
});
