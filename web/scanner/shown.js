/** The values that the agent's screen shows, and which of them a full list lets go first. */

/** @typedef {import('../core/plain.js').Words} Words */
/** @typedef {import('../core/zones.js').Lane} LaneRow */

/** @typedef {'admit' | 'deny'} Ruling */
/** @typedef {{ruling: Ruling, reason: string, agent: string, atMs: number}} Ruled  agent: an alias */

/**
 * @typedef {object} Card One showing as the agent sees it
 * @property {number} showing
 * @property {number} atMs
 * @property {number} outcome one of `Outcome`
 * @property {import('../core/facts.js').Medium | null} medium null: nothing is known of it
 * @property {readonly string[]} reasons
 * @property {string | null} passId
 * @property {string | null} name
 * @property {string | null} label class or service
 * @property {string | null} kind
 * @property {Words | null} note the exit rule in words, or what else the agent must know
 * @property {number} times how often one pass that waits was shown
 * @property {number | null} first the first of those showings
 * @property {boolean} old nobody stands behind it any more: of before the app was opened or a change of
 *   mode, or unanswered for long
 * @property {Ruled | null} ruled
 */

/** @typedef {'notice' | 'stolen-issuer'} AlertKind */
/** @typedef {{alert: number, kind: AlertKind, atMs: number, detail: Words | null}} Alert */
/** @typedef {{organ: string, why: string}} Fault  what does not work, by its codes */
/** @typedef {{entered: number, left: number}} Counts */

/**
 * @typedef {object} Snapshot The board at one version
 * @property {number} version
 * @property {LaneRow} lane
 * @property {LaneRow['mode']} mode
 * @property {import('../core/alarms.js').Posture} posture
 * @property {boolean} drill
 * @property {Card | null} stage whoever stands there now
 * @property {readonly Card[]} waiting oldest first
 * @property {readonly Card[]} recent newest first
 * @property {number} setAside cards dropped because more than `WAITING_MAX` waited
 * @property {Counts} counts
 * @property {readonly Fault[]} faults
 * @property {readonly Alert[]} alerts
 */

export const WAITING_MAX = 40; // beyond, the least useful card is set aside and counted
export const RECENT_MAX = 12; // a quiet list, not a history
export const ANSWERED_MAX = 4; // the last answers stay in it while grants stream by
export const RECENT_MS = 10 * 60_000; // names of people who passed leave the screen
export const COUNTED = -1; // whoever was just counted, without a showing of their own

const BLANK = Object.freeze({
  medium: null,
  reasons: Object.freeze([]),
  passId: null,
  name: null,
  label: null,
  kind: null,
  note: null,
  times: 1,
  first: null,
  old: false,
  ruled: null,
});

/**
 * Make a card of what is known.
 *
 * @param {Partial<Card> & Pick<Card, 'showing' | 'atMs' | 'outcome'>} known
 * @returns {Card}
 */
export function cardWith(known) {
  return Object.freeze({ ...BLANK, ...known });
}

/**
 * Put a card before the recent ones; of too many, the last answers stay longer than the grants.
 *
 * @param {readonly Card[]} recent
 * @param {Card} card
 * @returns {readonly Card[]}
 */
export function withRecent(recent, card) {
  const young = [card, ...recent.filter(({ atMs }) => atMs >= card.atMs - RECENT_MS)];
  const answered = young.filter(({ ruled }) => ruled).slice(0, ANSWERED_MAX);
  const others = young.filter((one) => !answered.includes(one));
  const kept = new Set([...answered, ...others.slice(0, RECENT_MAX - answered.length)]);
  return Object.freeze(young.filter((one) => kept.has(one)));
}

/**
 * Let a card wait: a pass shown again, for the same reasons, does not wait twice but keeps its place.
 *
 * @param {readonly Card[]} waiting
 * @param {Card} card
 * @returns {{waiting: readonly Card[], placed: Card, dropped: number}} `dropped`: cards set aside
 */
export function withWaiting(waiting, card) {
  const place = waiting.findIndex((one) => isSameWait(one, card));
  const placed = place === -1 ? card : shownAgain(waiting[place], card);
  const all = waiting.map((one, at) => (at === place ? placed : one));
  if (place === -1) all.push(card);
  const least = all.length > WAITING_MAX ? leastUseful(all) : null;
  const kept = all.filter((one) => one !== least);
  return { waiting: Object.freeze(kept), placed, dropped: all.length - kept.length };
}

/**
 * @param {Card} waits
 * @param {Card} card
 */
function isSameWait(waits, card) {
  const same = card.passId !== null && waits.passId === card.passId;
  return same && waits.outcome === card.outcome && waits.reasons.join() === card.reasons.join();
}

/**
 * @param {Card} waits
 * @param {Card} card
 */
function shownAgain({ times, first, showing }, card) {
  return cardWith({ ...card, times: times + 1, first: first ?? showing });
}

/**
 * Choose what a flood pushes out: an anonymous refusal before a genuine person's referral.
 *
 * @param {readonly Card[]} waiting
 */
function leastUseful(waiting) {
  return waiting.reduce((least, card) => (isLessUseful(card, least) ? card : least));
}

/**
 * @param {Card} card
 * @param {Card} other
 */
function isLessUseful(card, other) {
  const unknown = Number(card.passId === null) - Number(other.passId === null);
  return (unknown || card.outcome - other.outcome || other.atMs - card.atMs) > 0;
}
