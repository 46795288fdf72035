/**
 * The cards and alerts of one lane: what the agent is shown of it, and what still waits for an answer.
 *
 * A card may be ruled on for as long as the board shows it, and no longer: what no screen shows any
 * more must not let anybody through. The same as `portique.gate.cards`.
 */

import { Outcome } from '../core/decide.js';
import { TooLate } from '../core/errors.js';
import { SENTENCES } from '../core/sentences_table.js';
import { WAITING_MAX, cardWith } from './shown.js';

/** @typedef {import('../core/judge.js').Judged} Judged */
/** @typedef {import('../core/plain.js').Words} Words */
/** @typedef {import('../core/showing.js').Opened} Opened */
/** @typedef {import('./board.js').Board} Board */
/** @typedef {import('./recent.js').Receipt} Receipt */
/** @typedef {import('./recent.js').Unanswered} Unanswered */
/** @typedef {import('./shown.js').Card} Card */

export const BROUGHT_BACK_MAX = 4 * WAITING_MAX; // the board keeps the most useful of them
export const BROUGHT_BACK = Object.freeze({
  fr: 'Présentée avant que l’application soit rouverte : le nom n’est pas gardé.',
  en: 'Shown before the app was opened again: the name is not kept.',
});

/**
 * @typedef {object} Waiting A decision not granted: what an agent's answer will point to
 * @property {Receipt | null} receipt null: there is no entry
 * @property {string | null} whose null: no pass was genuine
 * @property {boolean} checking the agent was asked to confirm who it is
 */

/** What one lane puts on its board; the lane lets one call follow the other. */
export class Cards {
  #board;
  /** @type {Map<number, Waiting>} */
  #waiting = new Map();
  #alerts = 0;

  /** @param {Board} board */
  constructor(board) {
    this.#board = board;
  }

  /**
   * Show a decision; one that was not granted waits for an agent's answer.
   *
   * @param {Card} card
   * @param {Waiting} waiting
   */
  show(card, waiting) {
    if (card.outcome !== Outcome.GRANT) this.#waiting.set(card.showing, waiting);
    this.#board.present(card);
    this.#keepWhatWaits();
  }

  /**
   * Let decisions of before wait again, without names: the journal has none.
   *
   * @param {readonly Unanswered[]} unanswered
   */
  bringBack(unanswered) {
    const kept = unanswered.slice(-BROUGHT_BACK_MAX);
    for (const { receipt, body } of kept) {
      const checking = body.reasons.includes('identity-to-confirm');
      const whose = body.holder ?? body.passId;
      this.#waiting.set(body.showing, { receipt, whose, checking });
    }
    this.#board.bringBack(kept.map(cardWithoutName));
    this.#keepWhatWaits();
  }

  /**
   * Take away what nobody answered by midnight, and say so: no name outlives its day.
   *
   * @param {number} atMs
   */
  endDay(atMs) {
    const left = this.#board.clearWaiting();
    this.#waiting.clear();
    if (left) this.alert('notice', atMs, unansweredWords(left));
  }

  /**
   * Return what waits behind a card.
   *
   * @param {number} showing
   * @throws {TooLate} The card does not wait any more.
   */
  waiting(showing) {
    this.#keepWhatWaits();
    const waiting = this.#waiting.get(showing);
    if (!waiting) throw new TooLate('this showing was ruled on already');
    return waiting;
  }

  /**
   * Return the showing whose decision is this entry.
   *
   * @param {Receipt} receipt
   * @throws {TooLate} Its card does not wait (any more).
   */
  showingOf({ epoch, number }) {
    this.#keepWhatWaits();
    for (const [showing, { receipt }] of this.#waiting) {
      if (receipt?.epoch === epoch && receipt.number === number) return showing;
    }
    throw new TooLate('this decision does not wait for an answer');
  }

  /**
   * Say whether a check of this holder's identity still waits for an answer.
   *
   * @param {string} whose
   */
  checking(whose) {
    return [...this.#waiting.values()].some((held) => held.checking && held.whose === whose);
  }

  /**
   * Take an answered card off the waiting ones.
   *
   * @param {number} showing
   * @param {import('./shown.js').Ruled} ruled
   */
  settle(showing, ruled) {
    this.#waiting.delete(showing);
    this.#board.settle(showing, ruled);
  }

  /**
   * Show an alert until somebody dismisses it.
   *
   * @param {import('./shown.js').AlertKind} kind
   * @param {number} atMs
   * @param {Words | null} [detail]
   */
  alert(kind, atMs, detail = null) {
    this.#alerts += 1;
    this.#board.raiseAlert({ alert: this.#alerts, kind, atMs, detail });
  }

  /**
   * Alert to a decision that concerns more than this lane's agent.
   *
   * A refused exit is none, unlike at a gate: the agent who holds the phone stands there already, and
   * the console is told by the entry.
   *
   * @param {Judged} judged
   * @param {number} atMs
   */
  alertOf({ decision }, atMs) {
    const unlisted = decision.objections.some(
      ({ alert, reason }) => alert && reason === 'status-unlisted',
    );
    if (unlisted) this.alert('stolen-issuer', atMs);
  }

  /** Keep for ruling just the decisions whose cards wait: the board alone sets the limit. */
  #keepWhatWaits() {
    const shown = new Set(this.#board.snapshot.waiting.map(({ showing }) => showing));
    for (const showing of this.#waiting.keys()) {
      if (!shown.has(showing)) this.#waiting.delete(showing);
    }
  }
}

/**
 * Make what the agent sees of a decision.
 *
 * @param {Judged} judged
 * @param {Pick<Opened, 'showing' | 'atMs'>} opened
 */
export function cardOf({ presented, decision, label, note }, { showing, atMs }) {
  const { held, medium } = presented;
  const { name = null, kind = null } = held?.identity ?? {};
  const { outcome, reasons } = decision;
  const passId = held?.passId ?? null;
  return cardWith({ showing, atMs, outcome, medium, reasons, passId, name, label, kind, note });
}

/** @param {Unanswered} unanswered */
function cardWithoutName({ atMs, body }) {
  const { showing, outcome, medium, passId, personKind: kind } = body;
  // After an update or its undoing: only the reasons this version can say.
  const reasons = body.reasons.filter((/** @type {string} */ code) =>
    Object.hasOwn(SENTENCES.fr, code),
  );
  return cardWith({ showing, atMs, outcome, medium, reasons, passId, kind, note: BROUGHT_BACK });
}

/**
 * @param {number} count
 * @returns {Words}
 */
function unansweredWords(count) {
  return {
    fr:
      `Cartes d’hier restées sans réponse : ${count}. Elles sont retirées avec leurs noms ; ` +
      'les décisions restent au journal.',
    en:
      `Yesterday’s cards left without an answer: ${count}. They are taken away with their names; ` +
      'the decisions stay in the journal.',
  };
}
