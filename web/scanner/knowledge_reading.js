/** Reading a bundle in a worker of its own, which ends with it: nothing opened stays there. */

import { KnowledgeError } from '../core/errors.js';
import { uncloned } from './knowledge_clone.js';

/** @typedef {import('./knowledge_worker.js').Asked} Asked */
/** @typedef {import('./knowledge_worker.js').Answered} Answered */

/**
 * @param {Asked} asked
 * @returns {Promise<import('../core/knowing.js').Knowledge>}
 * @throws {KnowledgeError} It can't be used.
 */
export async function readInWorker(asked) {
  const worker = new Worker(new URL('./knowledge_worker.js', import.meta.url), { type: 'module' });
  try {
    return taken(await answered(worker, asked));
  } finally {
    worker.terminate();
  }
}

/**
 * @param {Worker} worker
 * @param {Asked} asked
 * @returns {Promise<Answered>}
 */
function answered(worker, asked) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(`the worker can't start: ${message}`));
    worker.postMessage(asked);
  });
}

/** @param {Answered} answer */
function taken(answer) {
  if ('knowledge' in answer) return uncloned(answer.knowledge);
  if ('refusal' in answer) throw new KnowledgeError(answer.refusal);
  throw new Error(answer.failure);
}
