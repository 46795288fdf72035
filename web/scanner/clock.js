/**
 * The scanner's one clock: UTC milliseconds that never run back, and how far to trust them.
 *
 * The phone's clock is believed only inside an envelope, as a gate's is (`portique.gate.clock`). One
 * point is remembered at which it was believed (*anchor*: a time, and the browser's steady time then)
 * and the highest time ever given out (*high water*). Nobody sets the steady time, so time since the
 * anchor is known; a phone's clock that leaves the envelope is refused, and the anchor goes on:
 *
 *     phone's clock                                the scanner's time      state
 *     inside the envelope                          the phone's             trusted
 *     below the high water                         high water + steady     rolled-back
 *     earlier than this software                   high water + steady     before-build
 *     ahead by more than the envelope              anchor + steady         jumped-forward
 *       …and the server signed the true time       signed time + steady    trusted
 *       …because the phone slept                   the phone's             trusted
 *
 * A browser's steady time may stand still while the phone sleeps, and nothing tells that sleep from a
 * clock set forward meanwhile: after it (`woke`), the phone's clock is believed as at a start, if it is
 * later than all that was seen. Where it was found wrong before, the server has to be heard again.
 */

export const BUILT_AT_MS = 1_793_491_200_000; // 2026-11-01T00:00:00Z; raised with each release
export const STEP_MS = 5_000; // steps up to this are everyday synchronisation
export const CLAIM_MS_MAX = 30_000; // a phone's proof is widened by no more
export const UNSYNCHRONISED_MS = 5_000; // how far off a phone's own clock may be at start
const SLEW_PPM = 500; // the most a system slews
const DRIFT_PPM = 100; // an ordinary quartz loses under 9 s a day
const SIGNED_MS = 2_000; // a signed time is as old as the way from the server
const MILLION = 1_000_000;

/** @typedef {'before-build' | 'rolled-back' | 'jumped-forward' | 'slept'} Doubt */
/** @typedef {{wallMs: () => number, steadyMs: () => number}} TimeSource  what the browser says of time */

/**
 * @typedef {object} ClockState What is known about the time at one instant
 * @property {Doubt | null} doubt
 * @property {boolean} trusted whether decisions may rely on the time
 * @property {number} uncertaintyMs how far off it may be, growing since it was last put right
 * @property {number} claimMs what a phone's proof may be widened by
 * @property {number} offByMs the phone's clock minus the time gone by; 0 when they agree
 */

/**
 * @typedef {object} Anchor A time that was believed, when, and how sure it was
 * @property {number} atMs
 * @property {number} steadyMs
 * @property {number} errorMs
 * @property {number} offByMs how far the phone's clock was from it
 * @property {'wall' | 'high-water' | 'signed' | 'slept'} basis `high-water`, `slept`: a lower bound
 */

/** @type {TimeSource} */
const BROWSER = { wallMs: () => Date.now(), steadyMs: () => performance.now() };

/** The clock of one scanner. */
export class Clock {
  #source;
  #builtAtMs;
  #highMs = 0;
  /** @type {Doubt | null} */
  #doubt = null;
  #offByMs = 0;
  /** @type {Anchor} */
  #anchor;

  /**
   * @param {TimeSource} [source]
   * @param {number} [builtAtMs] no true time is earlier
   */
  constructor(source = BROWSER, builtAtMs = BUILT_AT_MS) {
    this.#source = source;
    this.#builtAtMs = builtAtMs;
    this.#anchor = this.#firstAnchor();
  }

  /**
   * Judge the time now.
   *
   * @returns {ClockState}
   */
  get state() {
    this.#read();
    const uncertaintyMs = this.#uncertaintyMs();
    const claimMs = Math.min(uncertaintyMs, CLAIM_MS_MAX);
    const [doubt, offByMs] = [this.#doubt, this.#offByMs];
    return Object.freeze({ doubt, trusted: doubt === null, uncertaintyMs, claimMs, offByMs });
  }

  /** Return UTC milliseconds, never lower than an earlier answer save after `heard`. */
  nowMs() {
    return this.#read();
  }

  /** Return milliseconds on a clock that nobody sets; it may stand still while the phone sleeps. */
  monotonicMs() {
    return Math.floor(this.#source.steadyMs());
  }

  /**
   * Say whether something may have been signed at an instant: a trusted clock can object.
   *
   * Later than the envelope allows, the clock of whoever signed is wrong, and `atLeast` would put this
   * scanner out of use until that time. A clock in doubt objects to nothing.
   *
   * @param {number} signedMs
   */
  plausible(signedMs) {
    const nowMs = this.#read();
    return this.#doubt !== null || signedMs <= nowMs + this.#envelopeMs();
  }

  /**
   * Raise the high water: something of the school, or an entry of this phone, existed at an instant.
   *
   * @param {number} seenMs
   */
  atLeast(seenMs) {
    if (seenMs > this.#read() + this.#envelopeMs()) {
      this.#anchor = this.#anchorAt(seenMs, UNSYNCHRONISED_MS, 'high-water');
    }
    this.#highMs = Math.max(this.#highMs, seenMs);
  }

  /**
   * Compare with the server's time, and go by it if this clock is in doubt or is off.
   *
   * Call only with a signed answer to a fresh question: an old one would turn the clock back.
   *
   * @param {number} serverMs when the server signed its answer
   * @param {number} roundTripMs how long the question was out: the answer is as old, at the most
   * @returns {boolean} whether the clock was put right; never by a time earlier than this software
   */
  heard(serverMs, roundTripMs) {
    if (serverMs < this.#builtAtMs || this.#agrees(serverMs, roundTripMs)) return false;
    const halfMs = Math.floor(roundTripMs / 2);
    this.#highMs = serverMs + halfMs;
    this.#anchor = this.#anchorAt(serverMs + halfMs, SIGNED_MS + halfMs, 'signed');
    this.#read();
    return true;
  }

  /** Take in that the phone may have slept: call whenever the page is seen again. */
  woke() {
    const { basis, offByMs } = this.#anchor;
    const movedMs = this.#source.wallMs() - this.#expectedMs() - offByMs;
    if (basis === 'slept' || Math.abs(movedMs) <= this.#envelopeMs()) return;
    const wasWrong = basis === 'signed' && Math.abs(offByMs) > STEP_MS;
    const lower = () => this.#anchorAt(this.#read(), UNSYNCHRONISED_MS, 'slept');
    this.#anchor = wasWrong ? lower() : this.#firstAnchor();
  }

  /**
   * @param {number} serverMs
   * @param {number} roundTripMs
   */
  #agrees(serverMs, roundTripMs) {
    const nowMs = this.#read();
    const near = serverMs - STEP_MS <= nowMs && nowMs <= serverMs + roundTripMs + STEP_MS;
    const drifts = this.#offByMs !== 0 && this.#uncertaintyMs() > UNSYNCHRONISED_MS + roundTripMs;
    return near && this.#doubt === null && !drifts;
  }

  /** @returns {Anchor} */
  #firstAnchor() {
    const wallMs = this.#source.wallMs();
    const lowestMs = Math.max(this.#builtAtMs, this.#highMs);
    return wallMs >= lowestMs
      ? this.#anchorAt(wallMs, UNSYNCHRONISED_MS, 'wall')
      : this.#anchorAt(lowestMs, UNSYNCHRONISED_MS, 'high-water');
  }

  /**
   * @param {number} atMs
   * @param {number} errorMs
   * @param {Anchor['basis']} basis
   * @returns {Anchor}
   */
  #anchorAt(atMs, errorMs, basis) {
    const [wallMs, steadyMs] = [this.#source.wallMs(), this.#source.steadyMs()];
    return { atMs, steadyMs, errorMs, offByMs: wallMs - atMs, basis };
  }

  /** Judge the phone's clock, choose the time, raise the high water. */
  #read() {
    const wallMs = this.#source.wallMs();
    let expectedMs = this.#expectedMs();
    this.#doubt = this.#objection(wallMs, expectedMs);
    if (this.#doubt === 'jumped-forward' && this.#anchor.basis === 'high-water') {
      // Nobody knows how long the phone was off: its clock is back above what was seen.
      this.#anchor = this.#anchorAt(wallMs, UNSYNCHRONISED_MS, 'wall');
      this.#doubt = null;
      expectedMs = wallMs;
    }
    const near = Math.abs(wallMs - expectedMs) <= this.#envelopeMs();
    const agrees = this.#doubt === null && near;
    this.#offByMs = agrees ? 0 : wallMs - expectedMs;
    this.#highMs = Math.max(this.#highMs, agrees ? wallMs : expectedMs);
    return this.#highMs;
  }

  /**
   * @param {number} wallMs
   * @param {number} expectedMs
   * @returns {Doubt | null}
   */
  #objection(wallMs, expectedMs) {
    const { basis } = this.#anchor;
    if (basis === 'slept') return 'slept';
    if (basis === 'signed') return null; // the signature stands whatever the phone's clock says
    if (wallMs < this.#builtAtMs) return 'before-build';
    if (wallMs < this.#highMs - this.#envelopeMs()) return 'rolled-back';
    return wallMs > expectedMs + this.#envelopeMs() ? 'jumped-forward' : null;
  }

  #envelopeMs() {
    return STEP_MS + Math.floor((this.#elapsedMs() * SLEW_PPM) / MILLION);
  }

  /** Bound the error: the anchor's, growing as a quartz drifts. */
  #uncertaintyMs() {
    const drift = Math.floor((this.#elapsedMs() * DRIFT_PPM) / MILLION);
    const errorMs = this.#anchor.errorMs + drift;
    return this.#doubt === null ? errorMs : Math.max(errorMs, Math.abs(this.#offByMs));
  }

  #expectedMs() {
    return this.#anchor.atMs + this.#elapsedMs();
  }

  #elapsedMs() {
    return Math.floor(this.#source.steadyMs() - this.#anchor.steadyMs);
  }
}
