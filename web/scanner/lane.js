/**
 * The lane in the agent's hand: decide, journal, remember, show. The order of effects is the safety case.
 *
 *     judged ─▶ journal (durable) ─▶ remembered ─▶ board
 *
 * If the journal refuses, the same showing is decided again as *journal unavailable* (entry refers,
 * exit stays free), and shown. Agents' answers go the same way. One call follows the other, whoever
 * asks. There is no door: the agent is the door, and acts on what is shown. The same as
 * `portique.gate.lane`.
 */

import { Outcome } from '../core/decide.js';
import { JournalError } from '../core/errors.js';
import { present } from '../core/judge.js';
import { whose } from '../core/recall.js';
import { Answers } from './answers.js';
import { cardOf } from './cards.js';
import { decideAndWrite } from './deciding.js';
import { Flood } from './flood.js';
import { NOT_SERVED, TOO_MANY } from './lane_words.js';
import { Modes } from './modes.js';
import { SchoolPosture } from './posture.js';
import { gather } from './recent.js';
import { RECENT_MS, cardWith } from './shown.js';
import { SpotChecks } from './spot_checks.js';
import { Workings } from './workings.js';

/** @typedef {import('../core/facts.js').Presented} Presented */
/** @typedef {import('../core/judge.js').Bench} Bench */
/** @typedef {import('../core/judge.js').Judged} Judged */
/** @typedef {import('../core/showing.js').Opened} Opened */
/** @typedef {import('./recent.js').Receipt} Receipt */

const MINUTE_MS = 60_000;

/**
 * @typedef {object} Parts What a lane works with
 * @property {Bench} bench
 * @property {import('./pen.js').Journal} journal
 * @property {import('./board.js').Board} board
 * @property {import('./workings.js').Timekeeper} clock
 * @property {(size: number) => Uint8Array} entropy
 * @property {() => number} takeNumber the next showing's number, of the series that the camera uses
 */

/** The lane: decides showings, and carries out what agents ask. */
export class Lane {
  #workings;
  #answers;
  #modes;
  #posture;
  #spotChecks;
  #flood = new Flood();
  /** @type {Promise<unknown>} */
  #lastTurn = Promise.resolve();
  #tendedMs = 0;

  /** @param {Parts} parts */
  constructor({ entropy, ...parts }) {
    const workings = new Workings(parts);
    this.#workings = workings;
    this.#answers = new Answers(workings, (shown, opened) => this.#carryThrough(shown, opened));
    this.#modes = new Modes(workings);
    this.#posture = new SchoolPosture(workings);
    this.#spotChecks = new SpotChecks(entropy);
    this.#posture.follow(workings.alarm);
  }

  /** Where the lane judges now. */
  get bench() {
    return this.#workings.bench;
  }

  /**
   * Do one thing after the other: whoever asks meanwhile waits.
   *
   * @template T
   * @param {() => T | Promise<T>} work
   * @returns {Promise<T>}
   */
  #inTurn(work) {
    const turn = this.#lastTurn.then(work);
    this.#lastTurn = turn.catch(() => {}); // whoever asked hears of it; the next ones go on
    return turn;
  }

  // --- showings ----------------------------------------------------------------------------------

  /**
   * Decide one showing and carry it through.
   *
   * One that can't be served, by a bug of ours, is the agent's to answer.
   *
   * @param {Opened} opened `atMs` by the scanner's clock
   * @returns {Promise<Judged | null>} null: only counted, let pass unasked, or one of a flood
   */
  serve(opened) {
    return this.#inTurn(async () => {
      try {
        return await this.#serve(opened);
      } catch (error) {
        this.#refer(opened);
        throw error;
      }
    });
  }

  /** @param {Opened} opened */
  async #serve(opened) {
    this.#keepDay(opened.atMs);
    if (await this.#modes.letsPass(opened.atMs)) return null;
    const presented = await present(this.bench, opened.text, opened.typed);
    if (presented.held === null && this.#floods(opened)) return null;
    return this.#carryThrough(presented, opened);
  }

  /**
   * @param {Presented} presented
   * @param {Opened} opened
   */
  async #carryThrough(presented, opened) {
    const { day } = this.#workings;
    const { held } = presented;
    const decided = await decideAndWrite(this.#workings, this.#spotChecks, presented, opened);
    const { decision } = decided.judged;
    day.recall.noteProof(presented, opened.atMs);
    if (decision.outcome === Outcome.GRANT) day.passed(held && whose(held), opened.atMs);
    this.#show(decided, opened);
    return decided.judged;
  }

  /**
   * @param {{judged: Judged, receipt: Receipt | null}} decided
   * @param {Opened} opened
   */
  #show({ judged, receipt }, opened) {
    const { cards } = this.#workings;
    const { held } = judged.presented;
    const checking = judged.decision.reasons.includes('identity-to-confirm');
    cards.show(cardOf(judged, opened), { receipt, whose: held && whose(held), checking });
    cards.alertOf(judged, opened.atMs);
  }

  /**
   * Let the agent see, without an entry, somebody whose code is one of a flood.
   *
   * @param {Opened} opened
   */
  #floods({ showing, atMs }) {
    if (this.#flood.takes(atMs)) return false;
    const { board, cards } = this.#workings;
    board.stage(cardWith({ showing, atMs, outcome: Outcome.REFUSE, note: TOO_MANY }));
    if (this.#flood.begins) cards.alert('notice', atMs, TOO_MANY);
    return true;
  }

  /** @param {Opened} opened */
  #refer({ showing, atMs }) {
    const card = cardWith({ showing, atMs, outcome: Outcome.REFER, note: NOT_SERVED });
    this.#workings.cards.show(card, { receipt: null, whose: null, checking: false });
  }

  // --- what agents ask, and consoles; see `Answers` and `Modes` ---------------------------------

  /** @type {Answers['rule']} */
  rule = (...asked) => this.#inTurn(() => this.#answers.rule(...asked));

  /** @type {Answers['ruleOn']} */
  ruleOn = (...asked) => this.#inTurn(() => this.#answers.ruleOn(...asked));

  /** @type {Answers['admitManually']} */
  admitManually = (...asked) => this.#inTurn(() => this.#answers.admitManually(...asked));

  /** @type {Answers['openFor']} */
  openFor = (asked) => this.#inTurn(() => this.#answers.openFor(asked));

  /** @type {Answers['findForgotten']} */
  findForgotten = (letters, label) => this.#answers.findForgotten(letters, label);

  /** @type {Answers['admitForgotten']} */
  admitForgotten = (...asked) =>
    this.#inTurn(() => {
      this.#keepDay(this.#workings.clock.nowMs());
      return this.#answers.admitForgotten(...asked);
    });

  /** @type {Modes['count']} */
  count = (direction, step) => this.#inTurn(() => this.#modes.count(direction, step));

  /** @type {Modes['set']} */
  setMode = (mode, agent) => this.#inTurn(() => this.#modes.set(mode, agent));

  /**
   * Take an alert off the screen; nothing is journalled, for an alert holds no decision.
   *
   * @param {number} alert
   * @throws {import('../core/errors.js').TooLate} It is not there (any more).
   */
  dismissAlert(alert) {
    return this.#inTurn(() => this.#workings.board.dropAlert(alert));
  }

  // --- what it learns and remembers -------------------------------------------------------------

  /**
   * Judge by newer knowledge from now on, follow its alarm, take up a mode the school has changed.
   *
   * @param {Bench} bench
   * @throws {JournalError} The change of mode could not be written: the lane keeps the former mode.
   */
  learn(bench) {
    return this.#inTurn(async () => {
      this.#workings.bench = bench;
      this.#workings.board.setLane(bench.lane);
      this.#workings.day.follow(bench.lane);
      this.#posture.follow(this.#workings.alarm);
      await this.#ifWritable(() => this.#posture.write());
      await this.#modes.followSchool();
    });
  }

  /**
   * Remember that another lane let a holder through, as the server tells.
   *
   * @param {string} holder
   * @param {number} atMs
   */
  noteElsewhere(holder, atMs) {
    const { clock, day } = this.#workings;
    return this.#inTurn(() => day.recall.noteElsewhere(holder, Math.min(atMs, clock.nowMs())));
  }

  /**
   * Take up what the journal remembers, after the app was opened again: memory, counts, cards.
   *
   * @param {Iterable<import('./recent.js').Dated>} entries oldest first, of the last `RESTORED_MS`
   */
  restore(entries) {
    return this.#inTurn(() => {
      const { bench, cards, clock, day, zone } = this.#workings;
      const recent = gather(entries);
      const isToday = day.restore(recent, clock.nowMs(), zone);
      const here = recent.unanswered.filter(({ body }) => body.lane === bench.lane.name);
      cards.bringBack(here.filter(({ atMs }) => isToday(atMs)));
      const modes = recent.modes.filter(({ lane }) => lane === bench.lane.name);
      this.#modes.restore(modes.find(({ atMs }) => isToday(atMs)));
    });
  }

  /** Do what time asks for: call once a second. What the journal refuses is tried again. */
  tend() {
    return this.#inTurn(async () => {
      const { board, clock } = this.#workings;
      const [atMs, monotonicMs] = [clock.nowMs(), clock.monotonicMs()];
      board.beat(monotonicMs);
      board.forget(atMs - RECENT_MS);
      board.setFault('clock', clock.state.doubt);
      this.#keepDay(atMs);
      await this.#ifWritable(() => this.#posture.write());
      await this.#ifWritable(() => this.#modes.writeFree());
      if (monotonicMs - this.#tendedMs < MINUTE_MS) return;
      this.#tendedMs = monotonicMs;
      this.#workings.day.recall.forget(atMs);
      await this.#ifWritable(() => this.#writeFlood());
    });
  }

  /** Begin anew at the school's midnight: counts, directions, and cards nobody answered. */
  #keepDay(/** @type {number} */ atMs) {
    const { cards, day, zone } = this.#workings;
    if (day.keep(atMs, zone)) cards.endDay(atMs);
  }

  /** Journal how many codes had no entry of their own. */
  async #writeFlood() {
    const { beyond } = this.#flood;
    if (!beyond) return;
    await this.#workings.pen.write({ kind: 'notice', code: 'unknown-codes', value: beyond });
    this.#flood.beyond -= beyond;
  }

  /** @param {() => Promise<void>} write */
  async #ifWritable(write) {
    try {
      await write();
    } catch (error) {
      if (!(error instanceof JournalError)) throw error; // the board says what is wrong
    }
  }
}
