/**
 * What a device reports of itself, and what its school's server has to tell it: news and their notes.
 *
 * Notes have rising numbers; the device names the last one it took up (the *cursor*). Asking again
 * gives the same notes, and taking a note up twice changes nothing. Source: `docs/formats/wire.md`;
 * `portique.core.wire_news`.
 */

import { encode, mapOf } from './canonical.js';
import { CODE, hexadecimal } from './entries_fields.js';
import { JournalError, LinkError } from './errors.js';
import { ID_BYTES } from './values.js';
import { DAMAGED, checked, decoded, hasKeys, text, uint, version } from './wire_calls.js';

/** @typedef {import('./knowledge.js').Version} Version */
/** @typedef {'admit' | 'deny'} Ruling */

/**
 * @typedef {object} Health how a device is
 * @property {string} version of its software
 * @property {number} epoch how far its journal goes
 * @property {number} last
 * @property {number} unsent entries without receipt
 * @property {number} clockUncertaintyMs
 * @property {boolean} clockTrusted
 * @property {string} mode
 * @property {number} setAside entries the server could not take
 * @property {number | null} [diskFree] in bytes; null: not known
 * @property {Version | null} [knowledge] null: none yet
 * @property {readonly string[]} [failing] what does not work at the lane, in rising order
 */

/**
 * @typedef {object} Note one thing to know; a device skips a kind it does not know
 * @property {number} number
 * @property {string} kind
 * @property {Map<number, any>} payload
 */

/**
 * @typedef {object} News what is new since the cursor of a report
 * @property {number} cursor the next one, once the notes are taken up; lower than the device's own,
 *   the server came back from a backup
 * @property {Version | null} knowledge the newest there is to fetch
 * @property {readonly Note[]} notes
 * @property {string | null} stream the address of the stream of events
 */

/**
 * @typedef {object} ConsoleRuling somebody at a console answers a decision that waits at the device
 * @property {number} epoch
 * @property {number} number
 * @property {Ruling} ruling
 * @property {string} reason
 * @property {string} agent
 */

/**
 * @typedef {object} ConsoleAdmission somebody at a console lets one person in who has no pass
 * @property {string} admission 16 hexadecimal digits, drawn for it alone
 * @property {number} atMs when it was asked
 * @property {string} lane
 * @property {string} reason
 * @property {string} agent
 */

/**
 * @typedef {object} Elsewhere a holder was let through at another lane
 * @property {string} holder
 * @property {number} atMs
 * @property {string} lane
 */

export const RULING = 'ruling';
export const ELSEWHERE = 'elsewhere';
export const ADMISSION = 'admission';
export const NEWS_BYTES_MAX = 128 * 1024;
export const ADMISSION_MS_MAX = 60_000; // whoever waited longer was let in by hand, or has gone

export const NOTES_MAX = 100;
const PAYLOAD_BYTES_MAX = 1024;
const NAME_CHARACTERS_MAX = 40;
const ADDRESS_CHARACTERS_MAX = 200;
const CAPS = { bytesMax: NEWS_BYTES_MAX, depthMax: 6, itemsMax: 32 * NOTES_MAX };
const ID = hexadecimal(ID_BYTES);

/**
 * Encode what a device says when it asks for news; the call that carries it signs for it.
 *
 * @param {{cursor: number, health: Health}} report
 */
export function reportBytes({ cursor, health }) {
  return encode(mapOf([1, cursor], [2, healthItems(health)]));
}

/** @param {Health} health */
function healthItems({ diskFree = null, knowledge = null, failing = [], ...health }) {
  const items = mapOf(
    [1, health.version],
    [2, health.epoch],
    [3, health.last],
    [4, health.unsent],
    [6, health.clockUncertaintyMs],
    [7, health.clockTrusted],
    [9, health.mode],
    [10, health.setAside],
  );
  if (diskFree !== null) items.set(5, diskFree);
  if (knowledge !== null) items.set(8, [knowledge.epoch, knowledge.number]);
  if (failing.length) items.set(11, [...failing]);
  return items;
}

/**
 * Read news. Notes of unknown kinds are kept as they are.
 *
 * @param {Uint8Array} data
 * @returns {News}
 * @throws {LinkError} Not news in their one form, too long, or notes that don't rise to the cursor.
 */
export function readNews(data) {
  const items = hasKeys(decoded(data, CAPS), [1], [2, 3, 4]);
  const cursor = uint(items.get(1));
  return Object.freeze({
    cursor,
    knowledge: items.has(2) ? version(items.get(2)) : null,
    notes: items.has(3) ? notesIn(items.get(3), cursor) : [],
    stream: items.has(4) ? text(items.get(4), ADDRESS_CHARACTERS_MAX) : null,
  });
}

/**
 * @param {unknown} rows
 * @param {number} cursor
 */
function notesIn(rows, cursor) {
  if (!Array.isArray(rows) || rows.length === 0 || rows.length > NOTES_MAX) {
    throw new LinkError(DAMAGED);
  }
  const notes = rows.map(noteIn);
  const numbers = [0, ...notes.map((note) => note.number)];
  const rise = numbers.every((number, place) => place === 0 || number > numbers[place - 1]);
  return checked(notes, rise && numbers[numbers.length - 1] <= cursor);
}

/**
 * @param {unknown} row
 * @returns {Note}
 */
function noteIn(row) {
  const items = hasKeys(row, [1, 2, 3]);
  const payload = items.get(3);
  if (!(payload instanceof Map)) throw new LinkError(DAMAGED);
  for (const key of payload.keys()) uint(key);
  checked(payload, encode(payload).length <= PAYLOAD_BYTES_MAX);
  return { number: uint(items.get(1)), kind: text(items.get(2), NAME_CHARACTERS_MAX), payload };
}

/**
 * Read a note of kind `ruling`.
 *
 * @param {Note} note
 * @returns {ConsoleRuling}
 * @throws {LinkError} Its payload is another one's, or of another version.
 */
export function rulingOf({ payload }) {
  const items = hasKeys(payload, [1, 2, 3, 4, 5]);
  const ruling = items.get(3);
  return Object.freeze({
    epoch: uint(items.get(1)),
    number: uint(items.get(2)),
    ruling: checked(ruling, ruling === 'admit' || ruling === 'deny'),
    reason: shaped(CODE, items.get(4)),
    agent: shaped(CODE, items.get(5)),
  });
}

/**
 * Read a note of kind `admission`.
 *
 * @param {Note} note
 * @returns {ConsoleAdmission}
 * @throws {LinkError} Its payload is another one's, or of another version.
 */
export function admissionOf({ payload }) {
  const items = hasKeys(payload, [1, 2, 3, 4, 5]);
  return Object.freeze({
    admission: shaped(ID, items.get(1)),
    atMs: uint(items.get(2)),
    lane: text(items.get(3), NAME_CHARACTERS_MAX),
    reason: shaped(CODE, items.get(4)),
    agent: shaped(CODE, items.get(5)),
  });
}

/**
 * Say whether somebody may still stand there: a lane opens now, or not at all.
 *
 * @param {ConsoleAdmission} admission
 * @param {number} atMs
 */
export function isTimely(admission, atMs) {
  return Math.abs(atMs - admission.atMs) <= ADMISSION_MS_MAX;
}

/**
 * Read a note of kind `elsewhere`.
 *
 * @param {Note} note
 * @returns {Elsewhere}
 * @throws {LinkError} Its payload is another one's, or of another version.
 */
export function elsewhereOf({ payload }) {
  const items = hasKeys(payload, [1, 2, 3]);
  return Object.freeze({
    holder: shaped(ID, items.get(1)),
    atMs: uint(items.get(2)),
    lane: text(items.get(3), NAME_CHARACTERS_MAX),
  });
}

/**
 * @param {import('./entries_fields.js').Shape} shape
 * @param {unknown} item
 * @returns {string}
 */
function shaped(shape, item) {
  try {
    return shape.fromCbor(item);
  } catch (error) {
    throw error instanceof JournalError ? new LinkError(DAMAGED, { cause: error }) : error;
  }
}
