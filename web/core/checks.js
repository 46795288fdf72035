/**
 * How many showings of each lane an agent looks at, drawn by chance: a share of the lane's, nobody's.
 *
 * There is no place in it for a person, a kind, a class or an hour. Source: `docs/formats/knowledge.md`;
 * `portique.core.checks`.
 */

import { KnowledgeError } from './errors.js';
import { isCode, readFields } from './plain.js';
import { LANES_MAX } from './zones.js';

export const ALL = 1000; // shares are in thousandths of a lane's showings

/** @typedef {ReadonlyMap<string, number>} Checks  thousandths by the lane's name */

/**
 * @param {unknown} part the knowledge's part `checks`; undefined says nothing of any lane
 * @returns {Checks}
 * @throws {KnowledgeError} something other than lanes and their shares
 */
export function readChecks(part) {
  if (part === undefined) return new Map();
  return readFields(part, 'checks', (fields) => {
    const lanes = [.../** @type {Map<unknown, unknown>} */ (part).keys()];
    if (lanes.length > LANES_MAX || !lanes.every(isCode)) {
      throw new KnowledgeError(`checks: at most ${LANES_MAX} lanes, by name`);
    }
    return new Map(lanes.map((name) => [name, fields.whole(name, 0, ALL)]));
  });
}
