/** One local date of a calendar in UTC milliseconds, so that a lane only compares numbers. */

import { closesAfter, holdsOn, isSchoolDay } from './calendars.js';
import { isoWeekday } from './days.js';
import { localMs } from './localtime.js';
import { DAY_MINUTES } from './plain.js';
import { knows, lessonsOn } from './timetables.js';

/** @typedef {import('./calendars.js').Audience} Audience */
/** @typedef {import('./calendars.js').Calendar} Calendar */
/** @typedef {import('./calendars.js').Opening} Opening */
/** @typedef {import('./days.js').Day} Day */
/** @typedef {import('./timetables.js').Timetable} Timetable */

/** @typedef {{opensMs: number, closesMs: number}} Hours  a span of UTC ms, its end excluded */
/** @typedef {{morningEndsMs: number, middayMs: number, mealEndsMs: number, dayEndsMs: number}} DayMarks */
/** @typedef {{zone: string, audience: Audience, hours: Hours | null}} PlannedOpening  null: not today */

/**
 * @typedef {object} Who What openings ask about somebody; null: not unsealed here
 * @property {import('./values.js').Kind | null} kind
 * @property {string | null} holder
 * @property {readonly string[]} groups
 */

/**
 * @typedef {object} Lessons Of one group or several, on one date and later in its week
 * @property {readonly Hours[]} held those that take place, in order
 * @property {readonly Hours[]} planned those and the cancelled ones
 * @property {number} weekHeldMs when the last one held later in the week ends; 0: none
 * @property {number} weekPlannedMs
 */

/**
 * @typedef {object} DayPlan
 * @property {Day} day
 * @property {string} zoneName
 * @property {number} beginsMs
 * @property {number} endsMs
 * @property {boolean} schoolDay
 * @property {DayMarks} marks
 * @property {readonly PlannedOpening[]} openings
 * @property {ReadonlyMap<string, Lessons> | null} lessons by group; null: the timetable doesn't cover it
 */

/** @type {Lessons} */
export const NO_LESSONS = Object.freeze({ held: [], planned: [], weekHeldMs: 0, weekPlannedMs: 0 });

/**
 * Say whether an instant lies in a span.
 *
 * @param {Hours} hours
 * @param {number} atMs
 */
export function isWithin(hours, atMs) {
  return hours.opensMs <= atMs && atMs < hours.closesMs;
}

/**
 * Say whether an instant lies in a plan's date.
 *
 * @param {DayPlan} plan
 * @param {number} atMs
 */
export function isInPlan(plan, atMs) {
  return plan.beginsMs <= atMs && atMs < plan.endsMs;
}

/**
 * Say "open", "closed", or "not-covered" when nothing ever opens this zone to them.
 *
 * @param {DayPlan} plan
 * @param {string} zone
 * @param {Who} who
 * @param {number} atMs
 */
export function openingOf(plan, zone, who, atMs) {
  const theirs = plan.openings.filter((one) => one.zone === zone && isFor(one.audience, who));
  if (theirs.some(({ hours }) => hours !== null && isWithin(hours, atMs))) return 'open';
  return theirs.length ? 'closed' : 'not-covered';
}

/**
 * @param {Audience} audience
 * @param {Who} who
 */
function isFor(audience, { kind, holder, groups }) {
  return (
    audience.everybody ||
    (kind !== null && audience.kinds.includes(kind)) ||
    (holder !== null && audience.holders.includes(holder)) ||
    groups.some((group) => audience.groups.includes(group))
  );
}

/**
 * Merge the lessons of several groups; null when one of them, or the day, is unknown.
 *
 * @param {DayPlan} plan
 * @param {readonly string[]} groups
 * @returns {Lessons | null}
 */
export function lessonsOf(plan, groups) {
  const found = groups.flatMap((group) => plan.lessons?.get(group) ?? []);
  if (groups.length === 0 || found.length !== groups.length) return null;
  return {
    held: merged(found.map((lessons) => lessons.held)),
    planned: merged(found.map((lessons) => lessons.planned)),
    weekHeldMs: Math.max(...found.map((lessons) => lessons.weekHeldMs)),
    weekPlannedMs: Math.max(...found.map((lessons) => lessons.weekPlannedMs)),
  };
}

/**
 * Put spans in order, each once.
 *
 * @param {readonly (readonly Hours[])[]} several
 * @returns {Hours[]}
 */
function merged(several) {
  const spans = new Map(
    several.flat().map((hours) => [`${hours.opensMs} ${hours.closesMs}`, hours]),
  );
  return [...spans.values()].sort(
    (one, other) => one.opensMs - other.opensMs || one.closesMs - other.closesMs,
  );
}

/**
 * Compile one local date of a calendar.
 *
 * @param {Calendar} calendar
 * @param {Day} day
 * @returns {DayPlan}
 */
export function planDay(calendar, day) {
  return Object.freeze({
    day,
    zoneName: calendar.zone,
    beginsMs: localMs(day, 0, calendar.zone),
    endsMs: localMs(day, DAY_MINUTES, calendar.zone),
    schoolDay: isSchoolDay(calendar.schoolDays, day),
    marks: marksOf(calendar, day),
    openings: calendar.openings.flatMap((opening) =>
      hoursOf(calendar, opening, day).map((hours) => {
        return { zone: opening.zone, audience: opening.audience, hours };
      }),
    ),
    lessons: groupLessons(calendar, day),
  });
}

/**
 * @param {Calendar} calendar
 * @param {Day} day
 * @returns {DayMarks}
 */
function marksOf({ marks, zone }, day) {
  return {
    morningEndsMs: localMs(day, marks.morningEnds, zone),
    middayMs: localMs(day, marks.midday, zone),
    mealEndsMs: localMs(day, marks.mealEnds, zone),
    dayEndsMs: localMs(day, marks.dayEnds[isoWeekday(day) - 1], zone),
  };
}

/**
 * Return an opening's hours that touch a date, yesterday's past midnight included.
 *
 * @param {Calendar} calendar
 * @param {Opening} opening
 * @param {Day} day
 * @returns {(Hours | null)[]}
 */
function hoursOf(calendar, opening, day) {
  const found = [day - 1, day]
    .filter((start) => start === day || closesAfter(opening) > DAY_MINUTES)
    .filter((start) => holdsOn(opening, start, calendar.schoolDays))
    .map((start) => ({
      opensMs: localMs(start, opening.opens, calendar.zone),
      closesMs: localMs(start, closesAfter(opening), calendar.zone, true),
    }));
  return found.length ? found : [null];
}

/**
 * @param {Calendar} calendar
 * @param {Day} day
 * @returns {Map<string, Lessons> | null}
 */
function groupLessons(calendar, day) {
  const { timetable, zone } = calendar;
  if (timetable === null || !knows(timetable, day)) return null;
  const today = lessonsOn(timetable, day, isSchoolDay(calendar.schoolDays, day)).map((lesson) => ({
    ...lesson,
    opensMs: localMs(day, lesson.begins, zone),
    closesMs: localMs(day, lesson.ends, zone, true),
  }));
  const byGroup = grouped(today);
  const week = weekEnds(calendar, timetable, day);
  return new Map(
    timetable.groups.map((group) => [
      group,
      lessonsFrom(byGroup.get(group) ?? [], week.get(group)),
    ]),
  );
}

/**
 * @template {{group: string}} T
 * @param {readonly T[]} rows
 */
function grouped(rows) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const row of rows) {
    const theirs = groups.get(row.group);
    if (theirs) theirs.push(row);
    else groups.set(row.group, [row]);
  }
  return groups;
}

/**
 * @param {readonly (Hours & {cancelled: boolean})[]} lessons
 * @param {WeekEnds} [later]
 * @returns {Lessons}
 */
function lessonsFrom(lessons, later = { heldMs: 0, plannedMs: 0 }) {
  const planned = lessons.map(({ opensMs, closesMs }) => ({ opensMs, closesMs }));
  const held = planned.filter((_, place) => !lessons[place].cancelled);
  return {
    held: merged([held]),
    planned: merged([planned]),
    weekHeldMs: later.heldMs,
    weekPlannedMs: later.plannedMs,
  };
}

/** @typedef {{heldMs: number, plannedMs: number}} WeekEnds */

/**
 * Return, by group, when the last lesson held, and planned, later this week ends.
 *
 * A school week goes from Sunday to Saturday: boarders come back on Sunday evening.
 *
 * @param {Calendar} calendar
 * @param {Timetable} timetable
 * @param {Day} day
 */
function weekEnds(calendar, timetable, day) {
  /** @type {Map<string, WeekEnds>} */
  const ends = new Map();
  const daysLeft = 6 - (isoWeekday(day) % 7); // Sunday is 7: six days of its week are left
  for (let later = day + 1; later <= day + daysLeft; later += 1) {
    for (const lesson of lessonsOn(timetable, later, isSchoolDay(calendar.schoolDays, later))) {
      const endsMs = localMs(later, lesson.ends, calendar.zone, true);
      const { heldMs, plannedMs } = ends.get(lesson.group) ?? { heldMs: 0, plannedMs: 0 };
      ends.set(lesson.group, {
        heldMs: lesson.cancelled ? heldMs : Math.max(heldMs, endsMs),
        plannedMs: Math.max(plannedMs, endsMs),
      });
    }
  }
  return ends;
}
