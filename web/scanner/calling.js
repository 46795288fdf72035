/**
 * What calls the agent wherever they look in the app: the school's posture, alerts, a console's answer.
 */

import { looks } from './following.js';

/** @typedef {import('./board.js').Board} Board */
/** @typedef {import('./feedback.js').Feedback} Feedback */

/** Gives a sign for what changes on the board without the agent's doing. */
export class Calling {
  #board;
  #feedback;
  /** @type {string} */
  #posture = 'normal';
  /** The newest alert that was told: their numbers only grow. */
  #alert = 0;

  /**
   * @param {Board} board
   * @param {Pick<Feedback, 'give'>} feedback
   */
  constructor(board, feedback) {
    this.#board = board;
    this.#feedback = feedback;
    board.addEventListener('change', () => this.#look());
    board.addEventListener('console', () => this.#tellAnswer());
    this.#look(); // an alarm may be on already
  }

  #look() {
    const { posture, drill, alerts } = this.#board.snapshot;
    const now = posture === 'normal' ? posture : `${posture} ${drill}`;
    const newest = alerts.at(-1)?.alert ?? 0;
    if (now !== this.#posture || newest > this.#alert) this.#feedback.give('alert');
    this.#posture = now;
    this.#alert = Math.max(this.#alert, newest);
  }

  #tellAnswer() {
    const { stage } = this.#board.snapshot;
    if (stage) this.#feedback.give(looks(stage));
  }
}
