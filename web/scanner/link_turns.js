/**
 * One turn of the link: it files, asks for news and fetches knowledge, each if it is due.
 *
 * Signed out it still files and still hears that the school removed this phone; notes and newer
 * knowledge wait until somebody signs in. `portique.gate.link.client`.
 */

import { JournalError, KnowledgeError, LinkError } from '../core/errors.js';
import { NOTES_MAX, readNews, reportBytes } from '../core/wire_news.js';
import { Erasures, takeUp } from './errands.js';
import { OK, Refused, UnprovedAnswer, hear } from './link_calls.js';
import { Filer } from './link_filing.js';
import { Failing, healthOf } from './link_health.js';
import { Fetcher } from './link_knowledge.js';
import { Pace } from './pace.js';

/** @typedef {import('./journal.js').Journal} Journal */
/** @typedef {import('./lane.js').Lane} Lane */
/** @typedef {import('./link_calls.js').Reply} Reply */

const NEWS_PATH = '/gate/v1/news';
const [NOT_READ, UNKNOWN_GATE] = [400, 401];
const NEWS_MS = 10_000;
const NEWS_HIDDEN_MS = 30_000;
const NEWS_GAP_MS = 300; // what fails may come and go in bursts
const ASK_AGAIN_MS = 3_600_000;
const BREATH_MS = 100; // between two filings of a backlog: the lane decides meanwhile

/** @typedef {'connecting' | 'online' | 'offline' | 'removed'} LinkState  connecting: not tried yet */
/** @typedef {'disputed' | 'knowledge' | 'unproved' | null} LinkFault */

/**
 * @typedef {object} LinkSnapshot
 * @property {LinkState} state
 * @property {number | null} heardMs how long ago the server was last heard; null: not yet
 * @property {number} unsent
 * @property {LinkFault} fault what a person must see to: the server has other entries under the same
 *   numbers, what it offers as knowledge can't be used, or its answers aren't the school's
 */

/**
 * @typedef {object} Around The parts of the phone that the link works with
 * @property {import('./membership.js').Membership} membership
 * @property {Journal} journal
 * @property {import('./knowledge_store.js').KnowledgeStore} knowledge
 * @property {import('./clock.js').Clock} clock
 * @property {import('./link_calls.js').Calls} calls
 * @property {string} version of the app
 */

/** @param {number} length */
const drawn = (length) => crypto.getRandomValues(new Uint8Array(length));

/** @typedef {{lane: Lane, board: import('./board.js').Board}} Place where an agent signed in */

/** Turned by hand: no timer, no waiting. */
export class Turns {
  #around;
  #filer;
  #fetcher;
  #erasures;
  #pace;
  #failing = new Failing();
  /** @type {readonly string[]} */
  #reported = [];
  #cursor = 0;
  #newsMs = 0;
  #askAgainMs = 0;
  #begunAnew = false;
  /** @type {LinkState} */
  #state = 'connecting';
  /** @type {LinkFault} */
  #fault = null;
  /** @type {number | null} uptime at the last proved answer */
  #heardAtMs = null;
  /** @type {Place | null} */
  #at = null;

  /** @param {Around} around */
  constructor(around) {
    this.#around = around;
    const { calls, clock, journal, knowledge } = around;
    this.#pace = new Pace(drawn);
    this.#filer = new Filer(journal, clock, (path, body) => this.#post(path, body));
    this.#fetcher = new Fetcher(calls, knowledge, clock);
    this.#erasures = new Erasures(journal, clock);
  }

  /** @type {LinkSnapshot} */
  get snapshot() {
    const heardMs = this.#heardAtMs === null ? null : performance.now() - this.#heardAtMs;
    const { unsent } = this.#around.journal;
    return Object.freeze({ state: this.#state, heardMs, unsent, fault: this.#fault });
  }

  /**
   * Say where an agent signed in; null: nobody is, any more.
   *
   * @param {Place | null} at
   */
  serve(at) {
    this.#at = at;
    this.#newsMs = 0;
  }

  /** Ask for news at the next turn: the page is seen again, or the network is back. */
  askNow() {
    this.#newsMs = 0;
  }

  /** Fetch at the next turn what is newer than what is known. */
  askKnowledge = () => this.#fetcher.askAgain();

  /**
   * Do what is due; return after how many ms to look again, unless something happens.
   *
   * @returns {Promise<number>} Infinity: never again, this phone was removed
   */
  async turn() {
    if (this.#state === 'removed') return Infinity;
    return this.#worked().catch((error) => this.#failed(error));
  }

  async #worked() {
    await this.#keepUp();
    if (this.#fetcher.due) await this.#fetch();
    if (this.#around.membership.orders === null) return this.#pace.failed(); // whom to believe?
    if (performance.now() >= this.#askAgainMs) await this.#askAgain();
    const more = await this.#note(await this.#filer.file());
    if (performance.now() >= this.#newsAtMs()) await this.#askNews();
    this.#pace.worked();
    if (more || this.#fetcher.due) return BREATH_MS;
    return Math.max(0, this.#newsAtMs() - performance.now());
  }

  /** Learn what is known now: less at the day's end, more if it came before there was a lane. */
  async #keepUp() {
    const { knowledge, clock } = this.#around;
    await knowledge.endDay(clock.nowMs());
    const { current } = knowledge;
    if (this.#at && current && current !== this.#at.lane.bench.knowledge)
      await this.#learn(current);
  }

  async #fetch() {
    try {
      const found = await this.#fetcher.fetch();
      if (found) await this.#learn(found);
      if (this.#fault === 'knowledge') this.#fault = null;
    } catch (error) {
      if (!(error instanceof KnowledgeError)) throw error;
      this.#fault = 'knowledge';
    }
    if (this.#around.membership.orders === null) this.#state = 'offline'; // tried, and nobody to believe
  }

  /**
   * Judge by the newer knowledge whatever it says of the lane: a revocation can't wait.
   *
   * @param {import('../core/knowing.js').Knowledge} knowledge
   */
  async #learn(knowledge) {
    const { joined } = this.#around.membership;
    if (joined === null || this.#at === null) return;
    const { lane } = this.#at;
    const row = knowledge.site.lanes.find((one) => one.name === joined.lane);
    await lane.learn({ uai: joined.uai, lane: row ?? lane.bench.lane, knowledge });
  }

  async #askAgain() {
    for (const filed of await this.#filer.askAgain()) await this.#note(filed);
    this.#askAgainMs = performance.now() + ASK_AGAIN_MS;
  }

  /** @param {import('./link_filing.js').Filed} filed */
  async #note({ said, disputed, more }) {
    const { journal, clock, membership } = this.#around;
    if (disputed === journal.head.epoch && !this.#begunAnew) {
      this.#begunAnew = true; // once: a server that disputes everything must not fill the storage
      await journal.beginAnew(clock.nowMs());
    }
    this.#fetcher.want(said?.knowledge ?? null);
    for (const order of said?.orders ?? []) {
      if (membership.orders) await this.#erasures.carryOut(order, membership.orders);
    }
    return more;
  }

  /** When to ask next: by the pace, or at once when what fails has changed. */
  #newsAtMs() {
    return sameTexts(this.#failingNow(), this.#reported) ? this.#newsMs : 0;
  }

  #failingNow() {
    return this.#failing.look(this.#at?.board ?? null, performance.now());
  }

  async #askNews() {
    const cursor = this.#cursor;
    const failing = this.#failingNow();
    const reply = await this.#report(cursor, failing);
    if (reply.status !== OK) throw new Refused(reply);
    this.#reported = failing;
    const news = readNews(reply.body);
    if (news.cursor < cursor) this.#askAgainMs = 0; // it came back from a backup: what else is lost?
    this.#fetcher.want(news.knowledge);
    const full = this.#at !== null && news.notes.length === NOTES_MAX;
    const waitMs = globalThis.document?.visibilityState === 'hidden' ? NEWS_HIDDEN_MS : NEWS_MS;
    this.#newsMs = performance.now() + (full ? NEWS_GAP_MS : this.#pace.about(waitMs));
    if (this.#at === null) return;
    this.#cursor = news.cursor; // first: a note that fails must not come back for ever
    await takeUp(news.notes, this.#at.lane);
  }

  /**
   * @param {number} cursor
   * @param {readonly string[]} failing
   * @returns {Promise<Reply>}
   */
  async #report(cursor, failing) {
    const { version, journal, clock, membership } = this.#around;
    const mode = this.#at?.board.snapshot.mode;
    const own = { version, journal, clock, mode, knowledge: membership.version };
    const health = await healthOf({ ...own, failing });
    const reply = await this.#post(NEWS_PATH, reportBytes({ cursor, health }));
    if (reply.status !== NOT_READ || failing.length === 0) return reply;
    const plain = { ...health, failing: [] }; // for a server from before this field
    return this.#post(NEWS_PATH, reportBytes({ cursor, health: plain }));
  }

  /**
   * Post, and give the reply only once the school's key proves it.
   *
   * @param {string} path
   * @param {Uint8Array<ArrayBuffer>} body
   */
  async #post(path, body) {
    const { calls, clock, membership } = this.#around;
    if (membership.orders === null) throw new LinkError('no knowledge yet, whom to believe?');
    const reply = await calls.ask('POST', path, body);
    const signedMs = await reply.signedMs(membership.orders);
    if (reply.status === UNKNOWN_GATE) throw new Refused(reply);
    this.#heardAtMs = performance.now();
    this.#state = 'online';
    if (this.#fault !== 'knowledge') this.#fault = this.#filer.disputes ? 'disputed' : null;
    hear(clock, signedMs, reply);
    return reply;
  }

  /**
   * Note a failure; return how long to wait before the next call.
   *
   * @param {unknown} error
   */
  async #failed(error) {
    if (error instanceof Refused && (await this.#isRemoval(error.reply))) return this.#remove();
    if (error instanceof LinkError || this.#state === 'connecting') this.#state = 'offline';
    if (!(error instanceof LinkError || error instanceof JournalError)) throw error;
    this.#askAgainMs = 0; // it may come back from a backup
    if (error instanceof UnprovedAnswer) this.#fetcher.askAgain();
    const { status } = error instanceof Refused ? error.reply : { status: null };
    const isUnproved = error instanceof UnprovedAnswer || status === UNKNOWN_GATE;
    if (isUnproved || this.#fault === 'unproved') this.#fault = isUnproved ? 'unproved' : null;
    return this.#pace.failed();
  }

  /**
   * Say whether the school itself says that it knows this phone no more.
   *
   * @param {Reply} reply
   */
  async #isRemoval(reply) {
    const { orders } = this.#around.membership;
    if (reply.status !== UNKNOWN_GATE || orders === null) return false;
    const isProved = reply.signedMs(orders).then(() => true);
    return isProved.catch((error) => {
      if (error instanceof UnprovedAnswer) return false;
      throw error;
    });
  }

  /** Keep nothing: a removed phone is a stolen one, until its school says otherwise. */
  async #remove() {
    const { membership, journal, knowledge, clock } = this.#around;
    this.#state = 'removed';
    const gone = { atMs: clock.nowMs(), unsent: journal.unsent };
    this.#at = null;
    knowledge.close();
    await membership.forget(gone).finally(() => journal.destroy());
    return Infinity;
  }
}

/**
 * @param {readonly string[]} one
 * @param {readonly string[]} other
 */
function sameTexts(one, other) {
  return one.length === other.length && one.every((text, at) => text === other[at]);
}
