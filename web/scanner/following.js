/**
 * Which card is before the agent: whoever was read last, for the agent read them by hand and stands
 * before them; the next one once that is answered; or one that the agent chose, until somebody comes.
 * Nobody stands behind an old card: it is before the agent only where they chose it.
 *
 * No clock is read here: instants are arguments, from one that only goes forward.
 */

import { Outcome } from '../core/decide.js';

const STEADY_MS = 700; // after the card under a finger changed, presses meant for the other are ignored

/** @typedef {import('./shown.js').Card} Card */
/** @typedef {import('./shown.js').Snapshot} Snapshot */

export class Following {
  /** @type {readonly Card[]} */
  #waiting = [];
  /** @type {number | null} The card on the stage, by its first showing. */
  #key = null;
  /** Whether the agent chose it: it then stays, however old it grows. */
  #isChosen = false;
  /** The newest showing that was on the stage. */
  #met = 0;
  #steadyFromMs = 0;

  /** The waiting card before the agent. @returns {Card | null} */
  get card() {
    return this.#waiting.find((card) => keyOf(card) === this.#key) ?? null;
  }

  /** How many wait beside the card on the stage. */
  get others() {
    return this.#waiting.length - Number(this.card !== null);
  }

  /**
   * Take up what the board shows now; say whether another card is on the stage.
   * @param {Pick<Snapshot, 'waiting'>} snapshot
   * @param {number} nowMs
   */
  see({ waiting }, nowMs) {
    this.#waiting = waiting;
    const newest = newestFirst(waiting).find(({ old }) => !old) ?? null;
    const came = newest !== null && newest.showing > this.#met;
    if (came) this.#met = newest.showing;
    const stays = this.card !== null && (!this.card.old || this.#isChosen);
    if (stays && !came) return false;
    const before = this.#key;
    this.#key = newest && keyOf(newest);
    this.#isChosen = false;
    if (this.#key !== before) this.#steadyFromMs = nowMs + STEADY_MS;
    return this.#key !== before;
  }

  /**
   * Go to a card the agent chose.
   * @param {Card} card
   */
  choose(card) {
    this.#key = keyOf(card);
    this.#isChosen = true;
    this.#steadyFromMs = 0; // it changed by the agent's own finger
  }

  /** Go to the next waiting card, the newest first. */
  next() {
    const order = newestFirst(this.#waiting);
    const place = order.findIndex((card) => keyOf(card) === this.#key);
    if (order.length) this.choose(order[(place + 1) % order.length]);
  }

  /**
   * Say whether a press is meant for this card: it did not just change by itself.
   * @param {number} nowMs
   */
  isSteady(nowMs) {
    return nowMs >= this.#steadyFromMs;
  }
}

/**
 * Name a card as long as it waits: shown again, it keeps the number of its first showing.
 * @param {Card} card
 */
export function keyOf(card) {
  return card.first ?? card.showing;
}

/**
 * Put whoever is at the gate now before whoever has left.
 * @param {readonly Card[]} waiting
 */
export function newestFirst(waiting) {
  return [...waiting].sort(
    (one, other) => Number(one.old) - Number(other.old) || other.showing - one.showing,
  );
}

/**
 * Return who is on the plaque: whoever stands there, or was answered since whoever stood there was.
 * @param {Pick<Snapshot, 'stage' | 'recent'>} snapshot
 * @returns {Card | null}
 */
export function onPlaque({ stage, recent }) {
  const answered = recent.find(({ ruled }) => ruled);
  const isLater = stage?.ruled && answered?.ruled && answered.ruled.atMs > stage.ruled.atMs;
  return isLater ? answered : stage;
}

/**
 * Return what a card looks like now: once ruled on, the ruling counts.
 * @param {Card} card
 * @returns {'grant' | 'refer' | 'refuse'}
 */
export function looks(card) {
  if (card.ruled) return card.ruled.ruling === 'admit' ? 'grant' : 'refuse';
  if (card.outcome === Outcome.GRANT) return 'grant';
  return card.outcome === Outcome.REFER ? 'refer' : 'refuse';
}
