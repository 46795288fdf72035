/**
 * What a phone knows of its school: encrypted on the disk, opened in memory while somebody is signed in.
 *
 *     PIN ──▶ key of the knowledge ──▶ bundle, verified anew ──▶ knowledge in memory
 *
 * Nothing older than what was once taken is ever taken again. What can't be written is used all the
 * same, and said (`portique.gate.sync`).
 */

import { KnowledgeError } from '../core/errors.js';
import { withoutToday } from '../core/knowledge.js';
import { localDay } from '../core/localtime.js';
import { checkSuccession } from '../core/recovery.js';
import { IV_BYTES } from '../core/seal.js';
import { laneOf } from '../core/zones.js';
import { StoreFault } from '../shared/store.js';
import { readInWorker } from './knowledge_reading.js';
import { openingKey } from './opening_key.js';

/** @typedef {import('../core/judge.js').Bench} Bench */
/** @typedef {import('../core/knowing.js').Knowledge} Knowledge */
/** @typedef {import('../shared/store.js').Store} Store */
/** @typedef {import('./membership.js').Membership} Membership */

const BUNDLE = 'bundle';
const LOST = 'the key that opens what the school wraps for this phone is not open, or was lost';

export class KnowledgeStore {
  #kept;
  #membership;
  #read;
  #nowMs;
  /** @type {CryptoKey | null} */
  #key = null;
  /** @type {CryptoKey | null} opens what is wrapped for this phone */
  #opening = null;
  /** @type {Knowledge | null} */
  #current = null;
  /** @type {StoreFault | null} why the newest knowledge lies not on the disk */
  fault = null;

  /**
   * @param {Store} kept
   * @param {Membership} membership
   * @param {object} [with_]
   * @param {typeof readInWorker} [with_.read]
   * @param {() => number} [with_.nowMs]
   */
  constructor(kept, membership, { read = readInWorker, nowMs = Date.now } = {}) {
    this.#kept = kept;
    this.#membership = membership;
    this.#read = read;
    this.#nowMs = nowMs;
  }

  /** Whether somebody is signed in, so that knowledge can be kept and used. */
  get isOpen() {
    return this.#key !== null;
  }

  /** What is known now; null: nobody is signed in, or none came yet. */
  get current() {
    return this.#current;
  }

  /**
   * Open what is kept, with the key that an agent's PIN gave.
   *
   * @param {CryptoKey} bundleKey
   * @returns {Promise<Knowledge | null>} null: nothing usable is kept, ask the server
   * @throws {StoreFault}
   */
  async open(bundleKey) {
    this.#key = bundleKey;
    const opening = await openingKey(this.#kept, bundleKey);
    if (this.#key === bundleKey) this.#opening = opening;
    const data = await this.#load(bundleKey);
    const known = data && (await this.#opened(data).catch(orNothing));
    return this.#use(known, bundleKey);
  }

  /** Let go of the key and of all that was opened. */
  close() {
    this.#key = this.#opening = this.#current = null;
  }

  /**
   * Take knowledge that came, if it may follow what is here, and keep it.
   *
   * @param {Uint8Array<ArrayBuffer>} data
   * @param {(knowledge: Knowledge) => Promise<void>} [check] may refuse it
   * @returns {Promise<Knowledge>}
   * @throws {KnowledgeError} Not this school's, older, damaged; the former stays.
   */
  async save(data, check = async () => {}) {
    const key = this.#key;
    if (key === null) throw new KnowledgeError('nobody is signed in to keep knowledge for');
    const knowledge = await this.#opened(data);
    if (this.#current) await checkSuccession(this.#current, knowledge);
    await check(knowledge);
    await this.#keep(data, knowledge, key);
    this.#use(knowledge, key);
    return knowledge;
  }

  /**
   * Let go of the day's list once its day is over: from memory, then from the disk.
   *
   * @param {number} atMs
   * @returns {Promise<Knowledge | null>} the knowledge without it, if there was one
   */
  async endDay(atMs) {
    const [known, key] = [this.#current, this.#key];
    if (key === null || !known?.today) return null;
    if (localDay(atMs, known.calendar.zone) <= known.today.day) return null;
    const left = this.#use({ ...known, today: null }, key);
    const data = await this.#load(key);
    const kept = data && withoutToday(data);
    if (kept) await this.#keep(kept, known, key);
    return left;
  }

  /**
   * Use knowledge from now on, unless whoever it was opened for has gone meanwhile.
   *
   * @param {Knowledge | null} knowledge
   * @param {CryptoKey} key
   */
  #use(knowledge, key) {
    if (this.#key === key) this.#current = knowledge;
    return this.#current;
  }

  /** @param {Uint8Array<ArrayBuffer>} data */
  #opened(data) {
    const { joined, version } = this.#membership;
    if (joined === null) throw new KnowledgeError('this phone has joined no school');
    const agreement = this.#opening;
    if (agreement === null) throw new KnowledgeError(LOST);
    const device = { uai: joined.uai, mine: { ...joined.key, agreement }, atLeast: version };
    return this.#read({ data, schoolKey: joined.knowledgeKey, device, atMs: this.#nowMs() });
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} data
   * @param {Knowledge} knowledge
   * @param {CryptoKey} key
   */
  async #keep(data, knowledge, key) {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const box = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, data);
    if (this.#membership.joined === null) return; // removed meanwhile
    this.#membership.believe(knowledge); // also what a full phone can't keep
    try {
      await this.#kept.put({ id: BUNDLE, iv, box });
      await this.#membership.keepBelieved(); // after it: a version without its bundle shuts out the older
      this.fault = null;
    } catch (error) {
      if (!(error instanceof StoreFault)) throw error;
      this.fault = error;
    }
  }

  /**
   * Decrypt what is kept; null: nothing, or under the key of agents who are no more.
   *
   * @param {CryptoKey} key
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
   */
  async #load(key) {
    const record = (await this.#kept.all()).find(({ id }) => id === BUNDLE);
    if (!record) return null;
    try {
      const how = { name: 'AES-GCM', iv: record.iv };
      return new Uint8Array(await crypto.subtle.decrypt(how, key, record.box));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      return null;
    }
  }
}

/**
 * Do without what an older app wrote, or a damaged disk gave: the server has it in today's form.
 *
 * @param {unknown} error
 */
function orNothing(error) {
  if (!(error instanceof KnowledgeError)) throw error;
  return null;
}

/**
 * Return where a phone judges by what it knows.
 *
 * @param {import('./membership.js').Joined} joined
 * @param {Knowledge} knowledge
 * @returns {Bench}
 * @throws {KnowledgeError} The school has no such lane any more.
 */
export function benchOf({ uai, lane }, knowledge) {
  return { uai, lane: laneOf(knowledge.site, lane), knowledge };
}
