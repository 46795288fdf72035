/** Reading a bundle in a worker of its own, which ends with it: nothing opened stays there. */

import { KnowledgeError } from '../core/errors.js';
import { uncloned } from './knowledge_clone.js';

/** @typedef {import('./knowledge_worker.js').Asked} Asked */
/** @typedef {import('./knowledge_worker.js').Answered} Answered */

const READ_MS_MAX = 60_000; // a cheap phone takes seconds for a large school

const newWorker = () =>
  new Worker(new URL('./knowledge_worker.js', import.meta.url), { type: 'module' });

/**
 * @param {Asked} asked
 * @param {() => Worker} [makeWorker]
 * @returns {Promise<import('../core/knowing.js').Knowledge>}
 * @throws {KnowledgeError} It can't be used, or nobody answered: the link must go on, and ask again.
 */
export async function readInWorker(asked, makeWorker = newWorker) {
  const worker = makeWorker();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<never>} */
  const late = new Promise((_, reject) => {
    const fault = new KnowledgeError('the worker that reads knowledge fell silent');
    timer = setTimeout(reject, READ_MS_MAX, fault);
  });
  try {
    return taken(await Promise.race([answered(worker, asked), late]));
  } finally {
    clearTimeout(timer);
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
    worker.onmessageerror = () => reject(new KnowledgeError("the worker's answer can't be read"));
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
