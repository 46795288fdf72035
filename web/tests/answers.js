/**
 * Answer lines of JSON on standard input, one line each, so that Python can compare.
 *
 *     {"ask": "decide", "of": [[…values in the table's order…], …]} ──▶ [[outcome, alert, …reasons], …]
 */

import { createInterface } from 'node:readline';

import { DECISIONS } from './answers_decide.js';
import { FORMATS } from './answers_formats.js';
import { AT_LANE } from './answers_lane.js';
import { SINGLE } from './answers_parts.js';
import { PLANS } from './answers_plans.js';

const ANSWERS = { ...DECISIONS, ...FORMATS, ...SINGLE, ...PLANS, ...AT_LANE };

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, of } = JSON.parse(line);
  console.log(JSON.stringify(await ANSWERS[ask](of)));
}
