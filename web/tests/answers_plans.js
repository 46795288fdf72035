/** What `answers.js` plans of a date, and who may leave on it. */

import { readCalendar } from '../core/calendars.js';
import { decode } from '../core/canonical.js';
import { planDay } from '../core/dayplans.js';
import { mayLeave, readRegimes } from '../core/exits.js';
import { readRights } from '../core/rights.js';
import { fromHex } from '../core/values.js';

/** @typedef {import('../core/dayplans.js').Hours} Hours */

const CAPS = { bytesMax: 1_000_000, depthMax: 10, itemsMax: 100_000 };

/** @param {string} hex */
function plainData(hex) {
  return decode(fromHex(hex), CAPS);
}

/** @param {{calendar: string, days: number[]}} question */
function plans({ calendar, days }) {
  const read = readCalendar(plainData(calendar));
  return days.map((day) => planData(planDay(read, day)));
}

/** @param {Hours} hours */
function span({ opensMs, closesMs }) {
  return [opensMs, closesMs];
}

/** @param {import('../core/dayplans.js').DayPlan} plan */
function planData({ day, beginsMs, endsMs, schoolDay, marks, openings, lessons }) {
  const groups = [...(lessons ?? [])].map(([group, one]) => [
    group,
    [one.held.map(span), one.planned.map(span), one.weekHeldMs, one.weekPlannedMs],
  ]);
  return {
    day,
    span: [beginsMs, endsMs],
    schoolDay,
    marks: [marks.morningEndsMs, marks.middayMs, marks.mealEndsMs, marks.dayEndsMs],
    openings: openings.map(({ zone, hours }) => [zone, hours && span(hours)]),
    lessons: lessons && Object.fromEntries(groups),
  };
}

/** @param {any} question */
function leaving({ calendar, day, regimes, asked }) {
  const plan = planDay(readCalendar(plainData(calendar)), day);
  const known = readRegimes(plainData(regimes));
  return asked.map((/** @type {[string, string | null, number]} */ [book, code, atMs]) => {
    const [rights] = readRights(plainData(book)).values();
    const regime = known.get(code ?? '') ?? null;
    const { verdict, why, later, permission } = mayLeave({ rights, regime, plan }, atMs);
    const allowed = permission && rights.permissions.indexOf(permission);
    return [verdict, why, later && [later.atMs, later.why], allowed];
  });
}

/** @type {Record<string, (asked: any) => any>} */
export const PLANS = { plans, leaving };
