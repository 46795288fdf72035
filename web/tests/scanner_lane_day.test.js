/** A lane over its day: what it takes up when it is opened again, midnight, cards left at home. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Outcome } from '../core/decide.js';
import { TooLate } from '../core/errors.js';
import { localDay } from '../core/localtime.js';
import { Recall } from '../core/recall.js';
import { firstShowing } from '../scanner/recent.js';
import { LANES, MONDAY_MS, PocketSchool } from './pocket_school.js';
import { openLane, reasons } from './working_lane.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const TO_MIDNIGHT_MS = 15 * HOUR_MS; // the Monday begins at 09:00 in Paris
const school = await PocketSchool.open();

/**
 * Open the app again over the same storage.
 *
 * @param {Awaited<ReturnType<typeof openLane>>} before
 */
function reopened({ lane, clock, storage }) {
  const { knowledge, lane: row } = lane.bench;
  return openLane({ knowledge, lane: row, clock, storage });
}

// --- opened again --------------------------------------------------------------------------------

test('What nobody answered waits again, old and without the name; it can be answered.', async () => {
  const held = await school.issue({ status: 'revoked' });
  const first = await openLane({ knowledge: school.knowledge() });
  await first.show(held.text);
  const { board, lane, storage } = await reopened(first);
  const [card] = board.snapshot.waiting;

  assert.deepEqual([card.outcome, card.reasons], [Outcome.REFUSE, ['revoked']]);
  assert.deepEqual([card.name, card.label, card.passId, card.old], [null, null, held.passId, true]);
  assert.match(card.note?.fr ?? '', /rouverte : le nom/);
  assert.equal(board.snapshot.stage, null);
  await lane.rule(card.showing, 'admit', 'checked', 'loge-1');
  assert.deepEqual([storage.bodies[1].epoch, storage.bodies[1].number], [1, 2]);
});

test('What was answered or granted does not come back, nor what is another lane’s.', async () => {
  const [held, revoked] = [await school.issue(), await school.issue({ status: 'revoked' })];
  const first = await openLane({ knowledge: school.knowledge() });
  await first.show(held.text);
  await first.show(revoked.text);
  await first.lane.rule(first.board.snapshot.waiting[0].showing, 'deny', 'sent', 'loge-1');
  await first.show('https://example.org');
  const { lane, clock, storage } = first;
  const { board, show } = await openLane({ ...lane.bench, lane: LANES.exit, clock, storage });

  assert.deepEqual([board.snapshot.waiting, board.snapshot.counts.left], [[], 0]);
  assert.deepEqual(reasons(await show(held.text)), ['double-use']); // let in a moment ago
  assert.equal((await reopened(first)).board.snapshot.waiting.length, 1);
});

test('A phone’s drawing, a grant and a console’s request are remembered.', async () => {
  const [paper, phone] = [await school.issue(), await school.issue({ phone: true })];
  const first = await openLane({ knowledge: school.knowledge() });
  const text = await phone.drawn(first.clock.nowMs());
  const about = { admission: '00112233445566aa', atMs: first.clock.nowMs(), lane: 'entry-1' };
  const asked = { ...about, reason: 'expected', agent: 'cpe' };
  await first.show(paper.text);
  await first.show(text);
  await first.lane.openFor(asked);
  const { show, lane } = await reopened(first);

  assert.deepEqual(reasons(await show(paper.text)), ['double-use']);
  assert.ok(reasons(await show(text))?.includes('replayed'));
  await assert.rejects(lane.openFor(asked), TooLate);
});

test('An agent’s mode outlives a lock, until the school changes its own.', async () => {
  const storage = new Map();
  const getItem = (/** @type {string} */ name) => storage.get(name) ?? null;
  const setItem = (/** @type {string} */ name, /** @type {string} */ of) => storage.set(name, of);
  Object.defineProperty(globalThis, 'localStorage', {
    value: { getItem, setItem },
    configurable: true,
  });
  const first = await openLane({ knowledge: school.knowledge() });
  await first.lane.setMode('counting', 'loge-1');
  const again = await reopened(first);
  const { clock, storage: same } = first;
  const lane = { ...LANES.entry, mode: /** @type {const} */ ('free') };
  const changed = await openLane({ knowledge: school.knowledge(), lane, clock, storage: same });

  assert.equal(again.board.snapshot.mode, 'counting');
  assert.equal(changed.board.snapshot.mode, 'free');
  clock.advance(TO_MIDNIGHT_MS);
  assert.equal((await reopened(first)).board.snapshot.mode, 'control');
  Reflect.deleteProperty(globalThis, 'localStorage');
});

test('Who was sent away was not let through, and is nobody’s double.', async () => {
  const held = await school.issue();
  const first = await openLane({ knowledge: school.knowledge(), draws: () => true });
  await first.show(held.text);
  await first.lane.rule(first.board.snapshot.waiting[0].showing, 'deny', 'sent', 'loge-1');
  const { show, board } = await reopened(first);

  assert.equal(board.snapshot.counts.entered, 0);
  assert.deepEqual(reasons(await show(held.text)), []);
});

test('Somebody whose name stays sealed is remembered by the pass.', async () => {
  const held = await school.issue();
  const first = await openLane({ knowledge: school.knowledge({ names: false }) });
  await first.show(held.text);
  await first.lane.rule(first.board.snapshot.waiting[0].showing, 'admit', 'checked', 'loge-1');

  assert.ok(reasons(await (await reopened(first)).show(held.text))?.includes('double-use'));
});

test('A check that was drawn still waits for its answer.', async () => {
  const held = await school.issue();
  const first = await openLane({ knowledge: school.knowledge(), draws: () => true });
  await first.show(held.text);

  assert.deepEqual(reasons(await (await reopened(first)).show(held.text)), ['identity-to-confirm']);
});

test('Today’s counts are taken up again, and nobody is shown to pass by that.', async () => {
  const lane = { ...LANES.entry, mode: /** @type {const} */ ('counting') };
  const first = await openLane({ knowledge: school.knowledge(), lane });
  for (const step of /** @type {const} */ ([1, 1, 1, -1])) await first.lane.count('entry', step);
  await first.lane.count('exit', 1);
  await first.lane.admitManually('group', 'loge-1');
  const { board } = await reopened(first);

  assert.deepEqual(first.board.snapshot.counts, { entered: 3, left: 1 });
  assert.deepEqual(board.snapshot.counts, first.board.snapshot.counts);
  assert.equal(board.snapshot.stage, null);
});

test('No showing has the number of one before.', async () => {
  const first = await openLane({ knowledge: school.knowledge() });
  for (let turn = 0; turn < 3; turn += 1) await first.show('https://example.org');
  const entries = await first.journal.recent(0);

  assert.equal(firstShowing({ number: 0 }, entries), 5);
  assert.equal(firstShowing(first.journal.head, entries), 5);
});

// --- midnight ------------------------------------------------------------------------------------

test('At midnight cards are taken away with their names, and said; counts begin anew.', async () => {
  const [held, revoked] = [await school.issue(), await school.issue({ status: 'revoked' })];
  const { show, lane, board, clock } = await openLane({ knowledge: school.knowledge() });
  await show(held.text);
  await show(revoked.text);
  const [card] = board.snapshot.waiting;
  clock.advance(TO_MIDNIGHT_MS - 1);
  await lane.tend();
  assert.deepEqual([board.snapshot.waiting.length, board.snapshot.counts.entered], [1, 1]);
  clock.advance(1);
  await lane.tend();

  assert.deepEqual([board.snapshot.waiting.length, board.snapshot.counts.entered], [0, 0]);
  const [notice] = board.snapshot.alerts;
  assert.match(notice.detail?.en ?? '', /: 1\./);
  assert.ok(!JSON.stringify(board.snapshot).includes(held.name));
  await assert.rejects(lane.rule(card.showing, 'admit', 'known', 'loge-1'), TooLate);
});

test('Which way somebody went last is let go at midnight, and all of it after a day.', async (t) => {
  const held = await school.issue();
  const lane = { ...LANES.entry, pairing: true };
  const { show, clock, ...working } = await openLane({ knowledge: school.knowledge(), lane });
  await show(held.text);
  clock.advance(10 * MINUTE_MS);
  const sameDay = await show(held.text);
  clock.advance(24 * HOUR_MS);
  const nextDay = await show(held.text);
  const forget = t.mock.method(Recall.prototype, 'forget');
  await working.lane.tend();

  assert.deepEqual([sameDay, nextDay].map(reasons), [['in-out-mismatch'], []]);
  assert.deepEqual(forget.mock.calls[0].arguments, [clock.nowMs()]);
});

test('A midnight with nothing left says nothing.', async () => {
  const { lane, board, clock } = await openLane({ knowledge: school.knowledge() });
  clock.advance(TO_MIDNIGHT_MS);
  await lane.tend();

  assert.deepEqual(board.snapshot.alerts, []);
});

test('Yesterday’s cards, counts and directions do not come back.', async () => {
  const [held, revoked] = [await school.issue(), await school.issue({ status: 'revoked' })];
  const lane = { ...LANES.entry, pairing: true };
  const first = await openLane({ knowledge: school.knowledge(), lane });
  first.clock.advance(8 * HOUR_MS);
  await first.show(held.text);
  await first.show(revoked.text);
  first.clock.advance(14 * HOUR_MS); // the next day, 07:00
  const { board, show } = await reopened(first);

  assert.deepEqual([board.snapshot.waiting, board.snapshot.counts.entered], [[], 0]);
  assert.deepEqual(reasons(await show(held.text)), []);
});

test('Names of those who passed leave the screen after ten minutes, on a quiet morning too.', async () => {
  const held = await school.issue();
  const { show, lane, board, clock } = await openLane({ knowledge: school.knowledge() });
  await show(held.text);
  await lane.tend();
  clock.advance(10 * MINUTE_MS + 1);
  await lane.tend();

  assert.deepEqual([board.snapshot.recent, board.snapshot.stage], [[], null]);
});

// --- the forgotten card --------------------------------------------------------------------------

/**
 * A lane that has the day's list, with one pupil on it.
 *
 * @param {import('./pocket_school.js').Status} [status]
 */
async function withList(status = 'valid') {
  const zoe = await school.issue({ kind: 'pupil', status });
  const { passId, holder, name, index: statusIndex } = zoe;
  const about = { passId, holder, name, statusIndex, kind: /** @type {const} */ ('pupil') };
  const listed = { ...about, label: '2de 4', fromS: 0, untilS: MONDAY_MS / 1000 + 86_400 };
  const day = localDay(MONDAY_MS, 'Europe/Paris');
  const knowledge = school.knowledge({ today: { day, listed: [listed] } });
  return { zoe, ...(await openLane({ knowledge })) };
}

test('Three letters find who forgot their card, without accents.', async () => {
  const { lane, zoe } = await withList();

  assert.deepEqual(
    lane.findForgotten('zoe', '2de')?.map(({ passId }) => passId),
    [zoe.passId],
  );
  assert.deepEqual(lane.findForgotten('zo', ''), []);
});

test('A scanner without a list of today says so: never had one, or its day is over.', async () => {
  const late = await withList();
  late.clock.advance(24 * HOUR_MS);
  const never = await openLane({ knowledge: school.knowledge() });
  for (const { lane } of [late, never]) {
    assert.equal(lane.findForgotten('zoe', ''), null);
    const asked = lane.admitForgotten(late.zoe.passId, 'at-home', 'loge-1');
    await assert.rejects(asked, TooLate);
  }
});

test('One action decides, journals and lets through; who shows the card then is looked at.', async () => {
  const { lane, zoe, storage, board, show } = await withList();
  assert.equal(await lane.admitForgotten(zoe.passId, 'phone', 'loge-1'), true);
  const [decision, ruling] = storage.bodies;

  assert.deepEqual([decision.outcome, decision.reasons], [Outcome.REFER, ['low-assurance']]);
  assert.deepEqual([decision.medium, decision.holder], [null, zoe.holder]);
  assert.deepEqual([ruling.ruling, ruling.reason, ruling.number], ['admit', 'phone', 2]);
  assert.deepEqual(
    board.snapshot.recent.map(({ name }) => name),
    ['Zoé Martin'],
  );
  assert.equal(board.snapshot.counts.entered, 1);
  assert.deepEqual(reasons(await show(zoe.text)), ['double-use']);
});

test('What else objects waits for an answer of its own.', async () => {
  const { lane, zoe, board } = await withList('suspended');
  assert.equal(await lane.admitForgotten(zoe.passId, 'lost', 'loge-1'), false);
  const [card] = board.snapshot.waiting;

  assert.deepEqual(card.reasons, ['suspended', 'low-assurance']);
  assert.equal(board.snapshot.counts.entered, 0);
});

test('A forgotten card that can’t be written lets nobody through.', async () => {
  const { lane, zoe, board, storage } = await withList();
  storage.full = true;
  assert.equal(await lane.admitForgotten(zoe.passId, 'at-home', 'loge-1'), false);

  assert.deepEqual([board.snapshot.waiting.length, board.snapshot.counts.entered], [1, 0]);
});
