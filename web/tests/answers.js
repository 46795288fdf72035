/**
 * Answer lines of JSON on standard input, one line each, so that Python can compare.
 *
 *     {"ask": "decide", "of": [[…values in the table's order…], …]} ──▶ [[outcome, alert, …reasons], …]
 */

import { createInterface } from 'node:readline';

import { FactsError, OURS, checkedFacts, decide, factsFromJson } from '../core/decide.js';
import { judge, present, situationAt } from '../core/judge.js';
import { Purpose, publicKey } from '../core/keys.js';
import { openBundle } from '../core/knowing.js';
import { fromHex } from '../core/values.js';
import { deviceKey } from '../core/wrapping.js';
import { laneOf } from '../core/zones.js';
import { FORMATS } from './answers_formats.js';

const NAMES = Object.keys(OURS.facts);

/** @type {Record<string, (asked: any) => any>} */
const ANSWERS = {
  decide: (/** @type {any[][]} */ cases) => cases.map(decided),
  open,
  judge: async (/** @type {any[]} */ cases) => {
    const judged = [];
    for (const one of cases) judged.push(await judgedCase(one));
    return judged;
  },
  isFacts: (/** @type {string[]} */ texts) => texts.map(isFacts),
  ...FORMATS,
};

/** @param {any[]} values */
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

/** @type {import('../core/knowing.js').Knowledge} */
let knowledge;
let school = '';

/** @param {any} question */
async function open({ bundle, key, uai, mine }) {
  const [x, y] = key.map(fromHex);
  const device = mine && (await deviceKey(fromHex(mine.secret), fromHex(mine.point)));
  const pinned = await publicKey(Purpose.KNOWLEDGE, x, y);
  knowledge = await openBundle(fromHex(bundle), pinned, { uai, mine: device });
  school = uai;
  return true;
}

/** @param {any} asked */
async function judgedCase({ text, typed, lane, at_ms, memory, better }) {
  const bench = { uai: school, lane: laneOf(knowledge.site, lane), knowledge };
  const presented = await present(bench, text, typed);
  const remembered = {
    sameLaneMs: memory.same_lane_ms,
    otherLaneMs: memory.other_lane_ms,
    lastDirection: memory.last_direction,
    proofUsed: memory.proof_used,
  };
  const situation = situationAt(bench, presented, at_ms, remembered, {
    alarm: knowledge.alarm,
    clockTrusted: better.clock_trusted,
    clockUncertaintyMs: better.clock_uncertainty_ms,
    journalAvailable: better.journal_available,
    spotCheck: better.spot_check,
    face: better.face,
  });
  const { facts, decision, label, note } = judge(presented, situation);
  return { facts, decision: [decision.outcome, ...decision.reasons], label, note };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, of } = JSON.parse(line);
  console.log(JSON.stringify(await ANSWERS[ask](of)));
}
