/**
 * Answer lines of JSON on standard input, one line each, so that Python can compare.
 *
 *     {"ask": "decide", "of": [[…values in the table's order…], …]} ──▶ [[outcome, alert, …reasons], …]
 */

import { createInterface } from 'node:readline';

import { FactsError, OURS, checkedFacts, decide, factsFromJson } from '../core/decide.js';

const NAMES = Object.keys(OURS.facts);

/** @type {Record<string, (asked: any) => any>} */
const ANSWERS = {
  decide: (/** @type {any[][]} */ cases) => cases.map(decided),
  isFacts: (/** @type {string[]} */ texts) => texts.map(isFacts),
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

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, of } = JSON.parse(line);
  console.log(JSON.stringify(await ANSWERS[ask](of)));
}
