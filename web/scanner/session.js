/**
 * How long an agent stays signed in: until the phone lies unused, the school closes, or a day's work ends.
 *
 * Locked and signed out are one thing: what was opened is gone from memory, and the PIN opens it again.
 */

const IDLE_MS = 10 * 60_000; // without a touch or a scan
const SHIFT_MS = 10 * 3_600_000; // a working day
const LOOK_MS = 5_000;

const STEADY = () => performance.now();

/** @typedef {import('../core/dayplans.js').DayPlan} DayPlan */
/** @typedef {'idle' | 'closing'} Ended */

/** One agent's stay; `end` once it is over, and `reason` then says why. */
export class Session extends EventTarget {
  #closesMs;
  #plan;
  #times;
  #since;
  #active;
  #timer;
  /** @type {Ended | null} */
  reason = null;

  /**
   * @param {object} with_
   * @param {() => DayPlan | null} with_.plan today's, once it is known: the stay ends when the last opening does
   * @param {{nowMs: () => number}} [with_.clock]
   * @param {() => number} [with_.wallMs] goes on while a phone sleeps
   * @param {() => number} [with_.steadyMs] nobody sets it back
   */
  constructor({ plan, clock = { nowMs: Date.now }, wallMs = Date.now, steadyMs = STEADY }) {
    super();
    this.#times = { clock, wallMs, steadyMs };
    this.#plan = plan;
    this.#closesMs = closingMs(plan(), clock.nowMs());
    this.#since = this.#active = this.#now();
    this.#timer = setInterval(this.look, LOOK_MS);
    globalThis.document?.addEventListener('visibilitychange', this.look);
  }

  /** Remember that the agent is there: a touch, or a scan. */
  touch() {
    this.look(); // a touch after the time is over does not bring it back
    if (this.reason === null) this.#active = this.#now();
  }

  /** End the session because the agent signs out. May be repeated. */
  stop() {
    clearInterval(this.#timer);
    globalThis.document?.removeEventListener('visibilitychange', this.look);
  }

  /** End it if its time is over. */
  look = () => {
    const reason = this.#whyEnded();
    if (reason === null || this.reason !== null) return;
    this.reason = reason;
    this.stop();
    this.dispatchEvent(new Event('end'));
  };

  /** @returns {Ended | null} */
  #whyEnded() {
    const nowMs = this.#times.clock.nowMs();
    // The school may tell its hours after somebody signed in.
    if (this.#closesMs === Infinity) this.#closesMs = closingMs(this.#plan(), nowMs);
    const isOver = nowMs >= this.#closesMs || this.#past(this.#since) >= SHIFT_MS;
    if (isOver) return 'closing';
    return this.#past(this.#active) >= IDLE_MS ? 'idle' : null;
  }

  #now() {
    return { wallMs: this.#times.wallMs(), steadyMs: this.#times.steadyMs() };
  }

  /**
   * Return how long ago a moment was, whichever of the two clocks stood still or was set back.
   *
   * @param {{wallMs: number, steadyMs: number}} then
   */
  #past(then) {
    const now = this.#now();
    return Math.max(now.wallMs - then.wallMs, now.steadyMs - then.steadyMs);
  }
}

/**
 * Return when the school closes next: with the day's last opening, else with the day.
 *
 * @param {DayPlan | null} plan
 * @param {number} atMs
 */
export function closingMs(plan, atMs) {
  if (plan === null) return Infinity;
  const closes = plan.openings.flatMap(({ hours }) => (hours ? [hours.closesMs] : []));
  const later = closes.filter((closesMs) => closesMs > atMs);
  return later.length ? Math.max(...later) : plan.endsMs;
}
