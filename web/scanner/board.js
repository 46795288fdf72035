/**
 * What the agent's screen shows: frozen snapshots, and a `change` event for each new one; a `console`
 * event says that what is on the stage now was answered from a console.
 *
 * The board holds no decision of its own: it remembers what was decided until an agent has seen to
 * it. Names stay in this memory only, and go when their card goes. The same as `portique.gate.board`,
 * save that there is no holder's screen: the stage shows the agent whoever stands there now.
 */

import { CALM } from '../core/alarms.js';
import { Outcome } from '../core/decide.js';
import { TooLate } from '../core/errors.js';
import { cardWith, withRecent, withWaiting } from './shown.js';

/** @typedef {import('./shown.js').Card} Card */
/** @typedef {import('./shown.js').Ruled} Ruled */
/** @typedef {import('./shown.js').Snapshot} Snapshot */
/** @typedef {import('../core/zones.js').Lane} LaneRow */

export const RULINGS_KEPT = 256; // who ruled on what, for who comes second; holds no name
export const ALERTS_MAX = 20;
export const OLD_MS = 15 * 60_000; // whoever waited that long is not at the gate any more
export const SETTLED_SHOWN_MS = 10_000; // a grant must not wave the next one through

/** The state that the screen shows. */
export class Board extends EventTarget {
  /** @type {Snapshot} */
  #snapshot;
  /** @type {Map<number, Ruled>} */
  #rulings = new Map();
  /** @type {Map<number, number>} from which beat on each showing waits */
  #sinceMs = new Map();
  /** @type {number | null} */
  #beatMs = null;
  /** @type {number | null} the last beat when somebody came onto the stage; null: none was yet */
  #stagedMs = null;

  /** @param {LaneRow} lane */
  constructor(lane) {
    super();
    this.#snapshot = Object.freeze({
      version: 1,
      lane,
      mode: lane.mode,
      posture: CALM.posture,
      drill: false,
      stage: null,
      waiting: [],
      recent: [],
      setAside: 0,
      counts: Object.freeze({ entered: 0, left: 0 }),
      faults: [],
      alerts: [],
    });
  }

  /** What the screen shows now. */
  get snapshot() {
    return this.#snapshot;
  }

  /**
   * Show a decision: a grant passes, anything else waits for the agent.
   *
   * @param {Card} card
   */
  present(card) {
    if (card.outcome === Outcome.GRANT) this.listManual(card);
    else this.#set(this.#awaiting(card, true));
  }

  /**
   * Show somebody let through, and list the card among the recent ones.
   *
   * @param {Card} card
   */
  listManual(card) {
    this.#set({ ...this.#staged(card), recent: withRecent(this.#snapshot.recent, card) });
  }

  /**
   * Show on the stage somebody whose card is in no list: one of a flood, or just counted; null: nobody.
   *
   * @param {Card | null} card
   */
  stage(card) {
    this.#set(this.#staged(card));
  }

  /**
   * Move a waiting card to the recent ones, ruled.
   *
   * @param {number} showing
   * @param {Ruled} ruled
   * @throws {TooLate} The card does not wait (any more); see `ruledOn`.
   */
  settle(showing, ruled) {
    const { waiting, recent, stage } = this.#snapshot;
    const card = waiting.find((one) => one.showing === showing);
    if (!card) throw new TooLate('this showing was ruled already, or is no longer on the board');
    this.#rememberRuling(showing, ruled);
    const settled = cardWith({ ...card, ruled });
    this.#set({
      ...(stage?.showing === showing ? this.#staged(settled) : {}),
      waiting: Object.freeze(waiting.filter((one) => one !== card)),
      recent: withRecent(recent, settled),
    });
  }

  /**
   * @param {number} showing
   * @param {Ruled} ruled
   */
  #rememberRuling(showing, ruled) {
    this.#rulings.set(showing, ruled);
    const [oldest] = this.#rulings.keys();
    if (this.#rulings.size > RULINGS_KEPT) this.#rulings.delete(oldest);
  }

  /**
   * Return the ruling on a showing, if one was given lately.
   *
   * @param {number} showing
   */
  ruledOn(showing) {
    return this.#rulings.get(showing) ?? null;
  }

  /**
   * Let cards of before a restart wait for an agent; the stage does not change.
   *
   * @param {readonly Card[]} cards
   */
  bringBack(cards) {
    for (const card of cards) this.#set(this.#awaiting(cardWith({ ...card, old: true }), false));
  }

  /** Take away every card that waits, and return how many had no answer. */
  clearWaiting() {
    const { waiting, setAside, stage } = this.#snapshot;
    const left = waiting.length + setAside;
    const stays = waiting.some(({ showing }) => showing === stage?.showing) ? null : stage;
    if (left) this.#set({ waiting: [], setAside: 0, stage: stays });
    return left;
  }

  /**
   * Drop the recent cards (and their names) older than an instant.
   *
   * @param {number} beforeMs
   */
  forget(beforeMs) {
    const { recent } = this.#snapshot;
    const kept = recent.filter(({ atMs }) => atMs >= beforeMs);
    if (kept.length < recent.length) this.#set({ recent: Object.freeze(kept) });
  }

  /**
   * Show how many came and went.
   *
   * @param {import('./shown.js').Counts} counts
   */
  setCounts(counts) {
    this.#set({ counts: Object.freeze({ ...counts }) });
  }

  /**
   * Show the lane as newer knowledge has it: its title, the point people are sent to.
   *
   * @param {LaneRow} lane
   */
  setLane(lane) {
    this.#set({ lane });
  }

  /**
   * Show how the lane works; where nothing is checked any more, what waited is old.
   *
   * @param {LaneRow['mode']} mode
   */
  setMode(mode) {
    const { waiting, stage } = this.#snapshot;
    const aged = mode === 'control' ? waiting : waiting.map(grownOld);
    const stays = mode === 'control' ? stage : null;
    this.#set({ mode, waiting: Object.freeze(aged), stage: stays });
  }

  /**
   * Show what the whole school is doing.
   *
   * @param {import('../core/alarms.js').Alarm} alarm
   */
  setPosture({ posture, drill }) {
    this.#set({ posture, drill });
  }

  /**
   * Show that an organ fails, or (null) that it works again.
   *
   * @param {string} organ
   * @param {string | null} why
   */
  setFault(organ, why) {
    const { faults } = this.#snapshot;
    const known = faults.find((fault) => fault.organ === organ)?.why ?? null;
    if (known === why) return; // each change redraws the screen
    const others = faults.filter((fault) => fault.organ !== organ);
    this.#set({ faults: Object.freeze(why === null ? others : [...others, { organ, why }]) });
  }

  /**
   * Show an alert until it is dismissed; the oldest goes beyond `ALERTS_MAX`.
   *
   * @param {import('./shown.js').Alert} alert
   */
  raiseAlert(alert) {
    const alerts = [...this.#snapshot.alerts, Object.freeze(alert)].slice(-ALERTS_MAX);
    this.#set({ alerts: Object.freeze(alerts) });
  }

  /**
   * Take an alert off the screen.
   *
   * @param {number} alert
   * @throws {TooLate} It is not there (any more).
   */
  dropAlert(alert) {
    const { alerts } = this.#snapshot;
    const kept = alerts.filter((one) => one.alert !== alert);
    if (kept.length === alerts.length) throw new TooLate('this alert was dismissed already');
    this.#set({ alerts: Object.freeze(kept) });
  }

  /**
   * Let time pass; call about once a second.
   *
   * Who was let through leaves the stage after a while; a card that waits for long grows old.
   *
   * @param {number} monotonicMs
   */
  beat(monotonicMs) {
    this.#beatMs = monotonicMs;
    this.#stagedMs ??= monotonicMs;
    this.#age(monotonicMs);
    const { stage, waiting } = this.#snapshot;
    const waits = waiting.some(({ showing }) => showing === stage?.showing);
    const shownMs = waits ? OLD_MS : SETTLED_SHOWN_MS;
    if (stage && monotonicMs - this.#stagedMs >= shownMs) this.#set({ stage: null });
  }

  /** @param {number} monotonicMs */
  #age(monotonicMs) {
    const { waiting } = this.#snapshot;
    const showings = waiting.map(({ showing }) => showing);
    const sinceMs = this.#sinceMs;
    this.#sinceMs = new Map(showings.map((one) => [one, sinceMs.get(one) ?? monotonicMs]));
    const aged = waiting.map((card) => {
      const waitsMs = monotonicMs - (sinceMs.get(card.showing) ?? monotonicMs);
      return waitsMs >= OLD_MS ? grownOld(card) : card;
    });
    if (aged.some((card, place) => card !== waiting[place])) {
      this.#set({ waiting: Object.freeze(aged) });
    }
  }

  /**
   * @param {Card | null} card
   * @returns {Partial<Snapshot>}
   */
  #staged(card) {
    this.#stagedMs = this.#beatMs;
    return { stage: card };
  }

  /**
   * @param {Card} card
   * @param {boolean} onStage
   * @returns {Partial<Snapshot>}
   */
  #awaiting(card, onStage) {
    const { waiting, placed, dropped } = withWaiting(this.#snapshot.waiting, card);
    const setAside = this.#snapshot.setAside + dropped;
    return { ...(onStage ? this.#staged(placed) : {}), waiting, setAside };
  }

  /** @param {Partial<Snapshot>} changed */
  #set(changed) {
    const version = this.#snapshot.version + 1;
    this.#snapshot = Object.freeze({ ...this.#snapshot, ...changed, version });
    this.dispatchEvent(new Event('change'));
  }
}

/** @param {Card} card */
function grownOld(card) {
  return card.old ? card : cardWith({ ...card, old: true });
}
