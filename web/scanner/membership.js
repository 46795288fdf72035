/**
 * What this phone is at its school, kept in the open: who it is, its key, whom it believes.
 *
 * Nothing of it is personal, and the key's handles don't give the key away. It is there when nobody is
 * signed in, so that entries still go up and a removal is still heard.
 */

/** @typedef {import('../core/keys.js').PublicKey} PublicKey */
/** @typedef {import('../core/knowledge.js').Version} Version */
/** @typedef {import('../shared/store.js').Store} Store */

/**
 * @typedef {object} Joined A phone that joined a school as one of its gates
 * @property {string} gateId
 * @property {string} lane
 * @property {string} uai
 * @property {import('../core/wrapping.js').DeviceKey} key
 * @property {PublicKey} knowledgeKey whose knowledge it believes
 */

/** @typedef {{atMs: number, unsent: number}} Gone  when it was removed, and how many entries went with it */

const JOINED = 'joined';
const LEARNED = 'learned';
const BEGUN = 'journal-begun';
const GONE = 'gone';

export class Membership {
  #kept;
  /** @type {Joined | null} */
  #joined = null;
  /** @type {{orders: PublicKey, version: Version} | null} */
  #learned = null;
  #begun = false;
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
   * @throws {import('../shared/store.js').StoreFault}
   */
  static async open(kept) {
    const membership = new Membership(kept);
    const records = new Map((await kept.all()).map((record) => [record.id, record]));
    membership.#gone = records.get(GONE)?.of ?? null;
    if (membership.#gone)
      await membership.forget(membership.#gone); // it may have been cut short
    else {
      membership.#joined = records.get(JOINED)?.of ?? null;
      membership.#learned = records.get(LEARNED)?.of ?? null;
      membership.#begun = records.has(BEGUN);
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

  /** Whether a journal was begun here: then an empty one was lost. */
  get journalBegun() {
    return this.#begun;
  }

  /** When the school removed this phone; null: it didn't. */
  get gone() {
    return this.#gone;
  }

  /**
   * Keep who this phone is from now on, and nothing of what it was before.
   *
   * @param {Joined} joined
   * @throws {import('../shared/store.js').StoreFault}
   */
  async join({ gateId, lane, uai, key, knowledgeKey }) {
    await this.forget(null);
    const joined = { gateId, lane, uai, key, knowledgeKey };
    await this.#kept.put({ id: JOINED, of: joined });
    this.#joined = joined;
  }

  /**
   * Keep what knowledge that was taken says of the link.
   *
   * @param {import('../core/knowing.js').Knowledge} knowledge
   * @throws {import('../shared/store.js').StoreFault}
   */
  async learn({ keys, manifest }) {
    this.#learned = { orders: keys.orders, version: manifest.version };
    await this.#kept.put({ id: LEARNED, of: this.#learned });
  }

  /**
   * Remember that a journal was begun.
   *
   * @throws {import('../shared/store.js').StoreFault}
   */
  async beginJournal() {
    await this.#kept.put({ id: BEGUN });
    this.#begun = true;
  }

  /**
   * Forget all that is kept: knowledge, agents, the phone's own key.
   *
   * @param {Gone | null} gone why, if the school removed this phone: nothing else stays
   * @throws {import('../shared/store.js').StoreFault}
   */
  async forget(gone) {
    this.#gone = gone;
    if (gone) await this.#kept.put({ id: GONE, of: gone });
    this.#joined = this.#learned = null;
    this.#begun = false;
    for (const { id } of await this.#kept.all()) {
      if (!gone || id !== GONE) await this.#kept.remove(id);
    }
  }
}
