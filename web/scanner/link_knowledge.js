/**
 * Fetching knowledge: signed by the school, never older, while somebody is signed in to use it.
 *
 * A bundle is believed for its own signature. So a phone that was just enrolled, or slept through a
 * change of keys, can learn the key by which answers are proved. `portique.gate.link.fetching`.
 */

import { KnowledgeError } from '../core/errors.js';
import { BUNDLE_BYTES_MAX, isOlder } from '../core/knowledge.js';
import { OK, Refused, UnprovedAnswer, hear } from './link_calls.js';

/** @typedef {import('../core/knowing.js').Knowledge} Knowledge */
/** @typedef {import('../core/knowledge.js').Version} Version */
/** @typedef {import('./link_calls.js').Reply} Reply */

export const PATH = '/gate/v1/knowledge';
const NOTHING_NEWER = 204;
const AGAIN_MS = 60_000; // one that was fetched and not taken is fetched no more often
const FUTURE =
  "the knowledge was issued in the future: check the server's clock, then this phone's";

export class Fetcher {
  #calls;
  #store;
  #clock;
  #wanted = false;
  #dueMs = 0;
  /** @type {Version | null} the newest that the server named */
  #newest = null;
  /** @type {Version | null} the newest that was named when a reply came last */
  #fetched = null;

  /**
   * @param {import('./link_calls.js').Calls} calls
   * @param {import('./knowledge_store.js').KnowledgeStore} store takes up what comes
   * @param {import('./clock.js').Clock} clock
   */
  constructor(calls, store, clock) {
    this.#calls = calls;
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Fetch soon, if the server has newer knowledge than this phone.
   *
   * Each newer one at once: who was suspended a moment ago stands at the lane.
   *
   * @param {Version | null} newest
   */
  want(newest) {
    const known = this.#store.current?.manifest.version ?? null;
    if (newest === null || (known !== null && !isOlder(known, newest))) return;
    this.#wanted = true;
    this.#newest = newest;
    if (this.#fetched === null || isOlder(this.#fetched, newest)) this.#dueMs = 0;
  }

  /** Fetch at the next turn: an answer was not proved, and the keys may be new. */
  askAgain() {
    this.#wanted = true;
    this.#dueMs = 0;
  }

  /** Whether there is something to fetch now, and somebody to use it. */
  get due() {
    const wanted = this.#wanted || this.#store.current === null;
    return wanted && this.#store.isOpen && performance.now() >= this.#dueMs;
  }

  /**
   * Fetch what is due; return it once it is taken up, null if nothing newer is there.
   *
   * @returns {Promise<Knowledge | null>}
   * @throws {import('../core/errors.js').LinkError} No reply.
   * @throws {KnowledgeError} What came is of no use; the former stays.
   */
  async fetch() {
    const known = this.#store.current?.manifest.version;
    this.#dueMs = performance.now() + AGAIN_MS;
    const reply = await this.#ask(known ? `?have=${known.epoch}.${known.number}` : '');
    this.#fetched = this.#newest;
    if (reply.status !== OK && reply.status !== NOTHING_NEWER) throw new Refused(reply);
    this.#wanted = false;
    return reply.status === OK && this.#store.isOpen ? this.#taken(reply) : null;
  }

  /** @param {string} query empty: nothing is known yet, and the link alone says how often to try */
  async #ask(query) {
    try {
      return await this.#calls.ask('GET', PATH + query, undefined, BUNDLE_BYTES_MAX);
    } catch (error) {
      if (!query) this.#dueMs = 0;
      throw error;
    }
  }

  /** @param {Reply} reply */
  async #taken(reply) {
    const knowledge = await this.#store.save(reply.body, (found) => this.#check(found, reply));
    this.#clock.atLeast(knowledge.manifest.issuedMs);
    return knowledge;
  }

  /**
   * Put the clock right first: it decides about the bundle.
   *
   * @param {Knowledge} knowledge
   * @param {Reply} reply
   */
  async #check({ keys, manifest }, reply) {
    try {
      hear(this.#clock, await reply.signedMs(keys.orders), reply);
    } catch (error) {
      if (!(error instanceof UnprovedAnswer)) throw error; // the bundle stands without it
    }
    if (!this.#clock.plausible(manifest.issuedMs)) throw new KnowledgeError(FUTURE);
  }
}
