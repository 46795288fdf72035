/**
 * When a pupil may leave alone, and why.
 *
 * A school writes its own regimes; each is one rule over one period of supervision. A permission
 * beats any regime. Whatever the answer, nothing locks: it drives the lamp and tells the agent.
 */

import { isoWeekday } from './days.js';
import { NO_LESSONS, isWithin, lessonsOf } from './dayplans.js';
import { KnowledgeError } from './errors.js';
import { readFields, readWords } from './plain.js';
import { beginsOn, permissionFor } from './rights.js';

/** @typedef {import('./dayplans.js').DayPlan} DayPlan */
/** @typedef {import('./dayplans.js').Hours} Hours */
/** @typedef {import('./dayplans.js').Lessons} Lessons */
/** @typedef {import('./rights.js').Permission} Permission */
/** @typedef {import('./rights.js').Rights} Rights */

const CODE_CHARS_MAX = 12; // travels sealed in the pass
const REGIMES_MAX = 60;
const RULES = /** @type {const} */ ([
  'any-time', // of age: signs for oneself
  'no-lesson', // out between two lessons as well
  'last-lesson', // after the period's last lesson that takes place
  'last-hour', // after its last planned hour, teacher absent or not
  'full-hours', // not before the end of the school's own day
  'permission-only', // never alone
]);
const PERIODS = /** @type {const} */ ([
  'profile', // boarders: week; on meal days: day; otherwise: half-day
  'half-day',
  'day',
  'week',
]);

/**
 * @typedef {object} ExitRegime
 * @property {string} code stable: sealed in passes
 * @property {import('./plain.js').Words} title
 * @property {typeof RULES[number]} rule
 * @property {typeof PERIODS[number]} period
 */

/** @typedef {'permitted' | 'not-permitted' | 'regime-unknown' | 'timetable-unknown'} Verdict */

/** What an answer rests on, and what it says. */
export const VERDICTS = Object.freeze(
  /** @type {const} */ ({
    'of-age': 'permitted',
    'no-lesson-now': 'permitted',
    'period-over': 'permitted',
    permission: 'permitted',
    'in-lesson': 'not-permitted',
    'lesson-later': 'not-permitted',
    'week-not-over': 'not-permitted',
    'before-meal': 'not-permitted',
    'before-day-ends': 'not-permitted',
    'never-alone': 'not-permitted',
    'regime-unknown': 'regime-unknown',
    'timetable-unknown': 'timetable-unknown',
  }),
);

/** @typedef {keyof typeof VERDICTS} Why */

/** @typedef {{rights: Rights, regime: ExitRegime | null, plan: DayPlan}} Leaver  null: not known */

/**
 * @typedef {object} ExitAnswer
 * @property {Verdict} verdict
 * @property {Why} why
 * @property {number} atMs
 * @property {ExitRegime | null} regime
 * @property {{atMs: number, why: Why} | null} later the first later instant of the day at which they
 *   may leave; null when permitted now, or no more today
 * @property {Permission | null} permission
 */

/**
 * Read regimes, by code.
 *
 * @param {readonly unknown[]} rows
 * @returns {Map<string, ExitRegime>}
 * @throws {KnowledgeError} see `readFields`; or two regimes share a code
 */
export function readRegimes(rows) {
  if (rows.length > REGIMES_MAX) throw new KnowledgeError(`more than ${REGIMES_MAX} exit regimes`);
  const regimes = new Map(rows.map(readRegime).map((regime) => [regime.code, regime]));
  if (regimes.size !== rows.length) throw new KnowledgeError('two exit regimes share a code');
  return regimes;
}

/**
 * @param {unknown} data
 * @returns {ExitRegime}
 */
function readRegime(data) {
  return readFields(data, 'exit regime', (fields) => ({
    code: fields.text('code', CODE_CHARS_MAX),
    title: readWords(fields.map('title')),
    rule: fields.choice('rule', RULES),
    period: fields.choice('period', PERIODS),
  }));
}

/**
 * Say whether a pupil may leave alone at an instant of the plan's day, and from when on.
 *
 * @param {Leaver} leaver
 * @param {number} atMs
 * @returns {ExitAnswer}
 */
export function mayLeave(leaver, atMs) {
  const lessons = lessonsOf(leaver.plan, leaver.rights.groups);
  const { why, permission } = whyAt(leaver, lessons, atMs);
  const verdict = VERDICTS[why];
  const later = verdict === 'permitted' ? null : laterToday(leaver, lessons, atMs);
  return { verdict, why, atMs, regime: leaver.regime, later, permission };
}

/**
 * @param {Leaver} leaver
 * @param {Lessons | null} lessons
 * @param {number} afterMs
 */
function laterToday(leaver, lessons, afterMs) {
  for (const atMs of turningPoints(leaver, lessons ?? NO_LESSONS, afterMs)) {
    const { why } = whyAt(leaver, lessons, atMs);
    if (VERDICTS[why] === 'permitted') return { atMs, why };
  }
  return null;
}

/**
 * List the later instants of the day at which an answer may become yes.
 *
 * @param {Leaver} leaver
 * @param {Lessons} lessons
 * @param {number} afterMs
 */
function turningPoints({ plan, rights }, lessons, afterMs) {
  const moments = [
    plan.marks.morningEndsMs,
    plan.marks.mealEndsMs,
    plan.marks.dayEndsMs,
    ...[...lessons.held, ...lessons.planned].map((hours) => hours.closesMs),
    ...rights.permissions.map((permission) => beginsOn(permission, plan)),
  ];
  return moments
    .filter((atMs) => afterMs < atMs && atMs < plan.endsMs)
    .sort((one, other) => one - other);
}

/**
 * Ask the regime first: a permission is named only when it was needed.
 *
 * @param {Leaver} leaver
 * @param {Lessons | null} lessons
 * @param {number} atMs
 * @returns {{why: Why, permission: Permission | null}}
 */
function whyAt(leaver, lessons, atMs) {
  const why = byRegime(leaver, lessons, atMs);
  if (VERDICTS[why] === 'permitted') return { why, permission: null };
  const permission = permissionFor(leaver.rights, 'exit', atMs, leaver.plan);
  return { why: permission === null ? why : 'permission', permission };
}

/**
 * @param {Leaver} leaver
 * @param {Lessons | null} lessons
 * @param {number} atMs
 * @returns {Why}
 */
function byRegime(leaver, lessons, atMs) {
  const { regime } = leaver;
  if (regime === null) return 'regime-unknown';
  if (regime.rule === 'any-time') return 'of-age';
  if (regime.rule === 'permission-only') return 'never-alone';
  if (lessons === null) return 'timetable-unknown';
  return byLessons(leaver, regime, lessons, atMs);
}

/**
 * @param {Leaver} leaver
 * @param {ExitRegime} regime
 * @param {Lessons} lessons
 * @param {number} atMs
 * @returns {Why}
 */
function byLessons(leaver, regime, lessons, atMs) {
  const byPlan = regime.rule === 'last-hour' || regime.rule === 'full-hours';
  const hours = byPlan ? lessons.planned : lessons.held;
  if (hours.some((lesson) => isWithin(lesson, atMs))) return 'in-lesson';
  if (regime.rule === 'no-lesson') return 'no-lesson-now';
  const weekEndsMs = byPlan ? lessons.weekPlannedMs : lessons.weekHeldMs;
  return supervision(leaver, regime, { hours, weekEndsMs }, atMs) ?? 'period-over';
}

/**
 * Say what still keeps a pupil inside, outside lessons; null: nothing.
 *
 * @param {Leaver} leaver
 * @param {ExitRegime} regime
 * @param {{hours: readonly Hours[], weekEndsMs: number}} ahead
 * @param {number} atMs
 * @returns {Why | null}
 */
function supervision(leaver, regime, { hours, weekEndsMs }, atMs) {
  const { plan } = leaver;
  const period = periodOf(leaver, regime);
  const morning = isMorning(hours, plan, atMs);
  const later = hours
    .filter((lesson) => lesson.opensMs >= atMs)
    .filter(({ opensMs }) => period !== 'half-day' || opensMs < plan.marks.middayMs === morning);
  if (later.length) return 'lesson-later';
  if (period === 'week' && atMs < weekEndsMs) return 'week-not-over';
  if (eats(leaver) && period === 'day' && hours.length && atMs < plan.marks.mealEndsMs) {
    return 'before-meal';
  }
  const halved = period === 'half-day' && morning;
  const endsMs = halved ? plan.marks.morningEndsMs : plan.marks.dayEndsMs;
  return regime.rule === 'full-hours' && plan.schoolDay && atMs < endsMs ? 'before-day-ends' : null;
}

/**
 * @param {Leaver} leaver
 * @param {ExitRegime} regime
 */
function periodOf(leaver, regime) {
  if (regime.period !== 'profile') return regime.period;
  if (leaver.rights.boarder) return 'week';
  return eats(leaver) ? 'day' : 'half-day';
}

/** @param {Leaver} leaver */
function eats({ plan, rights }) {
  return rights.mealDays.includes(isoWeekday(plan.day));
}

/**
 * Say which half of the day a pupil is in: that of the last lesson, else the clock's.
 *
 * A lunch break belongs to the morning, however late it begins, so that a day pupil whose lessons end
 * at 13:00 may go home to eat.
 *
 * @param {readonly Hours[]} hours
 * @param {DayPlan} plan
 * @param {number} atMs
 */
function isMorning(hours, plan, atMs) {
  const begun = hours.filter((lesson) => lesson.closesMs <= atMs).map((lesson) => lesson.opensMs);
  const last = begun.length ? Math.max(...begun) : atMs;
  return last < plan.marks.middayMs;
}
