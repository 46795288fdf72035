/** What `answers.js` decides on facts, and on showings at the lanes of a school given as bytes. */

import { FactsError, OURS, checkedFacts, decide, factsFromJson } from '../core/decide.js';
import { toBody } from '../core/entries.js';
import { judge, present, situationAt } from '../core/judge.js';
import { Purpose } from '../core/keys.js';
import { openBundle } from '../core/knowing.js';
import { fromHex, toHex } from '../core/values.js';
import { deviceKey } from '../core/wrapping.js';
import { decisionBody } from '../core/writing.js';
import { laneOf } from '../core/zones.js';
import { keyAt } from './vectors.js';

const SHOWING = 7;
const NAMES = Object.keys(OURS.facts);

/** @param {any[]} values in the table's order */
function decided(values) {
  const facts = checkedFacts(Object.fromEntries(NAMES.map((name, place) => [name, values[place]])));
  const { outcome, alert, reasons } = decide(facts);
  return [outcome, alert, ...reasons];
}

/** @param {string} text */
function isFacts(text) {
  try {
    factsFromJson(text);
    return true;
  } catch (error) {
    if (error instanceof FactsError) return false;
    throw error;
  }
}

/** @param {any} asked a bundle, the keys to open it with, and what is shown */
async function showings({ bundle, key, uai, mine, cases }) {
  const device = mine && (await deviceKey(fromHex(mine.secret), fromHex(mine.point)));
  const pinned = await keyAt(Purpose.KNOWLEDGE, key);
  const knowledge = await openBundle(fromHex(bundle), pinned, { uai, mine: device });
  const judged = [];
  for (const { lane, ...one } of cases) {
    judged.push(await judgedAt({ uai, lane: laneOf(knowledge.site, lane), knowledge }, one));
  }
  return judged;
}

/**
 * @param {import('../core/judge.js').Bench} bench
 * @param {any} shown
 */
async function judgedAt(bench, { text, typed, atMs, memory, better }) {
  const presented = await present(bench, text, typed);
  const situation = situationAt(bench, presented, atMs, memory, {
    alarm: bench.knowledge?.alarm,
    ...better,
  });
  const judged = judge(presented, situation);
  const { facts, decision, label, note } = judged;
  const entry = toHex(toBody(decisionBody(judged, SHOWING, bench)));
  return { facts, decision: [decision.outcome, ...decision.reasons], label, note, entry };
}

/** @type {Record<string, (asked: any) => any>} */
export const DECISIONS = {
  decide: (cases) => cases.map(decided),
  isFacts: (texts) => texts.map(isFacts),
  showings,
};
