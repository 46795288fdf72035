/** A school that exists only in memory: real keys, passes and knowledge, as a device opens them. */

import { CALM } from '../core/alarms.js';
import { readCalendar } from '../core/calendars.js';
import { encode, mapOf } from '../core/canonical.js';
import { OURS } from '../core/decide.js';
import { Purpose, coseKey, makePrivateKey, secretKey } from '../core/keys.js';
import { keyRing, phoneText, sealedFrom, textOf } from '../core/passes.js';
import { STATUSES, StatusList } from '../core/revocation.js';
import { sign } from '../core/seal.js';
import { KINDS, fromHex, toHex } from '../core/values.js';

/** @typedef {import('../core/knowing.js').Knowledge} Knowledge */
/** @typedef {import('../core/zones.js').Lane} Lane */
/** @typedef {typeof STATUSES[number]} Status */

export const UAI = '0990001N';
export const MONDAY_MS = 1_795_420_800_000; // 2026-11-23T08:00:00Z, 09:00 in Paris
const DAY_MS = 86_400_000;
const STATUSES_MAX = 4096;
const POINT = Object.freeze({ fr: 'la loge', en: 'the lodge' });

/** The lanes of the usual site. @type {Record<'entry' | 'exit', Lane>} */
export const LANES = {
  entry: lane('entry-1', 'entry', 'outside', 'inside'),
  exit: lane('exit-1', 'exit', 'inside', 'outside'),
};

/**
 * @param {string} name
 * @param {Lane['direction']} direction
 * @param {string} zoneFrom
 * @param {string} zoneTo
 * @returns {Lane}
 */
function lane(name, direction, zoneFrom, zoneTo) {
  const both = { title: POINT, point: POINT, staffed: true, pairing: false };
  return { name, direction, zoneFrom, zoneTo, mode: 'control', ...both };
}

/** @type {[string, any][]} Monday to Saturday, 07:00 to 19:00. */
const OPENING = [
  ['title', 'horaires ordinaires'],
  ['zone', 'inside'],
  ['audience', mapOf(['everybody', true], ['kinds', []], ['groups', []], ['holders', []])],
  ['opens', '07:00'],
  ['closes', '19:00'],
  ['weekdays', [1, 2, 3, 4, 5, 6]],
  ['on', 'school-days'],
  ['first', null],
  ['last', null],
  ['dates', []],
];
/** @type {[string, any][]} */
const MARKS = [
  ['morning_ends', '12:00'],
  ['midday', '13:00'],
  ['meal_ends', '13:00'],
  ['day_ends', Array(7).fill('17:00')],
];
/** @type {[string, any][]} */
const CALENDAR = [
  ['zone', 'Europe/Paris'],
  ['school_days', mapOf(['terms', []], ['holidays', []], ['days_off', []])],
  ['marks', mapOf(...MARKS)],
  ['openings', [mapOf(...OPENING)]],
  ['timetable', null],
];

/**
 * @typedef {object} Held An issued pass in somebody's hand
 * @property {string} passId
 * @property {string} holder
 * @property {string} name
 * @property {number} index of its status
 * @property {string} text of the printed code
 * @property {(atMs: number) => Promise<string>} drawn what the phone draws at an instant
 */

/** Keys, passes and knowledge of one school. */
export class PocketSchool {
  /** @type {Map<number, Status>} */
  statuses = new Map();
  #issued = 0;

  /**
   * @param {import('../core/keys.js').PrivateKey} issuer
   * @param {import('../core/keys.js').SecretKey} nameKey
   * @param {CryptoKey} sealing the name key, as one who issues has it
   */
  constructor(issuer, nameKey, sealing) {
    this.issuer = issuer;
    this.nameKey = nameKey;
    this.sealing = sealing;
  }

  static async open() {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const sealing = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt']);
    const issuer = await makePrivateKey(Purpose.PASS);
    return new PocketSchool(issuer, await secretKey(Purpose.NAME, secret), sealing);
  }

  /**
   * Issue a pass good for a month around the Monday, and list it as valid.
   *
   * @param {{name?: string, kind?: typeof KINDS[number], phone?: boolean, holder?: string,
   *   status?: Status}} [about]
   * @returns {Promise<Held>}
   */
  async issue({
    name = 'Zoé Martin',
    kind = 'staff',
    phone = false,
    holder,
    status = 'valid',
  } = {}) {
    this.#issued += 1;
    const index = this.#issued;
    this.statuses.set(index, status);
    const [cti, who] = [randomId(), holder ? fromHex(holder) : randomId()];
    const identity = [who, KINDS.indexOf(kind), name, 'Service', 'green', index];
    const inside = await this.#sealed(mapOf(...identity.entries(), [7, new Uint8Array(0)]), cti);
    const key = phone ? await makePrivateKey(Purpose.PHONE) : null;
    const sealed = sealedFrom(await sign(encode(claimsOf(cti, inside, key)), this.issuer));
    /** @param {number} atMs */
    const drawn = (atMs) => {
      if (!key) throw new Error('a pass bound to a phone');
      return phoneText(sealed, key, { uai: UAI, seconds: Math.floor(atMs / 1000) });
    };
    return { passId: toHex(cti), holder: toHex(who), name, index, text: textOf(sealed), drawn };
  }

  /**
   * @param {Map<any, any>} inside
   * @param {Uint8Array<ArrayBuffer>} bound
   */
  async #sealed(inside, bound) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const guarded = encode(mapOf([1, 3], [4, this.nameKey.kid], [5, iv]));
    const additionalData = encode(['Encrypt0', guarded, bound]);
    const how = { name: 'AES-GCM', iv, additionalData };
    const ciphertext = await crypto.subtle.encrypt(how, this.sealing, encode(inside));
    return [guarded, new Map(), new Uint8Array(ciphertext)];
  }

  /**
   * Say what a device of this school knows; `told` is what differs from a new school's usual.
   *
   * @param {Partial<Knowledge> & {number?: number, lanes?: Lane[], names?: boolean}} [told]
   * @returns {Knowledge}
   */
  knowledge({ number = 1, lanes = Object.values(LANES), names = true, ...told } = {}) {
    const [issuedMs, expiresMs] = [MONDAY_MS - 60_000, MONDAY_MS + 7 * DAY_MS];
    const manifest = { uai: UAI, version: { epoch: 1, number }, issuedMs, expiresMs };
    return /** @type {Knowledge} */ (
      /** @type {unknown} */ ({
        manifest,
        ring: keyRing(UAI, [this.issuer.public], names ? [this.nameKey] : []),
        status: new StatusList(this.#packed(), { issuedMs, expiresMs, ttlS: 3600 }),
        calendar: readCalendar(mapOf(...CALENDAR)),
        rights: new Map(),
        site: { zones: [], lanes },
        alarm: CALM,
        regimes: new Map(),
        schoolName: 'Lycée des Essais',
        table: OURS.hash,
        badges: null,
        today: null,
        checks: new Map(lanes.map(({ name }) => [name, 500])), // `openLane` says who is drawn
        plans: new Map(),
        ...told,
      })
    );
  }

  #packed() {
    const packed = new Uint8Array(STATUSES_MAX / 4).fill(0b01010101); // revoked, never issued
    for (const [index, status] of this.statuses) {
      const [place, shift] = [Math.floor(index / 4), (index % 4) * 2];
      packed[place] = (packed[place] & ~(0b11 << shift)) | (STATUSES.indexOf(status) << shift);
    }
    return packed;
  }
}

function randomId() {
  return crypto.getRandomValues(new Uint8Array(8));
}

/**
 * @param {Uint8Array<ArrayBuffer>} cti
 * @param {unknown} inside sealed
 * @param {import('../core/keys.js').PrivateKey | null} phone
 */
function claimsOf(cti, inside, phone) {
  const [expires, begins] = [MONDAY_MS + 15 * DAY_MS, MONDAY_MS - 15 * DAY_MS];
  const claims = mapOf([1, UAI], [4, expires / 1000], [5, begins / 1000], [7, cti]);
  claims.set(-65537, inside);
  if (phone) claims.set(8, mapOf([1, coseKey(phone.public)]));
  return claims;
}
