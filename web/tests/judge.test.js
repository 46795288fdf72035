/** What a device says before it was told anything, of a card left at home, and without a journal. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readCalendar } from '../core/calendars.js';
import { mapOf } from '../core/canonical.js';
import { cardOf } from '../core/daylists.js';
import { planDay } from '../core/dayplans.js';
import { OUTCOMES } from '../core/decide.js';
import {
  NOTHING_KNOWN,
  NOTHING_REMEMBERED,
  forgotten,
  gather,
  situationOf,
} from '../core/facts.js';
import { judge, present, situationAt, withoutJournal } from '../core/judge.js';
import { localDay } from '../core/localtime.js';
import { vectors } from './vectors.js';

const NOW_MS = 1_795_417_200_000;
const WORDS = { fr: 'la loge', en: 'the lodge' };
const [GENUINE] = vectors('pass/valid').vectors;

/** @type {import('../core/zones.js').Lane} */
const ENTRY = {
  name: 'entry-1',
  direction: 'entry',
  zoneFrom: 'outside',
  zoneTo: 'inside',
  title: WORDS,
  point: WORDS,
  mode: 'control',
  staffed: true,
  pairing: false,
};
/** @type {import('../core/zones.js').Lane} */
const EXIT = { ...ENTRY, name: 'exit-1', direction: 'exit', zoneFrom: 'inside', zoneTo: 'outside' };
const UNTOLD = { uai: '0990001S', lane: ENTRY, knowledge: null };

/** @type {[string, any][]} */
const CALENDAR = [
  ['zone', 'UTC'],
  ['school_days', mapOf(['terms', []], ['holidays', []], ['days_off', []])],
  [
    'marks',
    mapOf(
      ['morning_ends', '12:00'],
      ['midday', '13:00'],
      ['meal_ends', '13:00'],
      ['day_ends', Array(7).fill('17:00')],
    ),
  ],
  ['openings', []],
  ['timetable', null],
];

/** @type {import('../core/daylists.js').Listed} */
const LISTED = {
  passId: '00112233445566aa',
  holder: 'aabbccdd00112233',
  kind: 'pupil',
  name: 'Zoé Martin',
  label: '2de 4',
  statusIndex: 7,
  fromS: NOW_MS / 1000 - 1,
  untilS: NOW_MS / 1000 + 1,
};

/**
 * @param {import('../core/facts.js').Presented} presented
 * @param {import('../core/judge.js').Bench} bench
 */
function decided(presented, bench = UNTOLD) {
  const situation = situationAt(bench, presented, NOW_MS, NOTHING_REMEMBERED);
  const { decision } = judge(presented, situation);
  return [OUTCOMES[decision.outcome], ...decision.reasons];
}

test('A device that was told nothing accuses nobody of a false pass.', async () => {
  const presented = await present(UNTOLD, GENUINE.text);

  assert.equal(presented.state, 'no-keys');
  assert.deepEqual(decided(presented), ['refer', 'knowledge-missing']);
});

test('It refuses what is no pass all the same, and refers a badge it cannot tell.', async () => {
  assert.deepEqual(decided(await present(UNTOLD, 'https://example.org/')), [
    'refuse',
    'not-a-pass',
    'knowledge-missing',
  ]);
  assert.deepEqual(decided(await present(UNTOLD, '04A2B93C7D1E80', true)), [
    'refer',
    'knowledge-missing',
  ]);
  assert.equal((await present(UNTOLD, '04A2B93C7D1E80')).state, 'not-a-pass');
});

test('A card left at home proves nothing, and is weighed by the rules of any card.', () => {
  const facts = gather(forgotten(cardOf(LISTED, UNTOLD.uai)), situationOf(NOW_MS, ENTRY));

  assert.deepEqual(
    [facts.pass_state, facts.medium, facts.assurance, facts.proof, facts.validity, facts.kind],
    ['genuine', null, 'low', 'not-needed', 'current', 'pupil'],
  );
});

test('Without the plan of the day nobody can say whether a pupil may leave.', () => {
  const card = forgotten(cardOf(LISTED, UNTOLD.uai));
  const facts = gather(card, situationOf(NOW_MS, EXIT, { known: NOTHING_KNOWN }));

  assert.deepEqual([facts.exit_verdict, facts.opening], ['timetable-unknown', null]);
});

test('A plan says nothing of the instant at which its day is over.', () => {
  const calendar = mapOf(...CALENDAR);
  const plan = planDay(readCalendar(calendar), localDay(NOW_MS, 'UTC'));
  const card = forgotten(cardOf(LISTED, UNTOLD.uai));
  const known = { ...NOTHING_KNOWN, plan };
  const verdicts = [plan.endsMs - 1, plan.endsMs].map(
    (atMs) => gather(card, situationOf(atMs, EXIT, { known })).exit_verdict,
  );

  assert.deepEqual(verdicts, ['regime-unknown', 'timetable-unknown']);
});

test('Without a journal an entry refers and an exit stays free.', () => {
  const card = forgotten(cardOf(LISTED, UNTOLD.uai));
  for (const [lane, outcome] of /** @type {const} */ ([
    [ENTRY, 'refer'],
    [EXIT, 'grant'],
  ])) {
    const { decision } = judge(card, withoutJournal(situationOf(NOW_MS, lane)));
    const unavailable = decision.objections.find((one) => one.reason === 'journal-unavailable');

    assert.equal(OUTCOMES[unavailable?.outcome ?? -1], outcome);
  }
});
