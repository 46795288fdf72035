/**
 * One agent's time at the lane, from signing in to signing out: the opened knowledge, the lane, the
 * camera. When it ends the page begins anew, so that nothing opened stays in memory.
 */

import { Outcome } from '../core/decide.js';
import { KnowledgeError } from '../core/errors.js';
import { planAt } from '../core/knowing.js';
import { POINT } from '../core/sentences_table.js';
import { Showings, WHOLE_FRAME } from '../core/showing.js';
import { make } from '../shared/elements.js';
import { keepForGood } from '../shared/store.js';
import { keepAwake, letSleep } from '../shared/wake.js';
import { Board } from './board.js';
import { Calling } from './calling.js';
import { Camera } from './camera.js';
import { Chips } from './chips.js';
import { Desk } from './desk.js';
import { Feedback } from './feedback.js';
import { benchOf } from './knowledge_store.js';
import { Lane } from './lane.js';
import { Pen } from './pen.js';
import { Reading } from './reading.js';
import { RESTORED_MS, firstShowing } from './recent.js';
import { words } from './say.js';
import { Session } from './session.js';
import { VERSION } from './version.js';
import { Wedge } from './wedge.js';

/** @typedef {import('../core/judge.js').Bench} Bench */
/** @typedef {import('../core/showing.js').Opened} Opened */
/** @typedef {import('./device.js').Device} Device */
/** @typedef {import('./journal.js').Journal} Journal */
/** @typedef {import('./link.js').Link} Link */

const TEND_MS = 1_000;
const CLOSING_MS = 500;
const OUTCOME_SIGNS = /** @type {const} */ (['grant', 'refer', 'refuse']);

/** Sends `change` when anything it shows may have changed, `end` when the session is over. */
export class Duty extends EventTarget {
  feedback = new Feedback();
  video = make('video', { playsinline: true, muted: true, disablepictureinpicture: true });
  camera = new Camera(this.video);
  /** Whether the agent let the camera rest. */
  paused = false;
  /** Whether the browser may clear what is kept. */
  fragile = false;
  /** Whether the lane is on the screen. */
  #seen = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #tending;
  #tends = false;
  #changed = () => this.dispatchEvent(new Event('change'));

  /**
   * @param {Device} device
   * @param {string} agent
   * @param {object} lane
   * @param {Lane} lane.lane
   * @param {Board} lane.board
   * @param {Showings} lane.showings
   * @param {(said: string) => void} tell
   */
  constructor(device, agent, { lane, board, showings }, tell) {
    super();
    this.device = device;
    this.agent = agent;
    this.lane = lane;
    this.board = board;
    this.desk = new Desk(lane, board, agent, tell);
    const serve = (/** @type {Opened} */ opened) => this.#serve(opened);
    const nowMs = () => this.clock.nowMs();
    this.reading = new Reading({ video: this.video, showings, nowMs, onShowing: serve });
    // Always: a reader's Enter must press no button of another screen.
    this.wedge = new Wedge({
      onText: (text) => this.#seen && this.reading.line(text),
      onUnread: () => this.#seen && this.#tellUnread(tell, words.asked.again),
    });
    this.chips = new Chips({
      onText: (text) => this.#seen && this.reading.line(text),
      onUnread: () => this.#seen && this.#tellUnread(tell, words.chips.unread),
    });
    this.session = new Session({ plan: () => this.#plan(), clock: this.clock });
  }

  /**
   * Open the lane for an agent who gave the right PIN.
   * @param {Device} device
   * @param {string} agent
   * @param {CryptoKey} bundleKey
   * @param {(said: string) => void} tell
   */
  static async begin(device, agent, bundleKey, tell) {
    const { knowledge: store, clock, entropy } = device;
    const journal = /** @type {Journal} */ (device.journal);
    const kept = await store.open(bundleKey);
    const knowledge = kept ?? (await firstOf(device));
    if (knowledge) clock.atLeast(knowledge.manifest.issuedMs);
    const bench = benchFor(device, knowledge);
    const entries = await journal.recent(clock.nowMs() - RESTORED_MS);
    const showings = new Showings(WHOLE_FRAME, firstShowing(journal.head, entries));
    const takeNumber = () => showings.takeNumber();
    const board = new Board(bench.lane);
    const lane = new Lane({ bench, journal, board, clock, entropy, takeNumber });
    await lane.restore(entries);
    const { wasClean: clean } = journal;
    const begun = { lane: bench.lane.name, version: VERSION, clean };
    await new Pen(journal, board, clock).begin({ ...begun, clockTrusted: clock.state.trusted });
    const duty = new Duty(device, agent, { lane, board, showings }, tell);
    await duty.#start();
    return duty;
  }

  get clock() {
    return this.device.clock;
  }

  /** @returns {Link} */
  get link() {
    return /** @type {Link} */ (this.device.link);
  }

  /** What is known of the school; null: nothing yet. */
  get knowledge() {
    return this.device.knowledge.current;
  }

  /** Whether an earlier journal was lost. */
  get begunAnew() {
    const begun = this.device.journal?.begun ?? null;
    return begun !== null && begun.cause !== 'first';
  }

  async #start() {
    this.fragile = !(await keepForGood());
    this.link.serve({ lane: this.lane, board: this.board });
    this.board.addEventListener('change', () => this.link.wake());
    new Calling(this.board, this.feedback);
    for (const source of [this.board, this.camera, this.reading, this.link, this.chips])
      source.addEventListener('change', this.#changed);
    this.camera.addEventListener('change', () => this.#tellCamera());
    this.reading.addEventListener('change', () => this.#tellReading());
    this.session.addEventListener('end', () => this.dispatchEvent(new Event('end')));
    this.wedge.start();
    this.#tending = setInterval(() => this.#tend(), TEND_MS);
  }

  /** The lane is on the screen: read. */
  look() {
    this.#seen = true;
    this.chips.start();
    if (!this.paused) this.#read();
  }

  /** Another screen is looked at: the camera rests meanwhile. */
  lookAway() {
    this.#seen = false;
    this.chips.stop();
    this.#rest();
  }

  /**
   * Let the camera rest, or go on.
   * @param {boolean} paused
   */
  pause(paused) {
    this.paused = paused;
    if (paused) this.#rest();
    else if (this.#seen) this.#read();
    this.#changed();
  }

  #read() {
    keepAwake();
    this.camera.start();
    this.reading.start();
  }

  #rest() {
    this.reading.stop();
    this.camera.stop();
    letSleep();
  }

  /** Somebody is there. */
  touch() {
    this.session.touch();
    this.feedback.allow();
  }

  /** Stop whatever runs; resolves once the journal says that this was in order. What was opened goes with the page. */
  async stop() {
    clearInterval(this.#tending);
    this.wedge.stop();
    this.lookAway();
    this.session.stop();
    this.link.serve(null);
    this.device.agents.signOut();
    this.device.knowledge.close();
    await closed(/** @type {Journal} */ (this.device.journal));
  }

  /** @param {Opened} opened */
  async #serve(opened) {
    this.session.touch();
    const before = this.board.snapshot.stage;
    const judged = await this.lane.serve(opened).catch(reportError); // the board then refers
    const { stage } = this.board.snapshot;
    if (judged || stage !== before) this.feedback.give(this.#sign(judged ?? null));
  }

  /**
   * Say that a reader's line or a chip was none: the answer to whoever came before must not stand for it.
   * @param {(said: string) => void} tell
   * @param {string} said
   */
  #tellUnread(tell, said) {
    this.board.stage(null);
    this.feedback.give('refer');
    tell(said);
  }

  /**
   * Return the sign of a showing: of its decision, or of what the stage says in its place.
   * @param {import('../core/judge.js').Judged | null} judged
   */
  #sign(judged) {
    const outcome = judged?.decision.outcome ?? this.board.snapshot.stage?.outcome;
    return OUTCOME_SIGNS[outcome ?? Outcome.GRANT];
  }

  /** One after the other: chores that wait for a storage must not queue up before the next showing. */
  async #tend() {
    if (this.#tends) return;
    this.#tends = true;
    await this.lane.tend().finally(() => (this.#tends = false));
  }

  #tellCamera() {
    const { state, fault } = this.camera;
    this.board.setFault('camera', state === 'fault' && fault ? fault.kind : null);
  }

  #tellReading() {
    this.board.setFault('decoder', this.reading.state.works ? null : 'fails');
  }

  #plan() {
    return this.knowledge && planAt(this.knowledge, this.clock.nowMs());
  }
}

/**
 * Take up the knowledge that came with joining; null: none came, or none of use: the link fetches it.
 * @param {Device} device
 */
async function firstOf(device) {
  const { bundle, knowledge } = device;
  device.bundle = null;
  try {
    return bundle && (await knowledge.save(bundle));
  } catch (error) {
    if (!(error instanceof KnowledgeError)) throw error;
    return null;
  }
}

/**
 * Close the journal in order, if the storage answers soon: nobody waits for it to lock the phone.
 * @param {Journal} journal
 */
async function closed(journal) {
  const soon = new Promise((resolve) => setTimeout(resolve, CLOSING_MS));
  await Promise.race([journal.close().catch(() => {}), soon]); // else the next start says so
}

/**
 * Return where a phone judges; until the school has told it anything, as every new school's entry.
 * @param {Device} device
 * @param {import('../core/knowing.js').Knowledge | null} knowledge
 * @returns {Bench}
 */
function benchFor({ membership }, knowledge) {
  const joined = /** @type {import('./membership.js').Joined} */ (membership.joined);
  if (knowledge) return benchOf(joined, knowledge);
  const name = joined.lane;
  const title = { fr: name, en: name };
  const way = { direction: /** @type {const} */ ('entry'), zoneFrom: 'outside', zoneTo: 'inside' };
  const usual = { mode: /** @type {const} */ ('control'), staffed: true, pairing: false };
  return { uai: joined.uai, lane: { name, title, point: POINT, ...way, ...usual }, knowledge };
}
