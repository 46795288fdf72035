/** The link at work beside the lane: it turns by itself, soon when something happened. */

import { Turns } from './link_turns.js';

/** @typedef {import('./link_turns.js').Around} Around */
/** @typedef {import('./link_turns.js').Place} Place */

const GATHER_MS = 300; // entries come in bursts: a filing takes several
const REFRESH_MS_MAX = 10_000; // somebody stands there
const BUG_MS = 30_000; // the link outlives its bugs

/** One phone's link with its school's server; `change` when its snapshot may have, `removed` at the end. */
export class Link extends EventTarget {
  #turns;
  #running = false;
  #turning = false;
  /** No turn before this uptime, whatever happens: a server that is down isn't asked at each showing. */
  #notBeforeMs = 0;
  #nextMs = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Around} around
   * @param {Turns} [turns] what is done each time
   */
  constructor(around, turns = new Turns(around)) {
    super();
    this.#turns = turns;
  }

  /** How the link is: see `LinkSnapshot`. */
  get snapshot() {
    return this.#turns.snapshot;
  }

  /** Begin to call. */
  start() {
    this.#running = true;
    globalThis.document?.addEventListener('visibilitychange', this.#comeBack);
    globalThis.addEventListener?.('online', this.#comeBack);
    this.#turnAt(0);
  }

  /** Call no more; a call that is out ends by itself. */
  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
    globalThis.document?.removeEventListener('visibilitychange', this.#comeBack);
    globalThis.removeEventListener?.('online', this.#comeBack);
  }

  /**
   * Say where an agent signed in; null: nobody is, any more.
   *
   * @param {Place | null} at
   */
  serve(at) {
    this.#turns.serve(at);
    this.wake();
  }

  /** Look soon: there is a new entry, or something fails. */
  wake() {
    this.#turnAt(Math.max(this.#notBeforeMs, performance.now() + GATHER_MS));
  }

  /** Ask for newer knowledge at once; wait until that was tried, not for long. */
  async refresh() {
    const turned = () =>
      new Promise((resolve) => this.addEventListener('change', resolve, { once: true }));
    const late = new Promise((resolve) => setTimeout(resolve, REFRESH_MS_MAX));
    const tried = this.#turning ? turned().then(turned) : turned(); // one under way may be past it
    this.#turns.askKnowledge();
    this.#notBeforeMs = 0;
    this.#turnAt(0);
    await Promise.race([tried, late]);
  }

  #comeBack = () => {
    if (globalThis.document?.visibilityState === 'hidden') return;
    this.#notBeforeMs = 0;
    this.#turns.askNow();
    this.#turnAt(0);
  };

  /** @param {number} atMs uptime; what is due earlier stays */
  #turnAt(atMs) {
    this.#nextMs = Math.min(this.#nextMs, atMs);
    if (!this.#running || this.#turning) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#turn, Math.max(0, this.#nextMs - performance.now()));
  }

  #turn = async () => {
    this.#turning = true;
    this.#nextMs = Infinity;
    const waitMs = await this.#turned();
    this.#turning = false;
    this.dispatchEvent(new Event('change'));
    const { state } = this.snapshot;
    this.#notBeforeMs = state === 'offline' ? performance.now() + waitMs : 0;
    if (state !== 'removed') return this.#turnAt(performance.now() + waitMs);
    this.stop();
    this.dispatchEvent(new Event('removed'));
  };

  async #turned() {
    try {
      return await this.#turns.turn();
    } catch (error) {
      globalThis.reportError?.(error);
      return BUG_MS;
    }
  }
}
