/**
 * What agents answer and ask for at one lane, and consoles through the server: journal, then show.
 *
 * An answer that can't be written was not given: nothing changes, and whoever asked is told.
 */

import { cardOf as listedCard, find } from '../core/daylists.js';
import { Outcome } from '../core/decide.js';
import { TooLate } from '../core/errors.js';
import { forgotten } from '../core/facts.js';
import { listAt } from '../core/knowing.js';
import { LABELS } from '../core/sentences_table.js';
import { isTimely } from '../core/wire_news.js';
import { FROM_CONSOLE } from './lane_words.js';
import { cardWith } from './shown.js';

/** @typedef {import('../core/judge.js').Judged} Judged */
/** @typedef {import('../core/plain.js').Words} Words */
/** @typedef {import('./recent.js').Receipt} Receipt */
/** @typedef {import('./shown.js').Ruling} Ruling */
/** @typedef {import('./workings.js').Workings} Workings */
/** @typedef {import('../core/facts.js').Presented} Presented */
/** @typedef {import('../core/showing.js').Opened} Opened */

/** The answers of one lane. Every agent is an alias, never a civil name. */
export class Answers {
  #workings;
  #carryThrough;

  /**
   * @param {Workings} workings
   * @param {(presented: Presented, opened: Opened) => Promise<Judged>} carryThrough decides
   */
  constructor(workings, carryThrough) {
    this.#workings = workings;
    this.#carryThrough = carryThrough;
  }

  /**
   * Answer a card that waits.
   *
   * @param {number} showing
   * @param {Ruling} ruling
   * @param {string} reason
   * @param {string} agent
   * @throws {TooLate} Somebody ruled first, or the card waits no longer.
   * @throws {RangeError} The reason is none of the ruling's presets.
   * @throws {import('../core/errors.js').JournalError} It could not be written; nothing was done.
   */
  async rule(showing, ruling, reason, agent) {
    insist(reason, ruling === 'admit' ? 'admit' : 'deny');
    await this.#rule(showing, ruling, reason, agent);
  }

  /**
   * @param {number} showing
   * @param {Ruling} ruling
   * @param {string} reason
   * @param {string} agent
   */
  async #rule(showing, ruling, reason, agent) {
    const { cards, clock, day, pen } = this.#workings;
    const { receipt, whose } = cards.waiting(showing);
    const atMs = clock.nowMs();
    const { epoch, number } = receipt ?? { epoch: 0, number: 0 };
    await pen.write({ kind: 'ruling', showing, epoch, number, ruling, reason, agent });
    if (ruling === 'admit') day.passed(whose, atMs);
    cards.settle(showing, { ruling, reason, agent, atMs });
  }

  /**
   * Give the answer of somebody at a console to the decision of an entry; the agent is shown it.
   *
   * @param {Receipt} receipt
   * @param {Ruling} ruling
   * @param {string} reason
   * @param {string} agent
   * @throws {TooLate} The phone's own agent was first, or the card waits no longer.
   * @throws {RangeError} The reason is none of the ruling's presets.
   * @throws {import('../core/errors.js').JournalError} It could not be written; nothing was done.
   */
  async ruleOn(receipt, ruling, reason, agent) {
    const { board, cards } = this.#workings;
    await this.rule(cards.showingOf(receipt), ruling, reason, agent);
    board.stage(board.snapshot.recent[0]);
    board.dispatchEvent(new Event('console'));
  }

  /**
   * Let somebody through who showed no code.
   *
   * @param {string} reason
   * @param {string} agent
   * @throws {RangeError} The reason is none of the presets.
   * @throws {import('../core/errors.js').JournalError} It could not be written; nothing was done.
   */
  async admitManually(reason, agent) {
    await this.#admit({ reason, agent, admission: null }, null);
  }

  /**
   * Let somebody without a pass through because a console asks it; once, and now or never.
   *
   * @param {import('../core/wire_news.js').ConsoleAdmission} asked
   * @throws {TooLate} Done already, asked more than a minute ago, or of another lane.
   * @throws {RangeError} The reason is none of the presets.
   * @throws {import('../core/errors.js').JournalError} It could not be written; nothing was done.
   */
  async openFor(asked) {
    const { bench, board, clock, day } = this.#workings;
    const atMs = clock.nowMs();
    const isDone = day.recall.hasAdmitted(asked.admission);
    if (isDone || !isTimely(asked, atMs) || asked.lane !== bench.lane.name) {
      throw new TooLate('this was done already, or is asked for too late');
    }
    await this.#admit(asked, FROM_CONSOLE);
    day.recall.noteAdmission(asked.admission, atMs);
    board.dispatchEvent(new Event('console'));
  }

  /**
   * @param {{reason: string, agent: string, admission: string | null}} asked
   * @param {Words | null} note
   */
  async #admit({ reason, agent, admission }, note) {
    insist(reason, 'manual');
    const { bench, board, clock, day, pen, takeNumber } = this.#workings;
    const atMs = clock.nowMs();
    const about = { lane: bench.lane.name, reason, agent, people: 1, admission };
    await pen.write({ kind: 'manualAdmission', ...about });
    day.passed(null, atMs);
    /** @type {import('./shown.js').Ruled} */
    const ruled = { ruling: 'admit', reason, agent, atMs };
    const showing = takeNumber();
    board.listManual(cardWith({ showing, atMs, outcome: Outcome.GRANT, ruled, note }));
  }

  /**
   * Find who of today's list is meant, by letters of a name and the beginning of a class.
   *
   * @param {string} letters
   * @param {string} label
   * @returns {import('../core/daylists.js').Listed[] | null} null: there is no list of today
   */
  findForgotten(letters, label) {
    const today = this.#today();
    return today && find(today, letters, label);
  }

  /**
   * Decide on a forgotten card as if it had been shown; the agent answers at once.
   *
   * @param {string} passId of a card of today's list
   * @param {string} reason why it is not there
   * @param {string} agent
   * @returns {Promise<boolean>} whether they pass; where more objects than the missing card, their own
   *   card waits for an answer instead
   * @throws {TooLate} It is not on today's list (any more).
   * @throws {RangeError} The reason is none of the presets.
   * @throws {import('../core/errors.js').JournalError} It could not be written.
   */
  async admitForgotten(passId, reason, agent) {
    insist(reason, 'forgotten');
    const { bench, clock, takeNumber } = this.#workings;
    const found = this.#today()?.listed.find((one) => one.passId === passId);
    if (!found) throw new TooLate("today's list has no such card");
    const showing = takeNumber();
    const opened = { showing, text: '', passId, atMs: clock.nowMs(), typed: false };
    const judged = await this.#carryThrough(forgotten(listedCard(found, bench.uai)), opened);
    const granted = judged.decision.outcome === Outcome.GRANT;
    if (granted || !isOnlyUnproved(judged)) return granted;
    await this.#rule(showing, 'admit', reason, agent);
    return true;
  }

  #today() {
    const { bench, clock } = this.#workings;
    return bench.knowledge && listAt(bench.knowledge, clock.nowMs());
  }
}

/**
 * @param {string} reason
 * @param {'admit' | 'deny' | 'manual' | 'forgotten'} among
 */
function insist(reason, among) {
  if (!Object.hasOwn(LABELS[among], reason)) throw new RangeError('none of the preset reasons');
}

/**
 * Say whether nothing objects but that no medium proves who it is.
 *
 * @param {Judged} judged
 */
function isOnlyUnproved({ decision }) {
  const objecting = decision.objections.filter(({ outcome }) => outcome !== Outcome.GRANT);
  return objecting.length > 0 && objecting.every(({ reason }) => reason === 'low-assurance');
}
