/** A lane in the world: double use, alarms, clocks that may be wrong, alerts, random checks, floods. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Outcome } from '../core/decide.js';
import { StatusList } from '../core/revocation.js';
import { Flood, AT_ONCE_MAX, EACH_MS, QUIET_MS } from '../scanner/flood.js';
import { AGAIN_MS } from '../scanner/posture.js';
import { SpotChecks } from '../scanner/spot_checks.js';
import { LANES, PocketSchool } from './pocket_school.js';
import { openLane, reasons } from './working_lane.js';

const MINUTE_MS = 60_000;
const TO_CONFIRM = ['identity-to-confirm'];
const school = await PocketSchool.open();

/** @param {import('../core/alarms.js').Posture} posture */
const alarm = (posture) => ({ posture, drill: true, sinceMs: 0 });

// --- what it remembers of holders ----------------------------------------------------------------

test('The same holder with another medium is a double use for five minutes.', async () => {
  const paper = await school.issue();
  const phone = await school.issue({ phone: true, holder: paper.holder });
  const { show, clock } = await openLane({ knowledge: school.knowledge() });
  await show(paper.text);
  clock.advance(5 * MINUTE_MS);
  const second = await show(await phone.drawn(clock.nowMs()));
  clock.advance(1);

  assert.deepEqual(reasons(second), ['double-use']);
  assert.deepEqual(reasons(await show(paper.text)), []);
});

test('A phone’s drawing passes once.', async () => {
  const held = await school.issue({ phone: true });
  const { show, clock } = await openLane({ knowledge: school.knowledge() });
  const text = await held.drawn(clock.nowMs());

  assert.deepEqual(reasons(await show(text)), []);
  assert.ok(reasons(await show(text))?.includes('replayed'));
});

test('Whom another lane let through a minute ago is a double use here.', async () => {
  const held = await school.issue();
  const { show, lane, clock } = await openLane({ knowledge: school.knowledge() });
  await lane.noteElsewhere(held.holder, clock.nowMs() - MINUTE_MS);

  assert.deepEqual(reasons(await show(held.text)), ['double-use']);
});

test('A passage elsewhere is never in the future, whatever that lane’s clock says.', async () => {
  const held = await school.issue();
  const { show, lane, clock } = await openLane({ knowledge: school.knowledge() });
  await lane.noteElsewhere(held.holder, clock.nowMs() + 60 * MINUTE_MS);
  clock.advance(5 * MINUTE_MS + 1);

  assert.deepEqual(reasons(await show(held.text)), []);
});

test('After a free opening nobody knows which way people went.', async () => {
  const held = await school.issue();
  const lanes = [{ ...LANES.entry, pairing: true }];
  const working = await openLane({ knowledge: school.knowledge({ lanes }), lane: lanes[0] });
  const { show, lane, clock } = working;
  await show(held.text);
  clock.advance(10 * MINUTE_MS);
  const before = await show(held.text);
  await lane.setMode('free', 'cpe');
  await lane.setMode('control', 'cpe');
  clock.advance(10 * MINUTE_MS);

  assert.deepEqual(reasons(before), ['in-out-mismatch']);
  assert.deepEqual(reasons(await show(held.text)), []);
});

test('Somebody whose name stays sealed is remembered by the pass.', async () => {
  const held = await school.issue();
  const { show, lane, board } = await openLane({ knowledge: school.knowledge({ names: false }) });
  await show(held.text);
  await lane.rule(board.snapshot.waiting[0].showing, 'admit', 'checked', 'loge-1');

  assert.ok(reasons(await show(held.text))?.includes('double-use'));
});

// --- time ----------------------------------------------------------------------------------------

test('Time in doubt refers, and is on the board.', async () => {
  const held = await school.issue();
  const { show, lane, board, clock } = await openLane({ knowledge: school.knowledge() });
  clock.doubt('rolled-back');
  await lane.tend();

  assert.deepEqual(reasons(await show(held.text)), ['time-untrusted']);
  assert.deepEqual(board.snapshot.faults, [{ organ: 'clock', why: 'rolled-back' }]);
});

test('A clock that may be off widens a phone’s window by as much.', async () => {
  const [early, late] = [await school.issue({ phone: true }), await school.issue({ phone: true })];
  const { show, clock } = await openLane({ knowledge: school.knowledge() });
  const then = clock.nowMs() - 45_000;
  const sure = await show(await early.drawn(then));
  clock.uncertain(20_000);

  assert.deepEqual(reasons(sure), ['phone-code-old']);
  assert.deepEqual(reasons(await show(await late.drawn(then))), []);
});

// --- alarms --------------------------------------------------------------------------------------

test('An evacuation frees the way out and is written down, as is its end.', async () => {
  const held = await school.issue({ kind: 'pupil' });
  const working = await openLane({ knowledge: school.knowledge(), lane: LANES.exit });
  const { show, learn, board, storage } = working;
  await learn(school.knowledge({ alarm: alarm('evacuation') }));
  const during = await show(held.text);
  assert.deepEqual([board.snapshot.posture, board.snapshot.drill], ['evacuation', true]);
  await learn(school.knowledge());

  assert.equal(during?.decision.outcome, Outcome.GRANT);
  assert.deepEqual(
    storage.bodies.map(({ kind, posture }) => [kind, posture]),
    [
      ['alarm', 'evacuation'],
      ['decision', 'evacuation'],
      ['alarm', 'normal'],
    ],
  );
});

test('An alarm is followed at once, and journalled when there is room again.', async () => {
  const held = await school.issue();
  const working = await openLane({ knowledge: school.knowledge() });
  const { show, learn, lane, board, storage, clock } = working;
  storage.full = true;
  await learn(school.knowledge({ alarm: alarm('intrusion') }));
  assert.equal(board.snapshot.posture, 'intrusion');
  assert.ok(reasons(await show(held.text))?.includes('alarm-intrusion'));
  await learn(school.knowledge());
  await lane.tend();
  storage.full = false;
  await lane.tend();
  assert.deepEqual(storage.bodies, [], 'not at once: a storage that hangs would stop the queue');
  clock.advance(AGAIN_MS);
  await lane.tend();

  assert.deepEqual(
    storage.bodies.map(({ posture, source }) => [posture, source]),
    [
      ['intrusion', 'school'],
      ['normal', 'school'],
    ],
  );
});

test('A scanner opened during an alarm follows it from the first showing on.', async () => {
  const held = await school.issue();
  const told = school.knowledge({ alarm: alarm('intrusion') });
  const { show, board } = await openLane({ knowledge: told });

  assert.equal(board.snapshot.posture, 'intrusion');
  assert.deepEqual(reasons(await show(held.text)), ['alarm-intrusion']);
});

// --- alerts --------------------------------------------------------------------------------------

/** @param {import('../scanner/board.js').Board} board */
const kinds = (board) => board.snapshot.alerts.map(({ kind }) => kind);

test('A pass in no list alerts of a stolen key; a revoked one alerts nobody.', async () => {
  const [held, revoked] = [await school.issue(), await school.issue({ status: 'revoked' })];
  const known = school.knowledge();
  const { show, board, learn } = await openLane({ knowledge: known });
  await show(revoked.text);
  assert.deepEqual(kinds(board), []);
  const status = new StatusList(new Uint8Array(0), known.status);
  await learn({ ...known, status });
  await show(held.text);

  assert.deepEqual(kinds(board), ['stolen-issuer']);
});

test('A pupil who may not leave alerts nobody: the agent sees the card, with the rule in words.', async () => {
  const held = await school.issue({ kind: 'pupil' });
  const title = { fr: 'vert', en: 'green' };
  const alone = /** @type {const} */ ({ rule: 'permission-only', period: 'day' });
  const regimes = new Map([['green', { code: 'green', title, ...alone }]]);
  const knowledge = school.knowledge({ regimes });
  const lane = { ...LANES.exit, staffed: false };
  const { show, board } = await openLane({ knowledge, lane });
  const judged = await show(held.text);

  assert.ok(reasons(judged)?.includes('exit-not-permitted'));
  assert.match(judged?.note?.en ?? '', /by permission only/);
  assert.deepEqual(kinds(board), []);
});

// --- random checks -------------------------------------------------------------------------------

/**
 * @param {number | undefined} told thousandths
 * @param {string} drawn 16 hexadecimal digits
 */
function drawOf(told, drawn) {
  return new SpotChecks(() => Uint8Array.from(Buffer.from(drawn, 'hex'))).draw(told);
}

test('The share of checks is exact at its edges.', () => {
  assert.equal(drawOf(undefined, ''), false, 'nothing is drawn: the school tells no share');
  assert.equal(drawOf(0, ''), false, 'nothing is drawn');
  assert.equal(drawOf(1000, 'f'.repeat(16)), true);
  assert.equal(drawOf(250, '3fffffffffffffff'), true);
  assert.equal(drawOf(250, '4000000000000000'), false);
});

/** @param {boolean[]} draws */
function drawing(...draws) {
  return openLane({ knowledge: school.knowledge(), draws: () => draws.shift() ?? false });
}

test('Chance is drawn for whatever is shown, before anybody looks whose it is.', async () => {
  const held = await school.issue();
  const { show } = await drawing(false, true);
  await show('no pass at all');

  assert.deepEqual(reasons(await show(held.text)), TO_CONFIRM);
});

test('A lane whose share is told anew draws by it from the next showing on; another lane’s is not its.', async () => {
  const [one, two] = [await school.issue(), await school.issue()];
  const elsewhere = new Map([[LANES.exit.name, 1000]]);
  const { show, learn } = await openLane({ knowledge: school.knowledge({ checks: elsewhere }) });
  const before = reasons(await show(one.text));
  await learn(school.knowledge({ number: 2, checks: new Map([[LANES.entry.name, 1000]]) }));

  assert.deepEqual([before, reasons(await show(two.text))], [[], TO_CONFIRM]);
});

test('Walking away escapes no check, with another medium either; an answer ends it.', async () => {
  const paper = await school.issue();
  const phone = await school.issue({ phone: true, holder: paper.holder });
  const { show, lane, board, clock } = await drawing(true, false, false);
  await show(paper.text);
  const again = await show(await phone.drawn(clock.nowMs()));
  for (const { showing } of board.snapshot.waiting) {
    await lane.rule(showing, 'admit', 'checked', 'loge-1');
  }
  clock.advance(10 * MINUTE_MS);

  assert.deepEqual(reasons(again), TO_CONFIRM);
  assert.deepEqual(reasons(await show(paper.text)), []);
});

// --- floods --------------------------------------------------------------------------------------

/**
 * @param {(text: string) => Promise<unknown>} show
 * @param {number} count
 */
async function cycle(show, count) {
  for (let number = 0; number < count; number += 1) await show(`https://example.org/${number}`);
}

test('One code too many has no entry and no card, and is still seen on the stage.', async () => {
  const held = await school.issue();
  const { show, board, storage } = await openLane({ knowledge: school.knowledge() });
  await cycle(show, AT_ONCE_MAX);
  const { waiting } = board.snapshot;
  await cycle(show, 2);

  assert.deepEqual([storage.bodies.length, board.snapshot.waiting], [AT_ONCE_MAX, waiting]);
  assert.equal(board.snapshot.stage?.outcome, Outcome.REFUSE);
  assert.match(board.snapshot.stage?.note?.en ?? '', /Too many unknown codes/);
  assert.deepEqual(kinds(board), ['notice']);
  assert.deepEqual(reasons(await show(held.text)), []);
});

test('A flood becomes one number a minute in the journal, when there is room.', async () => {
  const { show, lane, clock, storage } = await openLane({ knowledge: school.knowledge() });
  await cycle(show, AT_ONCE_MAX + 5);
  storage.full = true;
  clock.advance(MINUTE_MS);
  await lane.tend();
  storage.full = false;
  for (let minute = 0; minute < 2; minute += 1) {
    clock.advance(MINUTE_MS);
    await lane.tend();
  }

  const notices = storage.bodies.filter(({ kind }) => kind === 'notice');
  assert.deepEqual(
    notices.map(({ code, value }) => [code, value]),
    [['unknown-codes', 5]],
  );
});

test('Time gives codes back, one every ten seconds, never more at once than at the start.', () => {
  const flood = new Flood();
  const taken = (/** @type {number} */ atMs) => flood.takes(atMs);
  for (let number = 0; number < AT_ONCE_MAX; number += 1) assert.ok(taken(QUIET_MS));
  assert.deepEqual(
    [EACH_MS - 1, EACH_MS, EACH_MS].map((ms) => taken(QUIET_MS + ms)),
    [false, true, false],
  );
  assert.equal(taken(0), false); // a clock that goes back gives nothing
  const day = 86_400_000;
  for (let number = 0; number < AT_ONCE_MAX; number += 1) assert.ok(taken(day));
  assert.equal(taken(day), false);
});

test('A flood begins once, until it was quiet for ten minutes.', () => {
  const flood = new Flood();
  const begun = [];
  for (let number = 0; number < AT_ONCE_MAX + 3; number += 1) {
    if (!flood.takes(0)) begun.push(flood.begins);
  }
  while (flood.takes(QUIET_MS + 1));

  assert.deepEqual(begun, [true, false, false]);
  assert.deepEqual([flood.begins, flood.beyond], [true, 4]);
});

test('A lane that turns out to be an exit counts and remembers those who leave.', async () => {
  const { lane, learn, board } = await openLane({ knowledge: null });
  await learn(school.knowledge({ lanes: [{ ...LANES.exit, name: LANES.entry.name }] }));
  await lane.admitManually('forgotten', 'loge');

  assert.deepEqual(board.snapshot.counts, { entered: 0, left: 1 });
});
