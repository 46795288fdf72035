/** What an agent asks of the lane; each refusal is said, and nothing is done twice. */

import { JournalError, TooLate } from '../core/errors.js';
import { keyOf } from './following.js';
import { legible } from './legible.js';
import { filled, words } from './say.js';

/** @typedef {import('./lane.js').Lane} Lane */
/** @typedef {import('./board.js').Board} Board */
/** @typedef {import('./shown.js').Card} Card */
/** @typedef {import('../core/values.js').Direction} Direction */
/** @typedef {import('../core/zones.js').Lane['mode']} Mode */

export class Desk {
  #lane;
  #board;
  #agent;
  #tell;

  /**
   * @param {Lane} lane
   * @param {Board} board
   * @param {string} agent by alias
   * @param {(said: string) => void} tell what was not done
   */
  constructor(lane, board, agent, tell) {
    this.#lane = lane;
    this.#board = board;
    this.#agent = agent;
    this.#tell = tell;
  }

  /**
   * Answer a card that waits.
   * @param {Card} card
   * @param {'admit' | 'deny'} ruling
   * @param {string} reason
   */
  rule(card, ruling, reason) {
    // Shown again under the open sheet, it waits by another number; the answer is for the same card.
    const { waiting } = this.#board.snapshot;
    const { showing } = waiting.find((one) => keyOf(one) === keyOf(card)) ?? card;
    const gone = () => this.#gone(showing);
    return this.#done(this.#lane.rule(showing, ruling, reason, this.#agent), gone);
  }

  /**
   * Answer, for old cards, that the person went away.
   * @param {readonly Card[]} cards
   * @returns {Promise<number | null>} How many were answered; null: the journal refused, which is said.
   */
  async fileLeft(cards) {
    let filed = 0;
    for (const { showing } of cards) {
      try {
        await this.#lane.rule(showing, 'deny', 'left', this.#agent);
        filed += 1;
      } catch (error) {
        if (error instanceof TooLate) continue; // somebody answered meanwhile
        this.#tell(notDone(error));
        return null;
      }
    }
    return filed;
  }

  /**
   * Let somebody through who showed no code.
   * @param {string} reason
   */
  admitManually(reason) {
    return this.#done(this.#lane.admitManually(reason, this.#agent));
  }

  /**
   * Name up to eight people of today's list who may be meant; null: there is no list.
   * @param {string} letters
   * @param {string} label
   */
  findForgotten(letters, label) {
    return this.#lane.findForgotten(letters, label);
  }

  /**
   * Decide on a card that is not there; null: not done.
   * @param {string} card
   * @param {string} reason
   * @returns {Promise<boolean | null>} whether they were let through, or their card waits
   */
  async admitForgotten(card, reason) {
    let admitted = null;
    const asked = this.#lane.admitForgotten(card, reason, this.#agent);
    await this.#done(asked.then((/** @type {boolean} */ answer) => (admitted = answer)));
    return admitted;
  }

  /**
   * Count one person by hand (+1), or take one back (-1).
   * @param {Direction} direction
   * @param {1 | -1} step
   */
  count(direction, step) {
    return this.#done(this.#lane.count(direction, step));
  }

  /**
   * Change how the lane works.
   * @param {Mode} mode
   */
  setMode(mode) {
    return this.#done(this.#lane.setMode(mode, this.#agent));
  }

  /**
   * Take an alert off the screen.
   * @param {number} alert
   */
  dismiss(alert) {
    return this.#done(Promise.resolve(alert).then((each) => this.#lane.dismissAlert(each)));
  }

  /**
   * Say whether something was done; if not, why.
   * @param {Promise<unknown>} asked
   * @param {() => string} [late] What to say to whoever comes second.
   */
  async #done(asked, late = () => words.rule.gone) {
    try {
      await asked;
      return true;
    } catch (error) {
      this.#tell(error instanceof TooLate ? late() : notDone(error));
      return false;
    }
  }

  /** @param {number} showing */
  #gone(showing) {
    const ruled = this.#board.ruledOn(showing);
    return ruled ? filled(words.rule.first, { agent: legible(ruled.agent) }) : words.rule.gone;
  }
}

/** @param {unknown} error */
function notDone(error) {
  if (!(error instanceof JournalError)) throw error;
  return words.wrong.journal;
}
