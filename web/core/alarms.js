/** What the whole school is doing: the posture that every lane follows. */

import { readFields } from './plain.js';

/** From the weakest to the strongest: fire > intrusion > shelter > normal. */
export const POSTURES = /** @type {const} */ (['normal', 'shelter', 'intrusion', 'evacuation']);

/** @typedef {typeof POSTURES[number]} Posture */
/** @typedef {{posture: Posture, drill: boolean, sinceMs: number}} Alarm */

/** @type {Alarm} */
export const CALM = Object.freeze({ posture: 'normal', drill: false, sinceMs: 0 });

/**
 * @param {unknown} data the knowledge's part `alarms`
 * @returns {Alarm}
 * @throws {import('./errors.js').KnowledgeError} see `readFields`
 */
export function readAlarm(data) {
  return readFields(data, 'alarm', (fields) => ({
    posture: fields.choice('posture', POSTURES),
    drill: fields.truth('drill'),
    sinceMs: fields.whole('since_ms', 0),
  }));
}
