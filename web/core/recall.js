/**
 * What one lane remembers: used phone proofs, last grants, consoles' openings, for a day at most.
 *
 * By number only, the pass's own where this device can't read whose it is; rebuilt from the device's
 * own entries at a restart, and let go after a day (`forget`, called every few minutes): no count of
 * a person's passages outlives it. Which way somebody went last is let go each night.
 */

import { NOTHING_REMEMBERED } from './facts.js';

/** @typedef {import('./facts.js').Memory} Memory */
/** @typedef {import('./facts.js').Presented} Presented */
/** @typedef {import('./passes.js').Pass} Pass */
/** @typedef {import('./values.js').Direction} Direction */

const REMEMBERED_MS = 24 * 3_600_000;
const PROOFS_MS = 10 * 60_000; // far longer than any proof is accepted

/** The memory of one lane. */
export class Recall {
  /** @type {Map<string, number>} */
  #proofs = new Map();
  /** @type {Map<string, {atMs: number, direction: Direction | null}>} */
  #grants = new Map();
  /** @type {Map<string, number>} */
  #elsewhere = new Map();
  /** @type {Map<string, number>} */
  #admissions = new Map();

  /** @param {Direction} direction of the lane */
  constructor(direction) {
    /** The lane's, which newer knowledge may change: of the grants to come. */
    this.direction = direction;
  }

  /**
   * Return what bears on a showing; nothing for a pass that isn't genuine.
   *
   * @param {Presented} presented
   * @returns {Memory}
   */
  of({ held, proofSeconds }) {
    if (held === null) return NOTHING_REMEMBERED;
    const key = whose(held);
    const grant = this.#grants.get(key);
    return {
      sameLaneMs: grant?.atMs ?? null,
      otherLaneMs: this.#elsewhere.get(key) ?? null,
      lastDirection: grant?.direction ?? null,
      proofUsed: proofSeconds !== null && this.#proofs.has(drawing(held.passId, proofSeconds)),
    };
  }

  /**
   * Remember that this drawing of a phone was shown, whatever was decided.
   *
   * Only one the phone proved: a stranger's proof around a photographed pass must not use up the
   * moments that its holder's own phone is going to draw.
   *
   * @param {Presented} presented
   * @param {number} atMs
   */
  noteProof({ held, proof, proofSeconds }, atMs) {
    if (held === null || proof !== 'valid' || proofSeconds === null) return;
    this.noteDrawing(held.passId, proofSeconds, atMs);
  }

  /**
   * Remember that a phone's drawing of these seconds was shown, as the device's own entries say.
   *
   * @param {string} passId
   * @param {number} seconds
   * @param {number} atMs
   */
  noteDrawing(passId, seconds, atMs) {
    this.#proofs.set(drawing(passId, seconds), atMs);
  }

  /**
   * Remember that a holder was let through here; on a day that is over, not which way.
   *
   * @param {string} holder as `whose` returns it
   * @param {number} atMs
   * @param {boolean} [today]
   */
  noteGrant(holder, atMs, today = true) {
    this.#grants.set(holder, { atMs, direction: today ? this.direction : null });
  }

  /**
   * Remember that another lane let a holder through, as the server tells.
   *
   * @param {string} holder
   * @param {number} atMs
   */
  noteElsewhere(holder, atMs) {
    this.#elsewhere.set(holder, Math.max(atMs, this.#elsewhere.get(holder) ?? atMs));
  }

  /**
   * Say whether a console's request to let somebody through was carried out already.
   *
   * @param {string} admission
   */
  hasAdmitted(admission) {
    return this.#admissions.has(admission);
  }

  /**
   * Remember that a console's request to let somebody through was carried out.
   *
   * @param {string} admission
   * @param {number} atMs
   */
  noteAdmission(admission, atMs) {
    this.#admissions.set(admission, atMs);
  }

  /** Let go which way everybody went last: at midnight, and when the lane stops asking. */
  forgetDirections() {
    for (const [holder, { atMs }] of this.#grants) {
      this.#grants.set(holder, { atMs, direction: null });
    }
  }

  /**
   * Let go everything older than a day, and proofs that nothing would accept any more.
   *
   * @param {number} atMs
   */
  forget(atMs) {
    dropOld(this.#proofs, (thenMs) => atMs - thenMs < PROOFS_MS);
    dropOld(this.#grants, (grant) => atMs - grant.atMs < REMEMBERED_MS);
    dropOld(this.#elsewhere, (thenMs) => atMs - thenMs < REMEMBERED_MS);
    dropOld(this.#admissions, (thenMs) => atMs - thenMs < REMEMBERED_MS);
  }
}

/**
 * @template T
 * @param {Map<string, T>} remembered
 * @param {(value: T) => boolean} isKept
 */
function dropOld(remembered, isKept) {
  for (const [key, value] of remembered) if (!isKept(value)) remembered.delete(key);
}

/**
 * @param {string} passId
 * @param {number} seconds
 */
function drawing(passId, seconds) {
  return `${passId} ${seconds}`;
}

/**
 * Return the holder's number; where that stays sealed, the pass's own.
 *
 * @param {Pass} held
 */
export function whose(held) {
  return held.identity?.holder ?? held.passId;
}
