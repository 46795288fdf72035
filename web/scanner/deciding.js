/** One showing, from what was shown to its entry: the same facts and rules as at a gate. */

import { JournalError } from '../core/errors.js';
import { judge, situationAt, withoutJournal } from '../core/judge.js';
import { whose } from '../core/recall.js';
import { decisionBody } from '../core/writing.js';

/** @typedef {import('../core/facts.js').Presented} Presented */
/** @typedef {import('../core/judge.js').Judged} Judged */
/** @typedef {import('../core/showing.js').Opened} Opened */
/** @typedef {import('./recent.js').Receipt} Receipt */
/** @typedef {import('./spot_checks.js').SpotChecks} SpotChecks */
/** @typedef {import('./workings.js').Workings} Workings */

/**
 * Decide a showing and write it down; one that can't be written is decided without a journal.
 *
 * @param {Workings} workings
 * @param {SpotChecks} spotChecks
 * @param {Presented} presented
 * @param {Opened} opened
 * @returns {Promise<{judged: Judged, receipt: Receipt | null}>}
 */
export async function decideAndWrite(workings, spotChecks, presented, { showing, atMs }) {
  const { bench, pen } = workings;
  const situation = situationOf(workings, spotChecks, presented, atMs);
  const judged = judge(presented, situation);
  try {
    return { judged, receipt: await pen.write(decisionBody(judged, showing, bench)) };
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    return { judged: judge(presented, withoutJournal(situation)), receipt: null };
  }
}

/**
 * @param {Workings} workings
 * @param {SpotChecks} spotChecks
 * @param {Presented} presented
 * @param {number} atMs
 */
function situationOf({ bench, day, cards, clock, alarm }, spotChecks, presented, atMs) {
  const { held } = presented;
  const { trusted, claimMs } = clock.state;
  // Drawn before looking at who it is; a check once drawn holds until an agent answered it.
  const drawn = spotChecks.draw(bench.knowledge?.checks.get(bench.lane.name));
  const spotCheck = drawn || (held !== null && cards.checking(whose(held)));
  const better = { alarm, clockTrusted: trusted, clockUncertaintyMs: claimMs, spotCheck };
  return situationAt(bench, presented, atMs, day.recall.of(presented), better);
}
