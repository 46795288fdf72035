/** The lane in the agent's hand: journal first, then show; answers, modes, alerts. Real passes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Outcome } from '../core/decide.js';
import { JournalError, TooLate } from '../core/errors.js';
import { AT_ONCE_MAX } from '../scanner/flood.js';
import { TOO_MANY } from '../scanner/lane_words.js';
import { PATIENCE_MS } from '../scanner/pen.js';
import { COUNTED, WAITING_MAX } from '../scanner/shown.js';
import { LANES, MONDAY_MS, PocketSchool } from './pocket_school.js';
import { openLane, reasons } from './working_lane.js';

const school = await PocketSchool.open();
const known = () => school.knowledge();
const REVOKED = await school.issue({ status: 'revoked' });

/** A lane before which a revoked pass waits for an answer. */
async function withReferral() {
  const working = await openLane({ knowledge: known() });
  await working.show(REVOKED.text);
  const [card] = working.board.snapshot.waiting;
  return { ...working, card };
}

// --- the order of effects ------------------------------------------------------------------------

test('When a decision is shown, the journal has it already.', async () => {
  const held = await school.issue();
  const { show, board, storage } = await openLane({ knowledge: known() });
  /** @type {any[]} */
  const seen = [];
  board.addEventListener('change', () => {
    if (board.snapshot.stage) seen.push(storage.bodies.at(-1));
  });
  await show(held.text);

  const [entry] = seen;
  assert.deepEqual([entry.passId, entry.outcome, entry.holder], [held.passId, 0, held.holder]);
  const { stage } = board.snapshot;
  assert.deepEqual([stage?.name, stage?.label, stage?.outcome], ['Zoé Martin', 'Service', 0]);
});

test('A decision says what it was based on: knowledge, table, posture and medium.', async () => {
  const held = await school.issue();
  const { show, storage } = await openLane({ knowledge: school.knowledge({ number: 7 }) });
  const judged = await show(held.text);
  const body = storage.bodies.at(-1);

  assert.deepEqual(body?.versions, { epoch: 1, knowledge: 7 });
  assert.ok(judged?.decision.tableHash.startsWith(body?.table));
  assert.deepEqual([body?.posture, body?.medium, body?.personKind], ['normal', 'paper', 'staff']);
});

test('A journal that refuses refers at an entry, and says so until it works again.', async () => {
  const [first, second] = [await school.issue(), await school.issue()];
  const { show, board, storage } = await openLane({ knowledge: known() });
  storage.full = true;
  const judged = await show(first.text);

  assert.equal(judged?.decision.outcome, Outcome.REFER);
  assert.deepEqual(reasons(judged), ['journal-unavailable']);
  assert.deepEqual(board.snapshot.faults, [{ organ: 'journal', why: 'full' }]);
  assert.equal(board.snapshot.counts.entered, 0);

  storage.full = false;
  await show(second.text);
  assert.deepEqual(board.snapshot.faults, []);
});

test('A storage that never answers keeps nobody waiting: the agent takes over.', async (t) => {
  const held = await school.issue();
  const { show, board, journal } = await openLane({ knowledge: known() });
  const asked = t.mock.method(journal, 'append', () => new Promise(() => {}));
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const showing = show(held.text);
  while (asked.mock.callCount() === 0) await new Promise(setImmediate);
  t.mock.timers.tick(PATIENCE_MS);

  assert.deepEqual(reasons(await showing), ['journal-unavailable']);
  assert.deepEqual(board.snapshot.faults, [{ organ: 'journal', why: 'fails' }]);
});

test('A journal that refuses keeps nobody inside.', async () => {
  const held = await school.issue();
  const { show, storage } = await openLane({ knowledge: known(), lane: LANES.exit });
  storage.full = true;
  const judged = await show(held.text);

  assert.equal(judged?.decision.outcome, Outcome.GRANT);
  assert.deepEqual(reasons(judged), ['journal-unavailable']);
});

test('A scanner that knows nothing still journals what it referred.', async () => {
  const held = await school.issue();
  const { show, storage } = await openLane({ knowledge: null });
  const judged = await show(held.text);
  const body = storage.bodies.at(-1);

  assert.equal(judged?.decision.outcome, Outcome.REFER);
  assert.deepEqual([body?.versions, body?.passId, body?.holder], [{}, null, null]);
});

test('Showings that come at once are served one after the other.', async () => {
  const held = await school.issue();
  const { show, storage, board } = await openLane({ knowledge: known() });
  const both = await Promise.all([show(held.text), show(held.text)]);

  assert.deepEqual(both.map(reasons), [[], ['double-use']]);
  assert.deepEqual(
    storage.bodies.map(({ outcome }) => outcome),
    [0, 1],
  );
  assert.equal(board.snapshot.counts.entered, 1);
});

test('A showing that could not be served is the agent’s to answer, and the next goes on.', async () => {
  const held = await school.issue();
  const { show, board, learn } = await openLane({ knowledge: known() });
  await learn({ ...known(), status: /** @type {any} */ ({ of: () => 'ghost', expiresMs: 0 }) });
  await assert.rejects(show(held.text));
  const [card] = board.snapshot.waiting;
  await learn(known());

  assert.deepEqual([card.outcome, card.name, card.reasons], [Outcome.REFER, null, []]);
  assert.match(card.note?.en ?? '', /could not handle/);
  assert.deepEqual(reasons(await show(held.text)), []);
});

// --- agents --------------------------------------------------------------------------------------

test('An agent’s admission points to the decision, and counts as a passage.', async () => {
  const { lane, card, board, storage, show } = await withReferral();
  await lane.rule(card.showing, 'admit', 'checked', 'loge-1');
  const [decision, ruling] = storage.bodies;

  assert.deepEqual([decision.kind, decision.outcome], ['decision', Outcome.REFUSE]);
  assert.deepEqual(
    [ruling.kind, ruling.epoch, ruling.number, ruling.ruling, ruling.agent],
    ['ruling', 1, 2, 'admit', 'loge-1'],
  );
  assert.deepEqual(board.snapshot.waiting, []);
  assert.equal(board.snapshot.stage?.ruled?.ruling, 'admit');
  assert.equal(board.snapshot.counts.entered, 1);
  assert.deepEqual(reasons(await show(REVOKED.text)), ['revoked', 'double-use']);
});

test('A denial lets nobody through.', async () => {
  const { lane, card, board } = await withReferral();
  await lane.rule(card.showing, 'deny', 'sent', 'loge-1');

  assert.equal(board.snapshot.counts.entered, 0);
  assert.equal(board.snapshot.recent[0].ruled?.ruling, 'deny');
});

test('Of two who answer one card, the second is too late and writes nothing.', async () => {
  const { lane, card, storage, board } = await withReferral();
  const first = lane.rule(card.showing, 'deny', 'sent', 'loge-1');
  await assert.rejects(lane.rule(card.showing, 'admit', 'known', 'cpe'), TooLate);
  await first;

  assert.equal(storage.bodies.length, 2);
  assert.equal(board.ruledOn(card.showing)?.agent, 'loge-1');
});

test('A card replaced by the same pass shown again can’t be ruled by its former number.', async () => {
  const { lane, card, show, clock } = await withReferral();
  clock.advance(60_000);
  await show(REVOKED.text);

  await assert.rejects(lane.rule(card.showing, 'admit', 'known', 'loge-1'), TooLate);
});

test('An answer that can’t be written was not given: the card still waits.', async () => {
  const { lane, card, board, storage } = await withReferral();
  storage.full = true;
  await assert.rejects(lane.rule(card.showing, 'admit', 'known', 'loge-1'), JournalError);

  assert.deepEqual(board.snapshot.waiting, [card]);
  assert.equal(board.snapshot.counts.entered, 0);
});

test('A reason that is none of the presets writes nothing.', async () => {
  const { lane, card, storage } = await withReferral();
  const before = storage.bodies.length;
  await assert.rejects(lane.rule(card.showing, 'admit', 'sent', 'loge-1'), RangeError);
  await assert.rejects(lane.admitManually('Zoé is nice', 'loge-1'), RangeError);
  await assert.rejects(lane.admitForgotten('0'.repeat(16), 'known', 'loge-1'), RangeError);

  assert.equal(storage.bodies.length, before);
});

test('A referral without an entry can be answered once there is room; it points to none.', async () => {
  const held = await school.issue();
  const { lane, show, board, storage } = await openLane({ knowledge: known() });
  storage.full = true;
  await show(held.text);
  storage.full = false;
  await lane.rule(board.snapshot.waiting[0].showing, 'admit', 'checked', 'loge-1');

  const [ruling] = storage.bodies;
  assert.deepEqual([ruling.epoch, ruling.number], [0, 0]);
  assert.deepEqual(reasons(await show(held.text)), ['double-use']);
});

test('Somebody without a code is let in by hand, listed without anybody’s name.', async () => {
  const { lane, board, storage } = await openLane({ knowledge: known() });
  await lane.admitManually('forgotten', 'loge-1');
  const [body] = storage.bodies;

  assert.deepEqual([body.kind, body.reason, body.people], ['manualAdmission', 'forgotten', 1]);
  const [card] = board.snapshot.recent;
  assert.deepEqual([card.name, card.ruled?.agent], [null, 'loge-1']);
  assert.equal(board.snapshot.stage, card);
  assert.equal(board.snapshot.counts.entered, 1);
});

test('A manual admission that can’t be written is none.', async () => {
  const { lane, board, storage } = await openLane({ knowledge: known() });
  storage.full = true;
  await assert.rejects(lane.admitManually('forgotten', 'loge-1'), JournalError);

  assert.deepEqual([board.snapshot.stage, board.snapshot.recent], [null, []]);
});

test('Every card that waits can be ruled, after a flood of strangers as well.', async () => {
  const { lane, show, board, clock } = await openLane({ knowledge: known() });
  for (let number = 0; number < 2 * WAITING_MAX; number += 1) {
    clock.advance(10_000);
    await show(`https://example.org/${number}`);
  }
  const { waiting } = board.snapshot;
  assert.equal(waiting.length, WAITING_MAX);
  for (const { showing } of waiting) await lane.rule(showing, 'deny', 'sent', 'loge-1');
  assert.deepEqual(board.snapshot.waiting, []);
});

// --- consoles ------------------------------------------------------------------------------------

test('A console rules by the entry of the decision; a second answer is too late.', async () => {
  const { lane, storage } = await withReferral();
  await lane.ruleOn({ epoch: 1, number: 2 }, 'admit', 'known', 'cpe-1');

  assert.equal(storage.bodies.at(-1)?.agent, 'cpe-1');
  await assert.rejects(lane.ruleOn({ epoch: 1, number: 2 }, 'deny', 'sent', 'cpe-2'), TooLate);
  await assert.rejects(lane.ruleOn({ epoch: 2, number: 2 }, 'deny', 'sent', 'cpe-2'), TooLate);
});

test('A console’s answer is shown, and told apart from the agent’s own.', async () => {
  const { lane, board, show, card } = await withReferral();
  let told = 0;
  board.addEventListener('console', () => (told += 1));
  await show('https://example.org');
  await lane.ruleOn({ epoch: 1, number: 2 }, 'admit', 'known', 'cpe');
  assert.deepEqual(
    [board.snapshot.stage?.showing, board.snapshot.stage?.ruled?.agent],
    [card.showing, 'cpe'],
  );
  const asked = { admission: 'ab'.repeat(8), atMs: MONDAY_MS, lane: 'entry-1', agent: 'cpe' };
  await lane.openFor({ ...asked, reason: 'expected' });
  await lane.admitManually('expected', 'loge');

  assert.equal(told, 2);
});

test('A console lets somebody through once, now or never, and at its own lane only.', async () => {
  const { lane, board, clock, storage } = await openLane({ knowledge: known() });
  const about = { lane: 'entry-1', reason: 'expected', agent: 'cpe-1', atMs: clock.nowMs() };
  const asked = { ...about, admission: '00112233445566aa' };
  await lane.openFor(asked);

  assert.equal(board.snapshot.counts.entered, 1);
  assert.match(board.snapshot.recent[0].note?.en ?? '', /console/);
  const elsewhere = { ...about, admission: '0000000000000001', lane: 'exit-1' };
  const late = { ...about, admission: '0000000000000002', atMs: clock.nowMs() - 60_001 };
  for (const one of [asked, elsewhere, late]) await assert.rejects(lane.openFor(one), TooLate);
  assert.equal(storage.bodies.length, 1);
});

// --- counting and modes --------------------------------------------------------------------------

/** @param {'counting' | 'free'} mode */
function inMode(mode) {
  return openLane({ knowledge: known(), lane: { ...LANES.entry, mode } });
}

test('A counting lane counts, asks nobody’s name and shows that one more passes.', async () => {
  const held = await school.issue();
  const { show, board, storage } = await inMode('counting');

  assert.equal(await show(held.text), null);
  const [body] = storage.bodies;
  assert.deepEqual([body.kind, body.direction, body.people], ['count', 'entry', 1]);
  assert.deepEqual(board.snapshot.counts, { entered: 1, left: 0 });
  assert.deepEqual([board.snapshot.stage?.showing, board.snapshot.stage?.name], [COUNTED, null]);
});

test('Whom an agent counts is shown to pass in counting mode, one more in the lane’s way.', async () => {
  for (const [mode, direction, step, staged] of /** @type {const} */ ([
    ['counting', 'entry', 1, COUNTED],
    ['counting', 'entry', -1, undefined],
    ['counting', 'exit', 1, undefined],
    ['control', 'entry', 1, undefined],
  ])) {
    const { lane, board } = await openLane({ knowledge: known(), lane: { ...LANES.entry, mode } });
    await lane.count(direction, step);

    assert.equal(board.snapshot.stage?.showing, staged, `${mode} ${direction} ${step}`);
  }
});

test('A counting lane counts nobody twice in a second.', async () => {
  const { show, board, clock } = await inMode('counting');
  for (let number = 0; number < 30; number += 1) {
    await show(`https://example.org/${number}`);
    clock.advance(100);
  }
  assert.equal(board.snapshot.counts.entered, 3);
});

test('A counting lane that can’t write sends to the agent.', async () => {
  const held = await school.issue();
  const { show, board, storage } = await inMode('counting');
  storage.full = true;

  assert.deepEqual(reasons(await show(held.text)), ['journal-unavailable']);
  assert.equal(board.snapshot.counts.entered, 0);
});

test('A free lane neither decides nor counts.', async () => {
  const held = await school.issue();
  const { show, board, storage } = await inMode('free');

  assert.equal(await show(held.text), null);
  assert.deepEqual([storage.bodies, board.snapshot.counts.entered], [[], 0]);
});

test('That a lane began free is written once: people then pass without an entry.', async () => {
  const { lane, storage } = await inMode('free');
  storage.full = true;
  await lane.tend();
  storage.full = false;
  await lane.tend();
  await lane.tend();

  const written = storage.bodies.map(({ kind, mode, agent }) => [kind, mode, agent]);
  assert.deepEqual(written, [['mode', 'free', null]]);
});

for (const mode of /** @type {const} */ (['counting', 'free'])) {
  test(`An intrusion ends ${mode} for as long as it lasts.`, async () => {
    const held = await school.issue();
    const { show, learn } = await inMode(mode);
    const lanes = [{ ...LANES.entry, mode }];
    await learn({ ...school.knowledge({ lanes }), alarm: alarm('intrusion') });
    const during = await show(held.text);
    await learn(school.knowledge({ lanes }));

    assert.deepEqual(reasons(during), ['alarm-intrusion']);
    assert.equal(await show(held.text), null);
  });
}

/** @param {import('../core/alarms.js').Posture} posture */
function alarm(posture) {
  return { posture, drill: false, sinceMs: 0 };
}

test('A count taken back is journalled and never shown negative.', async () => {
  const { lane, board, storage } = await openLane({ knowledge: known() });
  for (const step of /** @type {const} */ ([1, -1, -1])) await lane.count('exit', step);
  assert.deepEqual(board.snapshot.counts, { entered: 0, left: 0 });
  await lane.count('entry', -1);

  assert.deepEqual(board.snapshot.counts, { entered: 0, left: 0 });
  assert.deepEqual(
    storage.bodies.map(({ people }) => people),
    [1, -1, -1, -1],
  );
});

test('A change of mode is journalled, then shown; what waited is old.', async () => {
  const { lane, board, storage } = await withReferral();
  await lane.setMode('free', 'cpe');
  const body = storage.bodies.at(-1);

  assert.deepEqual([body?.kind, body?.mode, body?.agent], ['mode', 'free', 'cpe']);
  assert.equal(board.snapshot.mode, 'free');
  assert.equal(board.snapshot.waiting[0].old, true);
  assert.equal(board.snapshot.stage, null);
  storage.full = true;
  await assert.rejects(lane.setMode('control', 'cpe'), JournalError);
  assert.equal(board.snapshot.mode, 'free');
});

test('A mode that the school changes is followed once, and not against an agent.', async () => {
  const { lane, learn, storage } = await openLane({ knowledge: known() });
  const lanes = [{ ...LANES.entry, mode: /** @type {const} */ ('free') }];
  await learn(school.knowledge({ number: 2, lanes }));
  await lane.setMode('control', 'cpe');
  await learn(school.knowledge({ number: 3, lanes }));

  assert.deepEqual(
    storage.bodies.map(({ mode, agent }) => [mode, agent]),
    [
      ['free', null],
      ['control', 'cpe'],
    ],
  );
});

test('A notice stays until an agent dismisses it, once.', async () => {
  const { lane, board, show } = await openLane({ knowledge: known() });
  for (let number = 0; number <= AT_ONCE_MAX; number += 1)
    await show(`https://example.org/${number}`);
  const [alert] = board.snapshot.alerts;
  await lane.dismissAlert(alert.alert);

  assert.deepEqual([alert.kind, alert.detail], ['notice', TOO_MANY]);
  await assert.rejects(lane.dismissAlert(alert.alert), TooLate);
});
