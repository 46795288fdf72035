/** What `answers.js` does at a lane: deeds one after the other, and what the board and the journal say. */

import { toBody } from '../core/entries.js';
import { Purpose } from '../core/keys.js';
import { openBundle } from '../core/knowing.js';
import { fromHex, toHex } from '../core/values.js';
import { deviceKey } from '../core/wrapping.js';
import { UAI } from './pocket_school.js';
import { keyAt } from './rings.js';
import { FakeClock, Storage, openLane, reasons } from './working_lane.js';

/** @typedef {import('../core/knowing.js').Knowledge} Knowledge */
/** @typedef {Awaited<ReturnType<typeof openLane>>} Working */

/** @type {Record<string, (working: Working, ...about: any[]) => any>} */
const DEEDS = {
  show: async ({ show }, text) => reasons(await show(text)),
  rule: ({ lane, board }, place, stale, ruling, reason) => {
    const card = board.snapshot.waiting[place];
    return (
      card && lane.rule(stale ? (card.first ?? card.showing) : card.showing, ruling, reason, 'loge')
    );
  },
  ruleOn: ({ lane }, number) => lane.ruleOn({ epoch: 1, number }, 'admit', 'known', 'cpe'),
  admit: ({ lane }, reason) => lane.admitManually(reason, 'loge'),
  openFor: ({ lane }, asked) => lane.openFor(asked),
  forgotten: ({ lane }, passId, reason) => lane.admitForgotten(passId, reason, 'loge'),
  count: ({ lane }, direction, step) => lane.count(direction, step),
  mode: ({ lane }, mode) => lane.setMode(mode, 'cpe'),
  elsewhere: ({ lane }, holder, atMs) => lane.noteElsewhere(holder, atMs),
  cycle: async ({ show }, count) => {
    for (let number = 0; number < count; number += 1) await show(`https://example.org/${number}`);
  },
  advance: ({ clock }, ms) => clock.advance(ms),
  tend: ({ lane }) => lane.tend(),
  full: ({ storage }, full) => {
    storage.full = full;
  },
};

/** @param {{bundles: string[], key: any, mine: any, lane: string, deeds: any[][]}} question */
async function lane({ bundles, key, mine, lane: name, deeds }) {
  const device = await deviceKey(fromHex(mine.secret), fromHex(mine.point));
  const pinned = await keyAt(Purpose.KNOWLEDGE, key);
  const open = (/** @type {string} */ file) =>
    openBundle(fromHex(file), pinned, { uai: UAI, mine: device });
  const known = await Promise.all(bundles.map(open));
  const around = { clock: new FakeClock(), storage: await Storage.make() };
  const start = (/** @type {Knowledge} */ knowledge) =>
    openLane({ ...around, knowledge, lane: rowOf(knowledge, name) });
  let working = await start(known[0]);
  const answers = [];
  for (const [deed, ...about] of deeds) {
    if (deed === 'reopen') working = await start(known[0]);
    else if (deed === 'learn') await working.learn(known[about[0]]).catch(() => {});
    const answer = deed in DEEDS ? await done(() => DEEDS[deed](working, ...about)) : null;
    answers.push([answer, shown(working.board.snapshot)]);
  }
  return { answers, bodies: around.storage.bodies.map((body) => toHex(toBody(body))) };
}

/**
 * @param {Knowledge} knowledge
 * @param {string} name
 */
function rowOf({ site }, name) {
  const found = site.lanes.find((row) => row.name === name);
  if (!found) throw new Error('no such lane');
  return found;
}

/** @param {() => any} deed */
async function done(deed) {
  try {
    return (await deed()) ?? null;
  } catch (error) {
    return error instanceof Error ? error.name.replace('Fault', 'Error') : null;
  }
}

/** @param {import('../scanner/shown.js').Snapshot} snapshot */
function shown({ waiting, recent, setAside, counts, alerts, mode }) {
  return {
    waiting: waiting.map((card) => [
      ...[card.showing, card.outcome, card.times, card.first, card.old, card.name],
      ...card.reasons,
    ]),
    recent: recent.map(({ showing, ruled }) => [showing, ruled?.reason ?? null]),
    counts: [counts.entered, counts.left, setAside],
    alerts: alerts.map(({ kind, detail }) => [kind, detail?.fr ?? null]),
    mode,
  };
}

/** @type {Record<string, (asked: any) => any>} */
export const AT_LANE = { lane };
