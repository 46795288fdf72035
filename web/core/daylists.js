/**
 * The day's list: who may stand at the gate today without their card, and which card it is.
 *
 * Sealed with a key of its own, wrapped only to the devices of lanes that have an agent. A device lets
 * it go when its day is over. Byte by byte: `docs/formats/knowledge.md`.
 */

import { decode } from './canonical.js';
import { dayText } from './days.js';
import { KnowledgeError, SealedIdentityError, UnreadablePass } from './errors.js';
import { NAMES_MAX, asked } from './finding.js';
import { Purpose, secretKey } from './keys.js';
import { STATUS_INDEX_MAX } from './passes.js';
import { isText, isWhole, readFields } from './plain.js';
import { decrypt, encryptedFrom } from './seal.js';
import { ID_BYTES, KINDS, MS_PER_SECOND, SECONDS_MAX, isBytes, toHex } from './values.js';
import { unwrap, wrappedFor } from './wrapping.js';

/** @typedef {import('./days.js').Day} Day */
/** @typedef {import('./passes.js').Pass} Pass */
/** @typedef {import('./values.js').Kind} Kind */
/** @typedef {import('./wrapping.js').DeviceKey} DeviceKey */

const LISTED_MAX = 20_000;
const FIELDS = 8;
const BYTES_MAX = 8 * 1024 * 1024;

/**
 * @typedef {object} Listed Somebody of the list and their card
 * @property {string} passId
 * @property {string} holder
 * @property {Kind} kind
 * @property {string} name
 * @property {string} label
 * @property {number} statusIndex
 * @property {number} fromS when the card was issued, UTC seconds
 * @property {number} untilS
 */

/** @typedef {{day: Day, listed: readonly Listed[]}} DayList  of one local day, in the order shown */

/**
 * Return a card as if it had been shown: the same rules then decide.
 *
 * @param {Listed} listed
 * @param {string} uai
 * @returns {Pass}
 */
export function cardOf({ passId, fromS, untilS, ...one }, uai) {
  const { holder, kind, name, label, statusIndex } = one;
  return Object.freeze({
    passId,
    uai,
    opensMs: fromS * MS_PER_SECOND,
    closesMs: untilS * MS_PER_SECOND,
    kid: new Uint8Array(0),
    phoneKey: null,
    // No regime: today's rights have it.
    identity: { holder, kind, name, label, regime: '', statusIndex, template: null },
  });
}

/**
 * Find up to eight people by the first letters of a name and of their class.
 *
 * @param {DayList} list
 * @param {string} letters
 * @param {string} label
 * @returns {Listed[]}
 */
export function find(list, letters, label) {
  const fits = asked(letters, label);
  if (fits === null) return [];
  return list.listed.filter((one) => fits(one.name, one.label)).slice(0, NAMES_MAX);
}

/**
 * Open the day's list; null if there is none, or it is not for this device.
 *
 * @param {unknown} part
 * @param {DeviceKey | null} mine
 * @returns {Promise<DayList | null>}
 * @throws {KnowledgeError} damaged
 */
export async function readDayPart(part, mine) {
  if (part === undefined || part === null) return null;
  const { day, keys, packed } = readFields(part, 'today', (fields) => ({
    day: fields.day('day'),
    keys: fields.map('keys'),
    packed: fields.rows('list', 3),
  }));
  const wrapped = mine && wrappedFor(keys, mine);
  if (mine === null || wrapped === undefined) return null;
  try {
    const key = await secretKey(Purpose.DAY, await unwrap(wrapped, mine));
    const bound = new TextEncoder().encode(`portique today ${dayText(day)}`);
    return { day, listed: listedIn(await decrypt(encryptedFrom(packed), key, bound)) };
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw new KnowledgeError("the day's list in the knowledge file is damaged");
  }
}

/** @param {unknown} error */
function isDamage(error) {
  const kinds = [SealedIdentityError, UnreadablePass, RangeError];
  return kinds.some((kind) => error instanceof kind);
}

/**
 * @param {Uint8Array} opened
 * @returns {Listed[]}
 */
function listedIn(opened) {
  const itemsMax = (FIELDS + 1) * LISTED_MAX + 1;
  const rows = decode(opened, { bytesMax: BYTES_MAX, itemsMax });
  if (!Array.isArray(rows)) throw new UnreadablePass('not a list');
  return rows.map(readListed);
}

/**
 * @param {unknown} row
 * @returns {Listed}
 */
function readListed(row) {
  if (!Array.isArray(row) || row.length !== FIELDS || !isListed(row)) {
    throw new UnreadablePass('a row that no list has');
  }
  const [passId, holder, kind, name, label, statusIndex, fromS, untilS] = row;
  const ids = { passId: toHex(passId), holder: toHex(holder) };
  return { ...ids, kind, name, label, statusIndex, fromS, untilS };
}

/** @param {any[]} row */
function isListed([passId, holder, kind, name, label, index, from, until]) {
  const named = KINDS.includes(kind) && isText(name) && isText(label);
  const dated = [index, from, until].every((number) => isWhole(number) && number >= 0);
  const within = index <= STATUS_INDEX_MAX && from < until && until <= SECONDS_MAX;
  return isBytes(passId, ID_BYTES) && isBytes(holder, ID_BYTES) && named && dated && within;
}
