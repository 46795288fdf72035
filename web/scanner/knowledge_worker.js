/** Reads a school's knowledge beside the page: a large one takes a cheap phone seconds. */

import { KnowledgeError } from '../core/errors.js';
import { DAY_MS } from '../core/days.js';
import { openBundle, planAt } from '../core/knowing.js';
import { cloneable } from './knowledge_clone.js';

/**
 * @typedef {object} Asked
 * @property {Uint8Array} data
 * @property {import('../core/keys.js').PublicKey} schoolKey
 * @property {Parameters<typeof openBundle>[2]} device
 * @property {number} atMs the first showing must not wait for today's and tomorrow's timetable
 */

/** @typedef {{knowledge: ReturnType<typeof cloneable>} | {refusal: string} | {failure: string}} Answered */

addEventListener('message', async ({ data: asked }) => {
  postMessage(await answer(asked));
});

/**
 * @param {Asked} asked
 * @returns {Promise<Answered>}
 */
async function answer({ data, schoolKey, device, atMs }) {
  try {
    const knowledge = await openBundle(data, schoolKey, device);
    for (const dayMs of [atMs, atMs + DAY_MS]) planAt(knowledge, dayMs);
    return { knowledge: cloneable(knowledge) };
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    return error instanceof KnowledgeError ? { refusal: message } : { failure: message };
  }
}
