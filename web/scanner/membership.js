/**
 * What this phone is at its school, kept in the open: who it is, its key, whom it believes.
 *
 * Nothing of it is personal, and the key's handle, which signs, doesn't give the key away. It is there
 * when nobody is signed in, so that entries still go up and a removal is still heard.
 */

import { StoreFault } from '../shared/store.js';
import { unguarded } from './opening_key.js';

/** @typedef {import('../core/keys.js').PublicKey} PublicKey */
/** @typedef {import('../core/knowledge.js').Version} Version */
/** @typedef {import('../shared/store.js').Store} Store */

/**
 * @typedef {object} Joined A phone that joined a school as one of its gates
 * @property {string} gateId
 * @property {string} lane
 * @property {string} uai
 * @property {import('../core/keys.js').PrivateKey} key signs; what opens is behind the PIN
 * @property {PublicKey} knowledgeKey whose knowledge it believes
 */

/** @typedef {Omit<Joined, 'key'> & {key: import('../core/wrapping.js').DeviceKey}} Joining */

/** @typedef {{atMs: number, unsent: number}} Gone  when it was removed, and how many entries went with it */

const JOINED = 'joined';
const LEARNED = 'learned';
const GONE = 'gone';

export class Membership {
  #kept;
  /** @type {Joined | null} */
  #joined = null;
  /** @type {{orders: PublicKey, version: Version} | null} */
  #learned = null;
  /** @type {Gone | null} */
  #gone = null;

  /** @param {Store} kept */
  constructor(kept) {
    this.#kept = kept;
  }

  /**
   * Take up what the phone kept.
   *
   * @param {Store} kept
   * @throws {StoreFault}
   */
  static async open(kept) {
    const membership = new Membership(kept);
    const records = new Map((await kept.all()).map((record) => [record.id, record]));
    membership.#gone = records.get(GONE)?.of ?? null;
    if (membership.#gone)
      await membership.#empty(); // it may have been cut short
    else {
      membership.#joined = records.get(JOINED)?.of ?? null;
      membership.#learned = records.get(LEARNED)?.of ?? null;
    }
    return membership;
  }

  /** Who this phone is; null: it joined no school. */
  get joined() {
    return this.#joined;
  }

  /** The key by which answers are proved; null: no knowledge came yet. */
  get orders() {
    return this.#learned?.orders ?? null;
  }

  /** The newest knowledge this phone ever took: nothing older is taken again. */
  get version() {
    return this.#learned?.version ?? null;
  }

  /** When the school removed this phone; null: it didn't. */
  get gone() {
    return this.#gone;
  }

  /**
   * Keep who this phone is from now on, and nothing of what it was before.
   *
   * @param {Joining} joining
   * @throws {StoreFault}
   */
  async join({ gateId, lane, uai, key: { agreement, ...key }, knowledgeKey }) {
    await this.forget(null);
    const joined = { gateId, lane, uai, key, knowledgeKey };
    await this.#kept.put(unguarded(agreement)); // first: without it nobody has joined
    await this.#kept.put({ id: JOINED, of: joined });
    this.#joined = joined;
  }

  /**
   * Believe what knowledge that was taken says of the link, until the app is closed.
   *
   * @param {import('../core/knowing.js').Knowledge} knowledge
   */
  believe({ keys, manifest }) {
    this.#learned = { orders: keys.orders, version: manifest.version };
  }

  /**
   * Keep what is believed.
   *
   * @throws {StoreFault}
   */
  async keepBelieved() {
    await this.#kept.put({ id: LEARNED, of: this.#learned });
  }

  /**
   * Forget all that is kept: knowledge, agents, the phone's own key. What can't be written or removed
   * hinders nothing else: a full phone has room for why once the rest is gone.
   *
   * @param {Gone | null} gone why, if the school removed this phone: nothing else stays
   * @throws {StoreFault} Something stayed, or why it went is not kept.
   */
  async forget(gone) {
    this.#gone = gone;
    this.#joined = this.#learned = null;
    const say = async () => gone && this.#kept.put({ id: GONE, of: gone });
    const unsaid = await faultOf(say());
    const stayed = await faultOf(this.#empty());
    if (unsaid) await say();
    if (stayed) throw stayed;
  }

  /** Remove all but why this phone is none any more; what resists hinders nothing else. */
  async #empty() {
    let stayed = null;
    for (const { id } of await this.#kept.all()) {
      if (!this.#gone || id !== GONE) stayed = (await faultOf(this.#kept.remove(id))) ?? stayed;
    }
    if (stayed) throw stayed;
  }
}

/**
 * @param {Promise<unknown>} change
 * @returns {Promise<StoreFault | null>} why it was not made
 */
async function faultOf(change) {
  try {
    await change;
    return null;
  } catch (fault) {
    if (!(fault instanceof StoreFault)) throw fault;
    return fault;
  }
}
