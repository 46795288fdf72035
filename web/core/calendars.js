/**
 * When a school is open, for whom, and which days are school days, in its local time.
 *
 * `dayplans.js` turns one date of it into UTC.
 */

import { KnowledgeError } from './errors.js';
import { isoWeekday } from './days.js';
import { zoneOf } from './localtime.js';
import { DAY_MINUTES, clockMinute, readFields } from './plain.js';
import { readTimetable } from './timetables.js';
import { KINDS } from './values.js';

/** @typedef {import('./days.js').Day} Day */
/** @typedef {import('./timetables.js').Timetable} Timetable */
/** @typedef {import('./values.js').Kind} Kind */

const OPENINGS_MAX = 2_000;
const SPANS_MAX = 400;
const ON = /** @type {const} */ (['school-days', 'eves', 'always']);

/** @typedef {{title: string, first: Day, last: Day}} Days  a run of local dates, both included */

/**
 * @typedef {object} SchoolDays Without terms the whole year is one
 * @property {readonly Days[]} terms
 * @property {readonly Days[]} holidays
 * @property {ReadonlySet<Day>} daysOff
 */

/**
 * @typedef {object} Marks Times of the school's day, in local minutes, that exit regimes refer to
 * @property {number} morningEnds
 * @property {number} midday
 * @property {number} mealEnds
 * @property {readonly number[]} dayEnds one for each weekday, Monday first
 */

/**
 * @typedef {object} Audience Everybody, or whoever is in one of the three lists
 * @property {boolean} everybody
 * @property {readonly Kind[]} kinds
 * @property {readonly string[]} groups
 * @property {readonly string[]} holders
 */

/**
 * @typedef {object} Opening Hours of a zone for an audience: every week, on dates, or both
 * @property {string} title
 * @property {string} zone
 * @property {Audience} audience
 * @property {number} opens local minutes
 * @property {number} closes at or before `opens`: the next day
 * @property {readonly number[]} weekdays they hold from `first` to `last` as `on` says
 * @property {'school-days' | 'eves' | 'always'} on
 * @property {Day | null} first
 * @property {Day | null} last
 * @property {readonly Day[]} dates they hold whatever the calendar says
 */

/**
 * @typedef {object} Calendar All that one date's plan is made from
 * @property {string} zone the IANA name of its time zone
 * @property {SchoolDays} schoolDays
 * @property {Marks} marks
 * @property {readonly Opening[]} openings
 * @property {Timetable | null} timetable null: the school gave none
 */

/**
 * @param {unknown} data the knowledge's part `calendar`
 * @returns {Calendar}
 * @throws {KnowledgeError} see `readFields`; or a time zone that isn't one
 */
export function readCalendar(data) {
  const calendar = readFields(data, 'calendar', (fields) => {
    const timetable = fields.maybe('timetable', fields.map);
    return {
      zone: fields.text('zone'),
      schoolDays: readSchoolDays(fields.map('school_days')),
      marks: readMarks(fields.map('marks')),
      openings: fields.rows('openings', OPENINGS_MAX).map(readOpening),
      timetable: timetable === null ? null : readTimetable(timetable),
    };
  });
  zoneOf(calendar.zone);
  return calendar;
}

/**
 * @param {unknown} data
 * @returns {SchoolDays}
 */
function readSchoolDays(data) {
  return readFields(data, 'school days', (fields) => ({
    terms: fields.rows('terms', SPANS_MAX).map(readDays),
    holidays: fields.rows('holidays', SPANS_MAX).map(readDays),
    daysOff: new Set(fields.days('days_off')),
  }));
}

/**
 * @param {unknown} data
 * @returns {Days}
 */
function readDays(data) {
  const days = readFields(data, 'term or holiday', (fields) => ({
    title: fields.text('title'),
    first: fields.day('first'),
    last: fields.day('last'),
  }));
  if (days.last < days.first) throw new KnowledgeError(`${days.title}: ends before it begins`);
  return days;
}

/**
 * @param {unknown} data
 * @returns {Marks}
 */
function readMarks(data) {
  return readFields(data, 'marks of the day', (fields) => ({
    morningEnds: fields.clock('morning_ends'),
    midday: fields.clock('midday'),
    mealEnds: fields.clock('meal_ends'),
    dayEnds: readDayEnds(fields.rows('day_ends', 7)),
  }));
}

/** @param {unknown[]} rows */
function readDayEnds(rows) {
  const minutes = rows.map((row) => (typeof row === 'string' ? clockMinute(row) : null));
  if (minutes.length !== 7 || minutes.includes(null)) {
    throw new KnowledgeError('marks of the day: day_ends needs a time for each weekday');
  }
  return /** @type {number[]} */ (minutes);
}

/**
 * @param {unknown} data
 * @returns {Opening}
 */
function readOpening(data) {
  return readFields(data, 'opening', (fields) => ({
    title: fields.text('title'),
    zone: fields.code('zone'),
    audience: readAudience(fields.map('audience')),
    opens: fields.clock('opens'),
    closes: fields.clock('closes'),
    weekdays: fields.weekdays('weekdays'),
    on: fields.choice('on', ON),
    first: fields.maybe('first', fields.day),
    last: fields.maybe('last', fields.day),
    dates: fields.days('dates'),
  }));
}

/**
 * @param {unknown} data
 * @returns {Audience}
 */
function readAudience(data) {
  const audience = readFields(data, 'audience', (fields) => ({
    everybody: fields.truth('everybody'),
    kinds: fields.texts('kinds'),
    groups: fields.texts('groups'),
    holders: fields.texts('holders'),
  }));
  const kinds = /** @type {Kind[]} */ (audience.kinds);
  if (!kinds.every((kind) => KINDS.includes(kind))) {
    throw new KnowledgeError("audience: a kind that isn't one");
  }
  return { ...audience, kinds };
}

/**
 * Say whether a date lies in a term, in no holiday, and is no day off.
 *
 * @param {SchoolDays} schoolDays
 * @param {Day} day
 */
export function isSchoolDay({ terms, holidays, daysOff }, day) {
  const inTerm = terms.length === 0 || isAmong(terms, day);
  return inTerm && !daysOff.has(day) && !isAmong(holidays, day);
}

/**
 * @param {readonly Days[]} runs
 * @param {Day} day
 */
function isAmong(runs, day) {
  return runs.some((run) => run.first <= day && day <= run.last);
}

/**
 * Return the minutes from an opening's own midnight to its closing, over 1440 when past midnight.
 *
 * @param {Opening} opening
 */
export function closesAfter({ opens, closes }) {
  return closes > opens ? closes : closes + DAY_MINUTES;
}

/**
 * Say whether an opening opens on a local date.
 *
 * @param {Opening} opening
 * @param {Day} day
 * @param {SchoolDays} schoolDays
 */
export function holdsOn(opening, day, schoolDays) {
  if (opening.dates.includes(day)) return true;
  if (!opening.weekdays.includes(isoWeekday(day))) return false;
  if (opening.first !== null && day < opening.first) return false;
  if (opening.last !== null && day > opening.last) return false;
  if (opening.on === 'always') return true;
  return isSchoolDay(schoolDays, opening.on === 'eves' ? day + 1 : day);
}
