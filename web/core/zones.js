/** The parts of a school and the lanes between them. */

import { KnowledgeError } from './errors.js';
import { readFields, readWords } from './plain.js';
import { DIRECTIONS } from './values.js';

/** @typedef {import('./plain.js').Words} Words */

const ZONES_MAX = 200;
export const LANES_MAX = 400;
const MODES = /** @type {const} */ (['control', 'counting', 'free']);

/** @typedef {{name: string, title: Words}} Zone  a part of the school a door leads to */

/**
 * @typedef {object} Lane One direction of passage between two zones
 * @property {string} name
 * @property {import('./values.js').Direction} direction
 * @property {string} zoneFrom
 * @property {string} zoneTo
 * @property {Words} title
 * @property {Words} point the staffed point people are sent to, with its article
 * @property {typeof MODES[number]} mode
 * @property {boolean} staffed
 * @property {boolean} pairing whether entries and exits are compared
 */

/** @typedef {{zones: readonly Zone[], lanes: readonly Lane[]}} Site */

/**
 * @param {unknown} data the knowledge's part `zones`
 * @returns {Site}
 * @throws {KnowledgeError} see `readFields`; two share a name, or a lane leads to no zone
 */
export function readSite(data) {
  const site = readFields(data, 'zones', (fields) => ({
    zones: fields.rows('zones', ZONES_MAX).map(readZone),
    lanes: fields.rows('lanes', LANES_MAX).map(readLane),
  }));
  const zones = new Set(site.zones.map((zone) => zone.name));
  const lanes = new Set(site.lanes.map((lane) => lane.name));
  if (zones.size !== site.zones.length || lanes.size !== site.lanes.length) {
    throw new KnowledgeError('two zones or two lanes have the same name');
  }
  for (const { name, zoneFrom, zoneTo } of site.lanes) {
    if (!zones.has(zoneFrom) || !zones.has(zoneTo)) {
      throw new KnowledgeError(`lane ${name} leads from or to a zone that isn't there`);
    }
  }
  return site;
}

/**
 * @param {unknown} data
 * @returns {Zone}
 */
function readZone(data) {
  return readFields(data, 'zone', (fields) => ({
    name: fields.code('name'),
    title: readWords(fields.map('title')),
  }));
}

/**
 * @param {unknown} data
 * @returns {Lane}
 */
function readLane(data) {
  return readFields(data, 'lane', (fields) => ({
    name: fields.code('name'),
    direction: fields.choice('direction', DIRECTIONS),
    zoneFrom: fields.code('from'),
    zoneTo: fields.code('to'),
    title: readWords(fields.map('title')),
    point: readWords(fields.map('point')),
    mode: fields.choice('mode', MODES),
    staffed: fields.truth('staffed'),
    pairing: fields.truth('pairing'),
  }));
}

/**
 * Return the lane of a name.
 *
 * @param {Site} site
 * @param {string} name
 * @throws {KnowledgeError} there is none; names those there are
 */
export function laneOf(site, name) {
  const lane = site.lanes.find((one) => one.name === name);
  if (lane) return lane;
  const there = site.lanes.map((one) => one.name).join(', ');
  throw new KnowledgeError(`no lane is called ${name}; there are: ${there}`);
}
