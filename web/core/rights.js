/**
 * What one holder may do, as the school knows it today.
 *
 * Rights change without reprinting a pass and win over what was sealed in it. They hold no name: a
 * device finds them by the holder's number.
 */

import { isoWeekday } from './days.js';
import { KnowledgeError } from './errors.js';
import { localMs } from './localtime.js';
import { readFields } from './plain.js';
import { DIRECTIONS, isHexId } from './values.js';

/** @typedef {import('./dayplans.js').DayPlan} DayPlan */
/** @typedef {import('./values.js').Direction} Direction */

const GROUPS_MAX = 16;
const PERMISSIONS_MAX = 60;
const VISIT_ZONES_MAX = 20;

/**
 * @typedef {object} Permission A dated exception, whatever the hours and the regime say
 * @property {Direction} direction
 * @property {number} fromMs
 * @property {number | null} untilMs excluded; null: for good
 * @property {string} by a role, never a civil name
 * @property {string} reason may be empty
 * @property {readonly number[]} weekdays none: every day
 * @property {number | null} opens local minutes; null: all day
 * @property {number | null} closes
 */

/** @typedef {{zones: readonly string[], fromMs: number, untilMs: number}} Visit */

/**
 * @typedef {object} Rights
 * @property {readonly string[]} groups
 * @property {string} label may be empty, as `regime`: then the sealed one serves
 * @property {string} regime
 * @property {readonly number[]} mealDays ISO weekdays on which a half-boarder eats at school
 * @property {boolean} boarder
 * @property {readonly Permission[]} permissions
 * @property {Visit | null} visit
 */

/**
 * Of a holder the school said nothing about: no groups, no regime, no exception.
 *
 * @type {Rights}
 */
export const UNKNOWN = Object.freeze({
  groups: [],
  label: '',
  regime: '',
  mealDays: [],
  boarder: false,
  permissions: [],
  visit: null,
});

/**
 * Read everybody's rights, by the holder's number.
 *
 * @param {unknown} data the knowledge's part `rights`
 * @returns {Map<string, Rights>}
 * @throws {KnowledgeError} see `readFields`; or a holder's number that isn't one
 */
export function readRights(data) {
  if (!(data instanceof Map)) throw new KnowledgeError('rights: a map was expected');
  return new Map([...data].map(([holder, rights]) => [readHolder(holder), readOne(rights)]));
}

/** @param {unknown} text */
function readHolder(text) {
  if (isHexId(text)) return text;
  throw new KnowledgeError("rights: a holder's number that isn't one");
}

/**
 * @param {unknown} data
 * @returns {Rights}
 */
function readOne(data) {
  const rights = readFields(data, 'rights', (fields) => ({
    permissions: fields.rows('permissions', PERMISSIONS_MAX).map(readPermission),
    visit: readVisit(fields.maybe('visit', fields.map)),
    groups: fields.texts('groups'),
    label: fields.text('label'),
    regime: fields.text('regime'),
    mealDays: fields.weekdays('meal_days'),
    boarder: fields.truth('boarder'),
  }));
  if (rights.groups.length > GROUPS_MAX) {
    throw new KnowledgeError(`a holder has more than ${GROUPS_MAX} groups`);
  }
  return rights;
}

/**
 * @param {unknown} data
 * @returns {Permission}
 */
function readPermission(data) {
  return readFields(data, 'permission', (fields) => ({
    direction: fields.choice('direction', DIRECTIONS),
    fromMs: fields.whole('from_ms', 0),
    untilMs: fields.maybe('until_ms', (key) => fields.whole(key)),
    by: fields.text('by'),
    reason: fields.text('reason'),
    weekdays: fields.weekdays('weekdays'),
    opens: fields.maybe('opens', fields.clock),
    closes: fields.maybe('closes', fields.clock),
  }));
}

/**
 * @param {unknown} data
 * @returns {Visit | null}
 */
function readVisit(data) {
  if (data === null) return null;
  return readFields(data, 'visit', (fields) => ({
    zones: fields.texts('zones', VISIT_ZONES_MAX),
    fromMs: fields.whole('from_ms', 0),
    untilMs: fields.whole('until_ms', 0),
  }));
}

/**
 * Return the first permission that allows a passage; null if none does.
 *
 * @param {Rights} rights
 * @param {Direction} direction
 * @param {number} atMs
 * @param {DayPlan} plan the day of `atMs`
 */
export function permissionFor(rights, direction, atMs, plan) {
  return rights.permissions.find((one) => covers(one, direction, atMs, plan)) ?? null;
}

/**
 * @param {Permission} permission
 * @param {Direction} direction
 * @param {number} atMs
 * @param {DayPlan} plan
 */
function covers(permission, direction, atMs, plan) {
  const { fromMs, untilMs, weekdays, opens, closes } = permission;
  return (
    permission.direction === direction &&
    fromMs <= atMs &&
    (untilMs === null || atMs < untilMs) &&
    (weekdays.length === 0 || weekdays.includes(isoWeekday(plan.day))) &&
    (opens === null || localMs(plan.day, opens, plan.zoneName) <= atMs) &&
    (closes === null || atMs < localMs(plan.day, closes, plan.zoneName))
  );
}

/**
 * Return the first instant of a day from which a permission could allow anything.
 *
 * @param {Permission} permission
 * @param {DayPlan} plan
 */
export function beginsOn({ fromMs, opens }, plan) {
  const opensMs = opens === null ? plan.beginsMs : localMs(plan.day, opens, plan.zoneName);
  return Math.max(fromMs, opensMs);
}
