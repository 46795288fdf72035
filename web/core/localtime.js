/**
 * Between a school's wall clocks and UTC: the only place where summer time exists.
 *
 * A wall time happens once, except on two nights a year. In spring an hour of wall times never
 * happens: they all mean the instant at which the clocks jump. In autumn an hour happens twice: what
 * opens at such a time opens the first time, what closes closes the second, so that no door shuts
 * early on anybody.
 */

import { DAY_MS } from './days.js';
import { KnowledgeError } from './errors.js';
import { DAY_MINUTES } from './plain.js';

/** @typedef {import('./days.js').Day} Day */

const MINUTE_MS = 60_000;
const REMEMBERED_MAX = 4_096; // a day plan asks for the same few minutes thousands of times

/** One time zone of the IANA database, as the browser knows it. */
export class Zone {
  /** @type {Map<number, number>} */
  #remembered = new Map();
  #format;

  /** @param {string} name */
  constructor(name) {
    this.name = name;
    this.#format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /**
   * Return what the wall clocks show at an instant (UTC ms), in ms since their own 1970-01-01.
   *
   * @param {number} atMs
   */
  wallMs(atMs) {
    const seconds = Math.floor(atMs / 1000);
    const parts = this.#format.format(seconds * 1000).match(/\d+/g) ?? [];
    const [month, date, year, hour, minute, second] = parts.map(Number);
    const wall = new Date(0);
    wall.setUTCFullYear(year, month - 1, date);
    return wall.setUTCHours(hour, minute, second) + (atMs - seconds * 1000);
  }

  /**
   * Turn a local time into UTC ms.
   *
   * @param {Day} day the local date
   * @param {number} minute since its midnight by the wall clock; 1440 and more lie on the next days
   * @param {boolean} [closing] of a time that happens twice, take the second
   */
  localMs(day, minute, closing = false) {
    const wall = day * DAY_MINUTES + minute;
    const asked = 2 * wall + Number(closing);
    const known = this.#remembered.get(asked);
    if (known !== undefined) return known;
    if (this.#remembered.size >= REMEMBERED_MAX) this.#remembered.clear();
    const found = this.#instant(wall * MINUTE_MS, closing);
    this.#remembered.set(asked, found);
    return found;
  }

  /**
   * @param {number} wallMs
   * @param {boolean} closing
   */
  #instant(wallMs, closing) {
    for (let wall = wallMs; ; wall += MINUTE_MS) {
      const instants = this.#instants(wall);
      if (instants.length) return closing ? Math.max(...instants) : Math.min(...instants);
    }
  }

  /**
   * Return the instants at which the wall clocks show a time: one, two, or none.
   *
   * @param {number} wallMs
   */
  #instants(wallMs) {
    const around = [wallMs - DAY_MS, wallMs + DAY_MS]; // before and after any change of that night
    return around
      .map((atMs) => wallMs - (this.wallMs(atMs) - atMs))
      .filter((atMs) => this.wallMs(atMs) === wallMs);
  }
}

/** @type {Map<string, Zone>} */
const ZONES = new Map();

/**
 * Return a time zone by its IANA name.
 *
 * @param {string} name
 * @throws {KnowledgeError} no such zone
 */
export function zoneOf(name) {
  let zone = ZONES.get(name);
  if (zone === undefined) {
    zone = newZone(name);
    ZONES.set(name, zone);
  }
  return zone;
}

/** @param {string} name */
function newZone(name) {
  try {
    if (/^[A-Za-z]/.test(name)) return new Zone(name); // "+01:00" is no name of a zone
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new KnowledgeError(
    'the calendar names no time zone that this device knows; try Europe/Paris',
  );
}

/**
 * Turn a local time into UTC ms; see `Zone.localMs`.
 *
 * @param {Day} day
 * @param {number} minute
 * @param {string} zone
 */
export function localMs(day, minute, zone, closing = false) {
  return zoneOf(zone).localMs(day, minute, closing);
}

/**
 * Return the school's local date at an instant.
 *
 * @param {number} atMs
 * @param {string} zone
 * @returns {Day}
 */
export function localDay(atMs, zone) {
  return Math.floor(zoneOf(zone).wallMs(atMs) / DAY_MS);
}

/**
 * Return the wall clock's hour and minute at an instant.
 *
 * @param {number} atMs
 * @param {string} zone
 * @returns {[number, number]}
 */
export function localClock(atMs, zone) {
  const minutes = Math.floor(zoneOf(zone).wallMs(atMs) / MINUTE_MS);
  const minute = minutes - localDay(atMs, zone) * DAY_MINUTES;
  return [Math.floor(minute / 60), minute % 60];
}
