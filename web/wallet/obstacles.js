/**
 * What keeps a pass from being let through, as far as the phone can know.
 *
 * Pure: the hour and the clock's error are arguments.
 */

/** The gate takes codes up to 5 s ahead of its clock, and up to 30 s old. */
const AHEAD_MS_MAX = 5_000;
const OLD_MS_MAX = 30_000;
/** A code on the screen is up to this old. */
export const REDRAWN_MS = 15_000;
/** A day without its last second: an hour is said only for passes that end within a day. */
const ONE_DAY_S = 86_400;

/** @typedef {keyof typeof import('./words/fr.js').fr.states} State */
/** @typedef {import('./wallet.js').Held} Held */
/** @typedef {{state: State, blocks: boolean, gap_ms: number}} Obstacle `gap_ms`: how far the clock is ahead, 0 for other states. */

/**
 * Return the first thing in the way of a pass, or null.
 * @param {Held} held
 * @param {number} now_ms The phone's clock.
 * @param {number | null} ahead_ms How far that clock is ahead of the server's; null: not known.
 * @returns {Obstacle | null}
 */
export function obstacle(held, now_ms, ahead_ms) {
  if (!held.key) return blocking('lost');
  const status = held.standing?.status ?? 'valid';
  if (status !== 'valid') return blocking(status);
  const gap_ms = clockGap(held, now_ms, ahead_ms);
  if (gap_ms > AHEAD_MS_MAX || gap_ms < REDRAWN_MS - OLD_MS_MAX)
    return { state: 'clock', blocks: true, gap_ms };
  if (now_ms < held.not_before * 1000) return blocking('notYet');
  if (now_ms >= held.expires * 1000) return blocking('expired');
  return gap_ms < -AHEAD_MS_MAX ? { state: 'clock', blocks: false, gap_ms } : null;
}

/**
 * @param {State} state
 * @returns {Obstacle}
 */
function blocking(state) {
  return { state, blocks: true, gap_ms: 0 };
}

/**
 * Return how far the phone's clock is ahead: as measured, or, offline, behind an answer it once had.
 * @param {Held} held
 * @param {number} now_ms
 * @param {number | null} ahead_ms
 */
function clockGap(held, now_ms, ahead_ms) {
  if (ahead_ms !== null) return ahead_ms;
  return Math.min(0, now_ms - (held.standing?.at_ms ?? now_ms));
}

/**
 * Say whether a pass can be shown all the same: the agent, or the gate's newer knowledge, may let through.
 * @param {State} state
 */
export function mayShow(state) {
  return !['lost', 'revoked', 'unknown'].includes(state);
}

/**
 * Say whether only another code from the school helps.
 * @param {State} state
 */
export function needsNewCode(state) {
  return ['lost', 'revoked', 'unknown', 'ended'].includes(state);
}

/**
 * Say whether a pass is so short that its hours matter: a visitor's, a day slip.
 * @param {Held} held
 */
export function isShort(held) {
  return held.expires - held.not_before <= ONE_DAY_S;
}
