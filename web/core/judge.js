/**
 * From a text to a decision: verify, gather the facts, decide. Nothing is written, nothing moves.
 *
 *     text ── present ──▶ Presented ── situation ──▶ Situation ── judge ──▶ Judged
 *
 * The same steps as the gate's (`portique.gate.judge`).
 */

import { numberOf } from './badges.js';
import { decide } from './decide.js';
import { PassError } from './errors.js';
import { answerInWords } from './exit_words.js';
import { NOTHING_KNOWN, NOTHING_SHOWN, exitAnswer, gather, genuine } from './facts.js';
import { labelOf, mistrusted, situationOf } from './facts.js';
import { planAt } from './knowing.js';
import { keyRing, parse, verify } from './passes.js';

/** @typedef {import('./facts.js').Known} Known */
/** @typedef {import('./facts.js').Memory} Memory */
/** @typedef {import('./facts.js').Presented} Presented */
/** @typedef {import('./facts.js').Situation} Situation */
/** @typedef {import('./knowing.js').Knowledge} Knowledge */
/** @typedef {import('./plain.js').Words} Words */
/** @typedef {import('./zones.js').Lane} Lane */

const NOBODYS_BADGE = Object.freeze({
  fr: 'Ce badge n’est inscrit pour personne.',
  en: 'This badge is enrolled for nobody.',
});

/**
 * @typedef {object} Judged A decision, what it rests on, and what the agent is shown with it
 * @property {Presented} presented
 * @property {import('./rules.js').Facts} facts
 * @property {import('./decide.js').Decision} decision
 * @property {string | null} label
 * @property {Words | null} note
 */

/**
 * @typedef {object} Bench Where a device judges: its lane and what it knows now (null: nothing yet)
 * @property {string} uai
 * @property {Lane} lane
 * @property {Knowledge | null} knowledge
 */

/**
 * Verify a text; what is wrong with it becomes a state, never an error.
 *
 * @param {Bench} bench
 * @param {string} text
 * @param {boolean} [typed] a reader other than the camera wrote it: it may be a badge's number; the
 *   pass a badge stands for is worth no more when somebody shows it printed
 * @returns {Promise<Presented>}
 */
export async function present({ uai, knowledge }, text, typed = false) {
  const badges = knowledge?.badges ?? null;
  const number = typed ? numberOf(text) : null;
  if (number !== null && badges === null) {
    return { ...NOTHING_SHOWN, state: 'no-keys', medium: 'badge' };
  }
  const shown = number === null ? text : ((await badges?.standsFor(number)) ?? '');
  const badge = number !== null || (badges !== null && badges.has(shown));
  const ring = knowledge?.ring ?? keyRing(uai, []);
  try {
    return genuine(await verify(parse(shown), ring), badge);
  } catch (error) {
    if (!(error instanceof PassError)) throw error;
    const presented = mistrusted(error, ring.issuers.size > 0);
    return badge ? { ...presented, medium: 'badge' } : presented;
  }
}

/**
 * Describe here and now; `better` is what the caller knows of its clock, its journal and the school.
 *
 * @param {Bench} bench
 * @param {Presented} presented
 * @param {number} atMs
 * @param {Memory} memory
 * @param {Partial<Situation>} [better]
 * @returns {Situation}
 */
export function situationAt({ lane, knowledge }, presented, atMs, memory, better = {}) {
  const known = knowledge === null ? NOTHING_KNOWN : knownOf(knowledge, presented, atMs);
  return situationOf(atMs, lane, { known, memory, ...better });
}

/**
 * @param {Knowledge} knowledge
 * @param {Presented} presented
 * @param {number} atMs
 * @returns {Known}
 */
function knownOf(knowledge, { held }, atMs) {
  const identity = held?.identity ?? null;
  return {
    plan: planAt(knowledge, atMs),
    rights: (identity && knowledge.rights.get(identity.holder)) ?? null,
    regimes: knowledge.regimes,
    status: knowledge.status,
    untilMs: knowledge.manifest.expiresMs,
    tableHash: knowledge.table,
  };
}

/**
 * Decide one showing.
 *
 * @param {Presented} presented
 * @param {Situation} situation
 * @returns {Judged}
 */
export function judge(presented, situation) {
  const facts = gather(presented, situation);
  const answer = exitAnswer(presented, situation);
  const { plan, rights } = situation.known;
  const note = answer && plan ? answerInWords(answer, plan.zoneName) : badgeNote(presented);
  return { presented, facts, decision: decide(facts), label: labelOf(presented, rights), note };
}

/**
 * Tell the agent of a badge nobody enrolled: *not a pass* alone would puzzle its holder.
 *
 * @param {Presented} presented
 * @returns {Words | null}
 */
function badgeNote({ medium, state }) {
  return medium === 'badge' && state === 'not-a-pass' ? NOBODYS_BADGE : null;
}

/**
 * Describe the same, with nowhere to write: entry refers, exit stays free.
 *
 * @param {Situation} situation
 * @returns {Situation}
 */
export function withoutJournal(situation) {
  return { ...situation, journalAvailable: false };
}
