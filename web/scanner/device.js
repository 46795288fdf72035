/**
 * This phone as a scanner, whether or not somebody is signed in: who it is, its agents, its journal and
 * its line to the school. Entries still leave, and a removal is still heard, while it is locked.
 */

import { KnowledgeError } from '../core/errors.js';
import { Store, StoreFault } from '../shared/store.js';
import { Agents } from './agents.js';
import { forgetChoice } from './camera.js';
import { Clock } from './clock.js';
import { IdbRows } from './journal_rows.js';
import { Membership } from './membership.js';
import { atSchool } from './stages.js';
import { VERSION } from './version.js';

/** @typedef {import('./journal_rows.js').Rows} Rows */
/** @typedef {import('./membership.js').Joined} Joined */
/** @typedef {import('./journal.js').Journal} Journal */
/** @typedef {import('./knowledge_store.js').KnowledgeStore} KnowledgeStore */
/** @typedef {import('./link.js').Link} Link */

const BEGUN = 'begun'; // an empty journal is then one that was lost
const TURN_MS_MAX = 3_000; // how long a page that was just closed may still hold the journal

/** Another window has the scanner open: two would write two journals. */
export class OpenElsewhere extends Error {}

/** @param {number} count */
const entropy = (count) => crypto.getRandomValues(new Uint8Array(count));

/** @type {import('./link_calls.js').Fetch} */
const asked = (path, options) => fetch(path, options);

export class Device {
  clock = new Clock();
  /** The first knowledge, between joining and the first sign-in. @type {Uint8Array<ArrayBuffer> | null} */
  bundle = null;
  /** Whether it joined as another while it was one already: the page begins anew. */
  isAnother = false;
  /** @type {Journal | null} */
  journal = null;
  /** @type {Link | null} */
  link = null;
  entropy = entropy;
  #kept;
  /** @type {KnowledgeStore | null} */
  #knowledge = null;
  /** @type {() => Promise<Rows>} */
  #openRows = IdbRows.open;

  /**
   * @param {Store} kept
   * @param {Membership} membership
   * @param {Agents} agents
   */
  constructor(kept, membership, agents) {
    this.#kept = kept;
    this.membership = membership;
    this.agents = agents;
  }

  /** What it knows of the school that it has joined. */
  get knowledge() {
    if (this.#knowledge === null) throw new Error('this phone has joined no school');
    return this.#knowledge;
  }

  /** Whether somebody is signed in. */
  get isOpen() {
    return this.#knowledge?.isOpen ?? false;
  }

  /**
   * Take up what the phone keeps.
   * @param {Store} [kept]
   * @param {() => Promise<Rows>} [openRows] where the journal lies
   * @throws {OpenElsewhere | StoreFault | import('./journal_rows.js').JournalFault}
   * @throws {import('./stages.js').NotLoaded}
   */
  static async open(kept = new Store('portique-scanner', 'kept'), openRows = IdbRows.open) {
    await takeTurn();
    const membership = await Membership.open(kept);
    const device = new Device(kept, membership, await Agents.open(kept));
    device.#openRows = openRows;
    if (membership.gone) {
      forgetChoice(); // the first time may have been cut short
      await (await openRows()).wipe();
    }
    if (membership.joined) await device.#begin(membership.joined);
    return device;
  }

  /**
   * Join a school by an invitation.
   * @param {string} invitation
   * @throws {import('../core/errors.js').LinkError | StoreFault}
   */
  async join(invitation) {
    const { join } = await atSchool(); // before the invitation is used up
    const { bundle, ...joined } = await join(invitation, {
      fetch: asked,
      version: VERSION,
      entropy,
    });
    this.link?.stop();
    await this.membership.join(joined);
    this.isAnother = this.journal !== null;
    if (this.isAnother) return;
    this.agents = await Agents.open(this.#kept);
    this.bundle = bundle;
    await this.#begin(joined);
  }

  /**
   * Let in an agent who gave the right PIN; where that fails, nothing stays open without them.
   * Knowledge that has lost the lane is asked for anew first: the school may have mended it.
   * @template Begun
   * @param {() => Promise<Begun>} begin
   * @returns {Promise<Begun>}
   */
  async letIn(begin) {
    try {
      return await begin().catch(async (fault) => {
        if (!(fault instanceof KnowledgeError)) throw fault;
        await this.link?.refresh();
        return begin();
      });
    } catch (fault) {
      this.knowledge.close();
      this.agents.signOut();
      throw fault;
    }
  }

  /**
   * Begin to write and to call.
   * @param {Joined} joined
   */
  async #begin({ gateId, key }) {
    const { Calls, Journal, KnowledgeStore, Link, Retaining } = await atSchool();
    const { membership, clock } = this;
    const nowMs = () => clock.nowMs();
    const knowledge = new KnowledgeStore(this.#kept, membership, { nowMs });
    this.#knowledge = knowledge;
    const expected = await this.#hasBegun(gateId);
    const rows = await this.#openRows();
    const how = { gateId, key, entropy, atMs: clock.nowMs(), expected };
    const journal = await Journal.open(rows, how);
    clock.atLeast(journal.highestMs);
    if (!expected) await this.#noteBegun(gateId);
    const calls = new Calls({ fetch: asked, membership, clock, entropy });
    this.journal = journal;
    this.link = new Link({ membership, journal, knowledge, clock, calls, version: VERSION });
    this.link.addEventListener('removed', forgetChoice);
    new Retaining({ journal, clock, link: this.link, knowledge });
    this.link.start();
  }

  /** @param {string} gateId */
  async #hasBegun(gateId) {
    const records = await this.#kept.all();
    return records.some((record) => record.id === BEGUN && record.of === gateId);
  }

  /**
   * Remember that there is a journal. A full phone opens without: its agents refer, its entries leave.
   * @param {string} gateId
   */
  async #noteBegun(gateId) {
    try {
      await this.#kept.put({ id: BEGUN, of: gateId });
    } catch (fault) {
      if (!(fault instanceof StoreFault) || fault.kind !== 'full') throw fault;
    }
  }
}

/** Keep other windows from opening the scanner for as long as this page lives. */
async function takeTurn() {
  const signal = AbortSignal.timeout(TURN_MS_MAX);
  await new Promise((resolve, reject) => {
    const forGood = () => new Promise(() => resolve(undefined));
    navigator.locks
      .request('portique-scanner', { signal }, forGood)
      .catch(() => reject(new OpenElsewhere('the scanner is open in another window')));
  });
}
