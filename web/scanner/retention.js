/**
 * How long identified entries live on this phone: by default until the end of the next school day, local time.
 *
 * The same rule as a gate's (`portique.gate.retention`). An app that is not opened erases nothing. A locked one
 * knows no calendar: it erases what was sent 14 days ago.
 */

import { isSchoolDay } from '../core/calendars.js';
import { DAY_MS, isoWeekday } from '../core/days.js';
import { JournalError } from '../core/errors.js';
import { localDay, localMs } from '../core/localtime.js';

/** @typedef {import('../core/calendars.js').Calendar} Calendar */

export const RETAIN_MS = 600_000; // how often to ask

const RULE = 'next-school-day';
const DAYS_MAX = 14; // however long the holidays

/**
 * Erase and let go what is past its time; what the journal refuses is tried again the next time.
 *
 * @param {import('./journal.js').Journal} journal
 * @param {object} by
 * @param {Calendar | null} by.calendar the school's; null: it is closed, nobody is signed in
 * @param {boolean} by.isSure the school signed the time: then what was not sent may go as well
 * @param {number} by.atMs now
 */
export async function retain(journal, { calendar, isSure, atMs }) {
  const beforeMs = calendar ? forgetBefore(atMs, calendar) : atMs - DAYS_MAX * DAY_MS;
  const sentOnly = calendar === null || !isSure;
  try {
    await journal.eraseBefore({ beforeMs, code: RULE, sentOnly }, atMs);
    if (isSure) await journal.keepUntil(atMs);
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
  }
}

/**
 * Return the instant before which identified entries are erased: a local midnight, in UTC ms.
 *
 * An entry survives the day it was made and one school day that is over; never longer than 14 days.
 *
 * @param {number} nowMs
 * @param {Calendar} calendar
 */
export function forgetBefore(nowMs, calendar) {
  const today = localDay(nowMs, calendar.zone);
  let day = today - 1;
  while (!keepsSchool(calendar, day) && today - day < DAYS_MAX) day -= 1;
  return localMs(day, 0, calendar.zone);
}

/**
 * Say whether the school holds a day: in a term, and an opening of its ordinary week keeps it.
 *
 * Boarders who come back on a Sunday make no school day of it.
 *
 * @param {Calendar} calendar
 * @param {import('../core/days.js').Day} day
 */
function keepsSchool({ schoolDays, openings }, day) {
  const ordinary = openings.filter(({ on }) => on === 'school-days');
  const kept = ordinary.some(({ weekdays }) => weekdays.includes(isoWeekday(day)));
  return kept && isSchoolDay(schoolDays, day);
}
