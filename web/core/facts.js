/**
 * From one showing and what the device knows to the facts of a decision.
 *
 *     Presented (what was shown) + Situation (here, now, known) ──▶ Facts
 *
 * Whoever calls it has read the clock, the memory and the knowledge. No name and no number of a person
 * reaches the facts. The same as `portique.core.facts`.
 */

import { CALM } from './alarms.js';
import { isInPlan, isWithin, lessonsOf, openingOf } from './dayplans.js';
import { OURS, checkedFacts } from './decide.js';
import { BadSeal, NotAPass, OtherSchool, PassError, UnknownIssuer } from './errors.js';
import { mayLeave } from './exits.js';
import { UNKNOWN, permissionFor } from './rights.js';

/** @typedef {import('./alarms.js').Alarm} Alarm */
/** @typedef {import('./dayplans.js').DayPlan} DayPlan */
/** @typedef {import('./exits.js').ExitAnswer} ExitAnswer */
/** @typedef {import('./exits.js').ExitRegime} ExitRegime */
/** @typedef {import('./passes.js').Identity} Identity */
/** @typedef {import('./passes.js').Pass} Pass */
/** @typedef {import('./passes.js').Verified} Verified */
/** @typedef {import('./revocation.js').StatusList} StatusList */
/** @typedef {import('./rights.js').Rights} Rights */
/** @typedef {import('./rules.js').Facts} Facts */
/** @typedef {import('./values.js').Direction} Direction */
/** @typedef {import('./zones.js').Lane} Lane */

/** @typedef {'paper' | 'phone' | 'badge'} Medium */
/** @typedef {'not-needed' | 'valid' | 'missing' | 'bad'} Proof */
/**
 * @typedef {'genuine' | 'not-a-pass' | 'unreadable' | 'bad-seal' | 'unknown-key' | 'no-keys' |
 *   'other-school'} PassState
 */

/**
 * @typedef {object} Presented What was shown at the lane
 * @property {PassState} state
 * @property {Pass | null} held null unless `state` is genuine
 * @property {Medium | null} medium
 * @property {Proof | null} proof
 * @property {number | null} proofSeconds
 * @property {boolean} badgeProved true when a badge proved itself by its own cryptography
 */

/**
 * @typedef {object} Known The knowledge that bears on one holder at one instant; null: hasn't got it
 * @property {DayPlan | null} plan the local day of the showing
 * @property {Rights | null} rights
 * @property {ReadonlyMap<string, ExitRegime> | null} regimes
 * @property {StatusList | null} status
 * @property {number | null} untilMs when the knowledge runs out
 * @property {string | null} tableHash the table the school decides by
 */

/**
 * @typedef {object} Memory What this device remembers of the holder, by number and for a day at most
 * @property {number | null} sameLaneMs the last grant on this lane, UTC ms
 * @property {number | null} otherLaneMs
 * @property {Direction | null} lastDirection forgotten each night and after a free opening
 * @property {boolean} proofUsed
 */

/**
 * @typedef {object} Situation Where, when, and in what state the device is
 * @property {number} atMs
 * @property {Lane} lane
 * @property {Known} known
 * @property {Memory} memory
 * @property {Alarm} alarm
 * @property {boolean} clockTrusted
 * @property {number} clockUncertaintyMs
 * @property {boolean} journalAvailable
 * @property {boolean} spotCheck
 * @property {'not-compared' | 'match' | 'doubtful'} face
 */

/** @type {Known} */
export const NOTHING_KNOWN = Object.freeze({
  plan: null,
  rights: null,
  regimes: null,
  status: null,
  untilMs: null,
  tableHash: null,
});

/** @type {Memory} */
export const NOTHING_REMEMBERED = Object.freeze({
  sameLaneMs: null,
  otherLaneMs: null,
  lastDirection: null,
  proofUsed: false,
});

/** @type {Presented} */
export const NOTHING_SHOWN = Object.freeze({
  state: 'unreadable',
  held: null,
  medium: null,
  proof: null,
  proofSeconds: null,
  badgeProved: false,
});

/**
 * Describe a calm lane with a trusted clock; what the device knows better replaces it.
 *
 * @param {number} atMs
 * @param {Lane} lane
 * @param {Partial<Situation>} [better]
 * @returns {Situation}
 */
export function situationOf(atMs, lane, better = {}) {
  return {
    atMs,
    lane,
    known: NOTHING_KNOWN,
    memory: NOTHING_REMEMBERED,
    alarm: CALM,
    clockTrusted: true,
    clockUncertaintyMs: 0,
    journalAvailable: true,
    spotCheck: false,
    face: 'not-compared',
    ...better,
  };
}

/**
 * Present a card that its holder has not got with them: nothing was shown that proves it.
 *
 * @param {Pass} card
 * @returns {Presented}
 */
export function forgotten(card) {
  return { ...NOTHING_SHOWN, state: 'genuine', held: card, proof: 'not-needed' };
}

/**
 * Present a verified pass.
 *
 * @param {Verified} verified
 * @param {boolean} [badge] a badge's reader brought it
 * @returns {Presented}
 */
export function genuine({ held, proof, proofSeconds }, badge = false) {
  const medium = badge ? 'badge' : held.phoneKey === null ? 'paper' : 'phone';
  return { ...NOTHING_SHOWN, state: 'genuine', held, medium, proof, proofSeconds };
}

/**
 * Present what `parse` or `verify` refused.
 *
 * @param {PassError} error
 * @param {boolean} [keys] whether there was any key to try
 * @returns {Presented}
 */
export function mistrusted(error, keys = true) {
  return { ...NOTHING_SHOWN, state: stateOf(error, keys) };
}

/**
 * @param {PassError} error
 * @param {boolean} keys
 * @returns {PassState}
 */
function stateOf(error, keys) {
  if (error instanceof NotAPass) return 'not-a-pass';
  if (error instanceof BadSeal) return 'bad-seal';
  if (error instanceof UnknownIssuer) return keys ? 'unknown-key' : 'no-keys';
  if (error instanceof OtherSchool) return 'other-school';
  return 'unreadable';
}

/**
 * Collect the facts of one showing; whatever isn't known stays null and objects by itself.
 *
 * @param {Presented} presented
 * @param {Situation} situation
 * @returns {Facts}
 */
export function gather(presented, situation) {
  return checkedFacts({
    ...ofPass(presented, situation),
    ...ofDevice(situation),
    ...ofDay(presented, situation),
  });
}

/**
 * @param {Presented} presented
 * @param {Situation} situation
 */
function ofPass(presented, { atMs, known, memory }) {
  const { held, proof } = presented;
  const identity = held?.identity ?? null;
  return {
    pass_state: presented.state,
    medium: presented.medium,
    assurance: assuranceOf(presented),
    kind: identity?.kind ?? null,
    validity: held && validityOf(held, atMs),
    proof,
    proof_age_ms: proofAgeMs(presented, atMs),
    proof_used: memory.proofUsed,
    status: identity && known.status && (known.status.of(identity.statusIndex) ?? 'unlisted'),
  };
}

/** @param {Situation} situation */
function ofDevice({ atMs, lane, known, memory, alarm, ...device }) {
  return {
    at_ms: atMs,
    direction: lane.direction,
    posture: alarm.posture,
    clock_trusted: device.clockTrusted,
    clock_uncertainty_ms: device.clockUncertaintyMs,
    status_list: freshness(known.status && known.status.expiresMs, atMs),
    knowledge: freshness(known.untilMs, atMs),
    table_as_expected: known.tableHash === null || known.tableHash === OURS.hash,
    journal_available: device.journalAvailable,
    same_lane_ms: since(memory.sameLaneMs, atMs),
    other_lane_ms: since(memory.otherLaneMs, atMs),
    pairing: pairingOf(lane, memory),
    spot_check: device.spotCheck,
    face: device.face,
  };
}

/**
 * @param {Presented} presented
 * @param {Situation} situation
 */
function ofDay(presented, situation) {
  const { atMs, lane, known } = situation;
  const identity = presented.held?.identity ?? null;
  const rights = known.rights ?? UNKNOWN;
  const plan = known.plan && isInPlan(known.plan, atMs) ? known.plan : null;
  const answer = exitAnswer(presented, situation);
  const { visit } = rights;
  return {
    opening: openingFact(identity, rights, plan, situation),
    visit_in_hours: visit === null || (visit.fromMs <= atMs && atMs < visit.untilMs),
    visit_here: visit === null || visit.zones.includes(lane.zoneTo),
    lesson_begun_ms: lessonBegunMs(rights, plan, atMs),
    exit_verdict: answer?.verdict ?? 'not-applicable',
    permission_used: answer?.why === 'permission',
  };
}

/**
 * Say whether a pupil may leave by this lane; null when nobody leaves alone by regime here.
 *
 * The same answer feeds the facts and, in words, the agent's screen.
 *
 * @param {Presented} presented
 * @param {Situation} situation
 * @returns {ExitAnswer | null}
 */
export function exitAnswer({ held }, { atMs, lane, known }) {
  const identity = held?.identity ?? null;
  if (lane.direction !== 'exit' || identity?.kind !== 'pupil') return null;
  if (known.plan === null || !isInPlan(known.plan, atMs)) {
    const unknown = /** @type {const} */ ('timetable-unknown');
    return { verdict: unknown, why: unknown, atMs, regime: null, later: null, permission: null };
  }
  const rights = known.rights ?? UNKNOWN;
  const regime = known.regimes?.get(rights.regime || identity.regime) ?? null;
  return mayLeave({ rights, regime, plan: known.plan }, atMs);
}

/**
 * Return the class or service to show: today's if known, else the sealed one.
 *
 * @param {Presented} presented
 * @param {Rights | null} rights
 */
export function labelOf({ held }, rights) {
  if (!held?.identity) return null;
  return rights?.label || held.identity.label;
}

/** @param {Presented} presented */
function assuranceOf({ held, medium, badgeProved }) {
  if (medium === null) return held === null ? null : 'low';
  return medium === 'badge' && !badgeProved ? 'low' : 'full';
}

/**
 * @param {Pass} held
 * @param {number} atMs
 */
function validityOf(held, atMs) {
  if (atMs < held.opensMs) return 'not-yet';
  return atMs < held.closesMs ? 'current' : 'expired';
}

/**
 * Return how old the phone's code is, once the proof holds; unproved it means nothing.
 *
 * @param {Presented} presented
 * @param {number} atMs
 */
function proofAgeMs({ proof, proofSeconds }, atMs) {
  return proof !== 'valid' || proofSeconds === null ? null : atMs - proofSeconds * 1000;
}

/**
 * @param {number | null} untilMs
 * @param {number} atMs
 */
function freshness(untilMs, atMs) {
  if (untilMs === null) return 'missing';
  return atMs < untilMs ? 'fresh' : 'stale';
}

/**
 * @param {number | null} thenMs
 * @param {number} atMs
 */
function since(thenMs, atMs) {
  return thenMs === null ? null : atMs - thenMs;
}

/**
 * @param {Lane} lane
 * @param {Memory} memory
 */
function pairingOf(lane, memory) {
  if (!lane.pairing) return 'off';
  return memory.lastDirection === lane.direction ? 'mismatch' : 'consistent';
}

/**
 * Say whether the zone entered is open to them; null on the way out or without a plan.
 *
 * @param {Identity | null} identity
 * @param {Rights} rights
 * @param {DayPlan | null} plan
 * @param {Situation} situation
 */
function openingFact(identity, rights, plan, { atMs, lane }) {
  if (plan === null || lane.direction === 'exit') return null;
  if (permissionFor(rights, 'entry', atMs, plan) !== null) return 'open';
  const { kind = null, holder = null } = identity ?? {};
  return openingOf(
    plan,
    lane.zoneTo,
    { kind, holder, groups: identity ? rights.groups : [] },
    atMs,
  );
}

/**
 * Return since when a lesson of theirs has been going on, the longest of several.
 *
 * @param {Rights} rights
 * @param {DayPlan | null} plan
 * @param {number} atMs
 */
function lessonBegunMs(rights, plan, atMs) {
  const held = (plan && lessonsOf(plan, rights.groups)?.held) ?? [];
  const begun = held.filter((hours) => isWithin(hours, atMs)).map(({ opensMs }) => atMs - opensMs);
  return begun.length ? Math.max(...begun) : null;
}
