/** What `answers.js` says of single parts: local times, parts of the knowledge, frames, names. */

import { readAlarm } from '../core/alarms.js';
import { readCalendar } from '../core/calendars.js';
import { decode } from '../core/canonical.js';
import { find } from '../core/daylists.js';
import { PortiqueError } from '../core/errors.js';
import { readRegimes } from '../core/exits.js';
import { readBundle, readKeysPart, withoutToday } from '../core/knowledge.js';
import { Purpose } from '../core/keys.js';
import { localClock, localDay, localMs } from '../core/localtime.js';
import { readFields } from '../core/plain.js';
import { readRights } from '../core/rights.js';
import { Showings } from '../core/showing.js';
import { fromHex, toHex } from '../core/values.js';
import { deviceKey } from '../core/wrapping.js';
import { readSite } from '../core/zones.js';
import { keyAt } from './vectors.js';

/** @typedef {import('../core/wrapping.js').DeviceKey} DeviceKey */

const CAPS = { bytesMax: 1_000_000, depthMax: 10, itemsMax: 100_000 };

/** @param {{zone: string, asked: [number, number, boolean][]}} question */
function localTimes({ zone, asked }) {
  return asked.map(([day, minute, closing]) => localMs(day, minute, zone, closing));
}

/** @param {{zone: string, asked: number[]}} question */
function wallClocks({ zone, asked }) {
  return asked.map((atMs) => [localDay(atMs, zone), ...localClock(atMs, zone)]);
}

/** @type {Record<string, (data: any, mine: DeviceKey | null) => any>} */
const READERS = {
  calendar: readCalendar,
  rights: readRights,
  zones: readSite,
  alarms: readAlarm,
  settings: (data) =>
    readFields(data, 'settings', (fields) => {
      fields.text('name');
      readRegimes(fields.rows('regimes'));
      fields.text('table');
    }),
  keys: readKeysPart,
};

/** @param {{mine: any, asked: [string, string][]}} question names of parts, which may be wrong */
async function areRead({ mine, asked }) {
  const device = mine && (await deviceKey(fromHex(mine.secret), fromHex(mine.point)));
  return Promise.all(
    asked.map(async ([name, part]) => {
      try {
        await READERS[name](decode(fromHex(part), CAPS), device);
        return true;
      } catch (error) {
        if (error instanceof PortiqueError) return false;
        throw error;
      }
    }),
  );
}

/** @param {{uai: string, key: {x: string, y: string}, bundles: string[]}} asked */
async function bundles({ uai, key, bundles: files }) {
  const pinned = await keyAt(Purpose.KNOWLEDGE, key);
  return Promise.all(files.map((file) => manifestIn(fromHex(file), pinned, uai)));
}

/**
 * @param {Uint8Array} file
 * @param {import('../core/keys.js').PublicKey} pinned
 * @param {string} uai
 */
async function manifestIn(file, pinned, uai) {
  try {
    const { manifest, parts } = await readBundle(file, pinned, { uai });
    const { version, issuedMs, expiresMs, authorisation } = manifest;
    const word = authorisation && toHex(authorisation);
    return [version.epoch, version.number, issuedMs, expiresMs, word, [...parts.keys()].sort()];
  } catch (error) {
    if (error instanceof PortiqueError) return error.name;
    throw error;
  }
}

/** @param {{frames: [number, any[]][], line: string}} asked camera times and the codes seen */
function frames({ frames: seen, line }) {
  const showings = new Showings();
  const steps = seen.map(([atMs, codes]) => showings.step(codes, atMs));
  return { steps, line: showings.line(line, 7) };
}

/** @param {{listed: any[], asked: [string, string][]}} question */
function found({ listed, asked }) {
  return asked.map(([letters, label]) =>
    find({ day: 0, listed }, letters, label).map((one) => one.passId),
  );
}

/** @param {string} bundle */
function shortened(bundle) {
  const shorter = withoutToday(fromHex(bundle));
  return shorter && toHex(shorter);
}

/** @type {Record<string, (asked: any) => any>} */
export const SINGLE = { localTimes, wallClocks, areRead, bundles, frames, found, shortened };
