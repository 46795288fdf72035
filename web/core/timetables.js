/** Which lessons each group has: every week, with what is cancelled and added. */

import { isoWeekday } from './days.js';
import { KnowledgeError } from './errors.js';
import { readFields } from './plain.js';

/** @typedef {import('./days.js').Day} Day */

const LESSONS_MAX = 60_000;
const CHANGES_MAX = 20_000;
const GROUPS_MAX = 2_000;
const CHANGE_KINDS = /** @type {const} */ (['cancelled', 'added']);

/**
 * @typedef {object} Lesson A weekly lesson of a group, in local minutes of one day
 * @property {string} group
 * @property {number} weekday
 * @property {number} begins
 * @property {number} ends
 * @property {Day | null} first
 * @property {Day | null} last
 * @property {number} every 2: one week in two, counted from the week of `first`
 */

/**
 * @typedef {object} Change One date's exception: lessons that overlap are cancelled, or one is added
 * @property {string} group
 * @property {Day} day
 * @property {'cancelled' | 'added'} kind
 * @property {number} begins
 * @property {number} ends
 */

/** @typedef {{group: string, begins: number, ends: number, cancelled: boolean}} Held */

/**
 * @typedef {object} Timetable Believed from `first` to `last`; of a group not named, nothing is known
 * @property {Day} first
 * @property {Day} last
 * @property {readonly string[]} groups
 * @property {readonly Lesson[]} lessons
 * @property {readonly Change[]} changes
 */

/**
 * @param {unknown} data
 * @returns {Timetable}
 * @throws {KnowledgeError} see `readFields`; or a lesson or change is of a group not named
 */
export function readTimetable(data) {
  const timetable = readFields(data, 'timetable', (fields) => ({
    first: fields.day('first'),
    last: fields.day('last'),
    groups: fields.texts('groups', GROUPS_MAX),
    lessons: fields.rows('lessons', LESSONS_MAX).map(readLesson),
    changes: fields.rows('changes', CHANGES_MAX).map(readChange),
  }));
  const named = new Set(timetable.groups);
  for (const { group } of [...timetable.lessons, ...timetable.changes]) {
    if (!named.has(group)) {
      throw new KnowledgeError(`the timetable has lessons of ${group}, which it doesn't name`);
    }
  }
  return timetable;
}

/**
 * @param {unknown} data
 * @returns {Lesson}
 */
function readLesson(data) {
  const lesson = readFields(data, 'lesson', (fields) => ({
    group: fields.text('group'),
    weekday: fields.whole('weekday', 1, 7),
    begins: fields.clock('begins'),
    ends: fields.clock('ends'),
    first: fields.maybe('first', fields.day),
    last: fields.maybe('last', fields.day),
    every: fields.whole('every', 1, 4),
  }));
  if (lesson.begins >= lesson.ends) {
    throw new KnowledgeError(`a lesson of ${lesson.group} ends before it begins`);
  }
  if (lesson.every > 1 && lesson.first === null) {
    throw new KnowledgeError(`a lesson of ${lesson.group} alternates but has no first date`);
  }
  return lesson;
}

/**
 * @param {unknown} data
 * @returns {Change}
 */
function readChange(data) {
  const change = readFields(data, 'change', (fields) => ({
    group: fields.text('group'),
    day: fields.day('day'),
    kind: fields.choice('kind', CHANGE_KINDS),
    begins: fields.clock('begins'),
    ends: fields.clock('ends'),
  }));
  if (change.begins >= change.ends) {
    throw new KnowledgeError(`a change for ${change.group} ends before it begins`);
  }
  return change;
}

/**
 * Say whether a date is covered.
 *
 * @param {Timetable} timetable
 * @param {Day} day
 */
export function knows(timetable, day) {
  return timetable.first <= day && day <= timetable.last;
}

/**
 * List each group's lessons of a date. Weekly lessons are held on school days only.
 *
 * @param {Timetable} timetable
 * @param {Day} day
 * @param {boolean} schoolDay
 * @returns {Held[]}
 */
export function lessonsOn(timetable, day, schoolDay) {
  const changes = timetable.changes.filter((change) => change.day === day);
  const cancelled = changes.filter((change) => change.kind === 'cancelled');
  const weekly = schoolDay ? timetable.lessons.filter((lesson) => fallsOn(lesson, day)) : [];
  const added = changes.filter((change) => change.kind === 'added');
  return [
    ...weekly.map(({ group, begins, ends }) => {
      const out = cancelled.some((change) => overlap(change, { group, begins, ends }));
      return { group, begins, ends, cancelled: out };
    }),
    ...added.map(({ group, begins, ends }) => ({ group, begins, ends, cancelled: false })),
  ];
}

/**
 * Say whether a lesson takes place on a local date, cancellations aside.
 *
 * @param {Lesson} lesson
 * @param {Day} day
 */
function fallsOn(lesson, day) {
  if (isoWeekday(day) !== lesson.weekday) return false;
  if (lesson.first !== null && day < lesson.first) return false;
  if (lesson.last !== null && day > lesson.last) return false;
  return lesson.first === null || weeks(lesson.first, day) % lesson.every === 0;
}

/**
 * Count calendar weeks, Monday to Sunday, from one date's to another's.
 *
 * @param {Day} first
 * @param {Day} day
 */
function weeks(first, day) {
  return (day - isoWeekday(day) - (first - isoWeekday(first))) / 7;
}

/**
 * @param {Change} change
 * @param {{group: string, begins: number, ends: number}} lesson
 */
function overlap(change, lesson) {
  return (
    change.group === lesson.group && change.begins < lesson.ends && lesson.begins < change.ends
  );
}
