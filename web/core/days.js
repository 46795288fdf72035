/** Local dates as whole numbers: days since 1970-01-01, which are compared and counted at once. */

/** @typedef {number} Day */

export const DAY_MS = 86_400_000;
const TEXT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/**
 * Read "YYYY-MM-DD", from the year 1 on; null if it isn't a date.
 *
 * @param {unknown} text
 * @returns {Day | null}
 */
export function readDay(text) {
  if (typeof text !== 'string' || !TEXT.test(text)) return null;
  const [year, month, date] = text.split('-').map(Number);
  const day = dayOf(year, month, date);
  return year >= 1 && dayText(day) === text ? day : null;
}

/**
 * @param {number} year
 * @param {number} month 1 to 12
 * @param {number} date
 * @returns {Day}
 */
export function dayOf(year, month, date) {
  return new Date(0).setUTCFullYear(year, month - 1, date) / DAY_MS;
}

/**
 * Write a date as "YYYY-MM-DD".
 *
 * @param {Day} day
 */
export function dayText(day) {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/**
 * Return the ISO weekday, 1 Monday to 7 Sunday.
 *
 * @param {Day} day
 */
export function isoWeekday(day) {
  return ((((day + 3) % 7) + 7) % 7) + 1; // day 0 was a Thursday
}
