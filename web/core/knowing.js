/** What one device knows: a verified bundle, opened with the device's own key, ready to be asked. */

import { readAlarm } from './alarms.js';
import { readBadges } from './badges.js';
import { readCalendar } from './calendars.js';
import { readChecks } from './checks.js';
import { readDayPart } from './daylists.js';
import { planDay } from './dayplans.js';
import { KnowledgeError } from './errors.js';
import { readRegimes } from './exits.js';
import { BADGES, CHECKS, PARTS, TODAY, readBundle, readKeysPart } from './knowledge.js';
import { localDay } from './localtime.js';
import { keyRing } from './passes.js';
import { readFields } from './plain.js';
import { readStatusList } from './revocation.js';
import { readRights } from './rights.js';
import { isBytes } from './values.js';
import { readSite } from './zones.js';

/** @typedef {import('./daylists.js').DayList} DayList */
/** @typedef {import('./days.js').Day} Day */
/** @typedef {import('./dayplans.js').DayPlan} DayPlan */
/** @typedef {import('./keys.js').PublicKey} PublicKey */
/** @typedef {import('./knowledge.js').Version} Version */
/** @typedef {import('./wrapping.js').DeviceKey} DeviceKey */

const PLANS_KEPT_MAX = 4; // today, the night's other side, and a replay's turn of the year

/**
 * @typedef {object} Knowledge Everything a bundle says, checked part by part
 * @property {import('./knowledge.js').Manifest} manifest
 * @property {import('./knowledge.js').SchoolKeys} keys
 * @property {import('./passes.js').KeyRing} ring verifies passes
 * @property {import('./revocation.js').StatusList} status
 * @property {import('./calendars.js').Calendar} calendar
 * @property {ReadonlyMap<string, import('./rights.js').Rights>} rights by the holder's number
 * @property {import('./zones.js').Site} site
 * @property {import('./alarms.js').Alarm} alarm
 * @property {ReadonlyMap<string, import('./exits.js').ExitRegime>} regimes
 * @property {string} schoolName
 * @property {string} table the hash of the table the school decides by
 * @property {import('./badges.js').Badges | null} badges null: one number is like another here
 * @property {DayList | null} today
 * @property {import('./checks.js').Checks} checks how many showings of a lane an agent looks at
 * @property {Map<Day, DayPlan>} plans those worked out so far
 */

/**
 * Verify a bundle and read every part of it.
 *
 * @param {Uint8Array} data the bundle
 * @param {PublicKey} schoolKey the knowledge key this device pinned
 * @param {object} device
 * @param {string} device.uai its school
 * @param {DeviceKey | null} device.mine its own key, to unwrap the name keys; null reads no names
 * @param {Version | null} [device.atLeast] refuse an older version
 * @returns {Promise<Knowledge>}
 * @throws {KnowledgeError} the bundle or one of its parts can't be used; the former stays
 */
export async function openBundle(data, schoolKey, { uai, mine, atLeast = null }) {
  const { manifest, parts } = await readBundle(data, schoolKey, { uai, atLeast });
  const missing = PARTS.filter((name) => !parts.has(name));
  if (missing.length) throw new KnowledgeError(`the knowledge file lacks ${missing.join(', ')}`);
  const keys = await readKeysPart(parts.get('keys'), mine);
  const names = keys.names.map((key) => key.sealing);
  return {
    ...readSettings(parts.get('settings')),
    manifest,
    keys,
    ring: keyRing(uai, keys.issuers, names),
    status: await readStatus(parts.get('status'), keys.status, uai),
    calendar: readCalendar(parts.get('calendar')),
    rights: readRights(parts.get('rights')),
    site: readSite(parts.get('zones')),
    alarm: readAlarm(parts.get('alarms')),
    badges: await readBadges(parts.get(BADGES), keys.names),
    today: await readDayPart(parts.get(TODAY), mine),
    checks: readChecks(parts.get(CHECKS)),
    plans: new Map(),
  };
}

/** @param {unknown} data the knowledge's part `settings` */
function readSettings(data) {
  return readFields(data, 'settings', (fields) => ({
    schoolName: fields.text('name'),
    regimes: readRegimes(fields.rows('regimes')),
    table: fields.text('table'),
  }));
}

/**
 * @param {unknown} part
 * @param {PublicKey} key
 * @param {string} uai
 */
function readStatus(part, key, uai) {
  if (!isBytes(part)) throw new KnowledgeError('the status part is not a status list');
  return readStatusList(part, key, uai);
}

/**
 * Return the list of the local date of an instant (UTC ms), if this device has it.
 *
 * @param {Knowledge} knowledge
 * @param {number} atMs
 */
export function listAt({ today, calendar }, atMs) {
  return today !== null && today.day === localDay(atMs, calendar.zone) ? today : null;
}

/**
 * Return the plan of the local date of an instant (UTC ms).
 *
 * @param {Knowledge} knowledge
 * @param {number} atMs
 * @returns {DayPlan}
 */
export function planAt({ calendar, plans }, atMs) {
  const day = localDay(atMs, calendar.zone);
  let plan = plans.get(day);
  if (plan === undefined) {
    for (const [oldest] of plans) if (plans.size >= PLANS_KEPT_MAX) plans.delete(oldest);
    plan = planDay(calendar, day);
    plans.set(day, plan);
  }
  return plan;
}
