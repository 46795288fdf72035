/** What lives on a phone until the end of the next school day, and no longer. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { dayText, readDay } from '../core/days.js';
import { JournalError } from '../core/errors.js';
import { localDay, localMs } from '../core/localtime.js';
import { forgetBefore, retain } from '../scanner/retention.js';

const ZONE = 'Europe/Paris';
const MONDAY_TO_SATURDAY = { on: 'school-days', weekdays: [1, 2, 3, 4, 5, 6] };
const NOON = 12 * 60;

/**
 * A school's calendar: Monday to Saturday, and what else there is.
 *
 * @param {{openings?: object[], holidays?: [string, string][]}} [more]
 * @returns {any}
 */
function calendar({ openings = [], holidays = [] } = {}) {
  const runs = holidays.map(([first, last]) => ({ first: readDay(first), last: readDay(last) }));
  const schoolDays = { terms: [], holidays: runs, daysOff: new Set() };
  return { zone: ZONE, schoolDays, openings: [MONDAY_TO_SATURDAY, ...openings] };
}

/**
 * The first day that is kept, and whether the border is its midnight.
 *
 * @param {string} day
 * @param {any} [of]
 * @param {number} [minute]
 */
function keptFrom(day, of = calendar(), minute = NOON) {
  const nowMs = localMs(/** @type {number} */ (readDay(day)), minute, ZONE);
  const borderMs = forgetBefore(nowMs, of);
  const first = localDay(borderMs, ZONE);
  return [dayText(first), localMs(first, 0, ZONE) === borderMs];
}

/** @param {number} atMs by which a phone at its lane is sure of the time */
const by = (atMs) => ({ calendar: calendar(), isSure: true, atMs });

for (const [today, minute, first] of /** @type {[string, number, string][]} */ ([
  ['2026-11-24', 0, '2026-11-23'], // Tuesday: Monday's are kept
  ['2026-11-24', 1439, '2026-11-23'],
  ['2026-11-25', 0, '2026-11-24'], // Wednesday: Monday's are gone
  ['2026-11-23', 480, '2026-11-21'], // Monday: Saturday's live on
  ['2026-11-22', 480, '2026-11-21'], // Sunday is no school day
  ['2026-10-26', 720, '2026-10-24'], // clocks went back in the night to Sunday
  ['2027-03-30', 720, '2027-03-29'],
])) {
  test(`An entry lives until the end of the next school day: on ${today}, minute ${minute}.`, () => {
    assert.deepEqual(keptFrom(today, calendar(), minute), [first, true]);
  });
}

test('Holidays do not count as school days, and nothing lives beyond 14 days.', () => {
  const christmas = calendar({ holidays: [['2026-12-19', '2027-01-03']] });

  assert.deepEqual(keptFrom('2026-12-24', christmas), ['2026-12-18', true]);
  assert.deepEqual(keptFrom('2027-01-03', christmas), ['2026-12-20', true]);
});

test("A boarders' Sunday is no school day.", () => {
  for (const on of ['eves', 'always']) {
    const sunday = calendar({ openings: [{ on, weekdays: [7] }] });
    assert.deepEqual(keptFrom('2026-11-23', sunday), ['2026-11-21', true]);
  }
});

test('A journal that refuses is asked again the next time; a bug of ours is not hidden.', async () => {
  const atMs = localMs(/** @type {number} */ (readDay('2026-11-24')), NOON, ZONE);
  const refusing = (/** @type {Error} */ error) =>
    /** @type {any} */ ({ eraseBefore: () => Promise.reject(error) });

  await retain(refusing(new JournalError('full')), by(atMs));
  await assert.rejects(retain(refusing(new TypeError('bug')), by(atMs)), TypeError);
});

test('What is old is erased by the rule, and what the server had for long is let go.', async () => {
  const asked = /** @type {any[]} */ ([]);
  const journal = /** @type {any} */ ({
    eraseBefore: async (/** @type {any[]} */ ...of) => void asked.push(of),
    keepUntil: async (/** @type {any[]} */ ...of) => void asked.push(of),
  });
  const atMs = localMs(/** @type {number} */ (readDay('2026-11-24')), NOON, ZONE);
  await retain(journal, by(atMs));

  const beforeMs = forgetBefore(atMs, calendar());
  assert.deepEqual(asked, [[{ beforeMs, code: 'next-school-day', sentOnly: false }, atMs], [atMs]]);
});
