/** The wallet's keeping, calling and drawing, with the browser's parts replaced: no screen, no server. */

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { Store, StoreFault } from '../shared/store.js';
import { Rotation } from '../wallet/rotation.js';

const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
const browser = {
  document: page,
  window: {},
  navigator: { languages: ['fr'], wakeLock: { request: () => lock() } },
  addEventListener() {},
  removeEventListener() {},
};
for (const [name, value] of Object.entries(browser)) {
  Object.defineProperty(globalThis, name, { value, configurable: true });
}
const { Wallet } = await import('../wallet/wallet.js');
const { CallFault, enrol } = await import('../wallet/calls.js');
const { keepAwake, letSleep } = await import('../shared/wake.js');
const { makePrivateKey, Purpose } = await import('../core/keys.js');
const { vectors } = await import('./vectors.js');
const { parse, textOf } = await import('../core/passes.js');

/** @type {Map<string, any>} What the phone keeps. */
const kept = new Map();
Store.prototype.all = async () => [...kept.values()];
Store.prototype.put = async (record) => void kept.set(record.id, record);
Store.prototype.remove = async (id) => void kept.delete(id);
Store.prototype.change = async (change) => {
  const { put = [], remove = [] } = change([...kept.values()]);
  remove.forEach((id) => kept.delete(id));
  put.forEach((record) => kept.set(record.id, record));
  return [...kept.values()];
};

/** Passes as a server gives them: the first two of the vectors. @type {any[]} */
const GIVEN = vectors('pass/valid')
  .vectors.slice(0, 2)
  .map((/** @type {any} */ { text }) => {
    const { sealed, passId } = parse(text);
    const school = { uai: '0990001S', name: 'Lycée Exemple' };
    return { pass: textOf(sealed), pass_id: passId, name: 'Zoé', kind: 'pupil', school };
  });
const key = await makePrivateKey(Purpose.PHONE);
const CODE = 'K7QM2T9X';

/** A wallet with one pass. */
async function wallet() {
  kept.clear();
  const one = new Wallet();
  await one.add({ answer: GIVEN[0], ahead_ms: 0, at_ms: 0 }, key, CODE);
  return one;
}

/**
 * Let the server answer each act in its way.
 * @param {Record<string, () => any>} answers
 */
function serve(answers) {
  const challenge = { time_ms: 0, challenge: 'AAAA', school: { uai: '0990001S' }, phones: true };
  const given = /** @type {Record<string, () => any>} */ ({
    challenge: () => challenge,
    ...answers,
  });
  mock.method(globalThis, 'fetch', async (/** @type {string} */ address) =>
    Response.json(await given[address.split('/').slice(-1)[0]]()),
  );
}

test('a key that refused once is still kept, and signs when the app is opened again', async () => {
  const one = await wallet();
  one.lose(/** @type {any} */ (one.chosen));
  await one.choose(/** @type {any} */ (one.chosen));

  assert.equal(one.chosen?.key, undefined);
  assert.equal(kept.get(GIVEN[0].pass_id).key, key);
});

test('a look that found no network is no look: the network comes back, and the server is asked', async () => {
  const one = await wallet();
  serve({}); // no network
  await one.check(/** @type {any} */ (one.chosen));
  assert.equal(one.online, false);
  serve({ state: () => ({ status: 'suspended', renew: false, time_ms: 1 }) });
  await one.check(/** @type {any} */ (one.chosen));

  assert.equal(one.chosen?.standing?.status, 'suspended');
});

test('the server is asked once a minute; at once where somebody asks, or looks again', async (t) => {
  const one = await wallet();
  let [asked, told, now_ms] = [0, 0, 1_795_248_000_000];
  t.mock.method(Date, 'now', () => now_ms);
  one.addEventListener('change', () => (told += 1));
  const state = () => ({ status: 'valid', renew: false, time_ms: (asked += 1) });
  serve({ state });
  const look = () => one.check(/** @type {any} */ (one.chosen));
  await look();
  await look();
  assert.deepEqual([asked, told, one.online], [1, 1, true]);
  await one.check(/** @type {any} */ (one.chosen), true);
  assert.equal(asked, 2);
  now_ms += 60_000;
  await look();
  assert.equal(asked, 3);
  one.leave();
  await look();
  assert.equal(asked, 4);
});

test('what the server says of a pass is kept for that pass alone', async () => {
  const one = await wallet();
  await one.add({ answer: GIVEN[1], ahead_ms: 0, at_ms: 0 }, key, CODE);
  serve({ state: () => ({ status: 'suspended', renew: false, time_ms: 7 }) });
  await one.check(/** @type {any} */ (one.chosen));

  const stands = (/** @type {any} */ { pass_id }) => kept.get(pass_id).standing.status;
  assert.deepEqual(GIVEN.map(stands), ['valid', 'suspended']);
});

test('a new pass takes the place of one of the same holder that counts no more, of no other', async () => {
  const one = await wallet();
  const [before] = kept.values();
  const others = [{ name: 'Ali' }, { kind: 'staff' }, { standing: { status: 'suspended' } }];
  for (const [n, other] of others.entries())
    kept.set(`other ${n}`, {
      ...before,
      standing: { status: 'revoked' },
      ...other,
      id: `other ${n}`,
    });
  kept.set(before.id, { ...before, standing: { status: 'revoked', at_ms: 0 } });
  await one.add({ answer: GIVEN[1], ahead_ms: 0, at_ms: 0 }, key, CODE);

  assert.deepEqual(
    [...kept.keys()].sort(),
    ['other 0', 'other 1', 'other 2', GIVEN[1].pass_id].sort(),
  );
});

test('a pass made anew stays before its holder, and another that was chosen as well', async () => {
  const one = await wallet();
  const first = /** @type {any} */ (one.chosen);
  serve({ state: () => ({ status: 'valid', renew: true, time_ms: 0 }), renew: () => GIVEN[1] });
  kept.set('other', { ...first, id: 'other', used_ms: Infinity });
  await one.check(first, true);
  assert.equal(one.chosen?.id, GIVEN[1].pass_id);
  kept.set(first.id, first);
  await one.load();
  one.chosen = /** @type {any} */ (one.passes.find(({ id }) => id === 'other'));
  await one.check(first, true);

  assert.equal(one.chosen?.id, 'other');
});

test('a pass taken out of the phone while it is made anew does not come back', async () => {
  const one = await wallet();
  const held = /** @type {any} */ (one.chosen);
  const renew = async () => {
    await one.remove(held);
    return GIVEN[1];
  };
  serve({ state: () => ({ status: 'valid', renew: true, time_ms: 0 }), renew });
  await one.check(held, true);

  assert.deepEqual([...kept.keys()], []);
});

test('a pass made anew takes the place of the one before', async () => {
  const one = await wallet();
  serve({ state: () => ({ status: 'valid', renew: true, time_ms: 0 }), renew: () => GIVEN[1] });
  await one.check(/** @type {any} */ (one.chosen), true);

  assert.deepEqual([...kept.keys()], [GIVEN[1].pass_id]);
});

test('what another tab wrote of a pass stays when this one writes another fact of it', async () => {
  const one = await wallet();
  const id = GIVEN[0].pass_id;
  serve({}); // no network
  kept.set(id, { ...kept.get(id), standing: { status: 'suspended', at_ms: 1 } });
  await one.choose(/** @type {any} */ (one.chosen));

  assert.equal(kept.get(id).standing.status, 'suspended');
});

test('a pass that another tab took out is not written back', async () => {
  const one = await wallet();
  serve({}); // no network
  kept.clear();
  await one.choose(/** @type {any} */ (one.chosen));

  assert.deepEqual([...kept.keys()], []);
});

test('a code that is asked with twice has one key, and another code keeps its own', async () => {
  const one = await wallet();
  const other = await makePrivateKey(Purpose.PHONE);
  const begun = [await one.begin('AAAA2222', key), await new Wallet().begin('BBBB3333', other)];
  const again = await new Wallet().begin('AAAA2222', other);

  assert.deepEqual([...begun, again], [key, other, key]);
  await one.add({ answer: GIVEN[1], ahead_ms: 0, at_ms: 0 }, key, 'AAAA2222');
  await new Wallet().abandon('BBBB3333');
  assert.deepEqual([...kept.keys()].sort(), [GIVEN[0].pass_id, GIVEN[1].pass_id].sort());
});

test('the pass used last comes first, and the code that was asked with last', async (t) => {
  const one = await wallet();
  const [pass] = kept.values();
  for (const used_ms of [3, 1, 2]) kept.set(`${used_ms}`, { ...pass, id: `${used_ms}`, used_ms });
  kept.delete(pass.id);
  const times = [2_000, 3_000, 1_000];
  t.mock.method(Date, 'now', () => times[0]);
  for (const code of ['AAAA2222', 'BBBB3333', 'CCCC4444']) {
    await one.begin(code, key);
    times.push(Number(times.shift()));
  }
  let told = 0;
  one.addEventListener('change', () => (told += 1));
  await one.load();

  assert.deepEqual([passIds(one), one.pending?.code, told], [['3', '2', '1'], 'BBBB3333', 1]);
});

test('a code that was asked with a day ago in vain is forgotten', async (t) => {
  const one = await wallet();
  await one.begin('AAAA2222', key);
  const later_ms = Date.now() + 25 * 3_600_000;
  t.mock.method(Date, 'now', () => later_ms);
  const pending = await one.begin('BBBB3333', key);

  assert.equal(pending, key);
  assert.deepEqual([...kept.keys()], [GIVEN[0].pass_id, 'pending-BBBB3333']);
});

test('a code that waited a day is forgotten when the app is opened, another stays', async (t) => {
  const one = await wallet();
  await one.begin('AAAA2222', key);
  const later_ms = Date.now() + 25 * 3_600_000;
  t.mock.method(Date, 'now', () => later_ms);
  const opened = new Wallet();
  await opened.load();

  assert.deepEqual([opened.pending, ...kept.keys()], [null, GIVEN[0].pass_id]);
  await one.begin('BBBB3333', key);
  await opened.load();
  assert.equal(opened.pending?.code, 'BBBB3333');
});

test('a code that waited a day is not offered, though the phone can write nothing', async (t) => {
  const one = await wallet();
  kept.set('pending-AAAA2222', { id: 'pending-AAAA2222', code: 'AAAA2222', key, begun_ms: 0 });
  t.mock.method(Store.prototype, 'change', async () =>
    Promise.reject(new StoreFault('full', null)),
  );
  await one.load();

  assert.equal(one.pending, null);
  assert.deepEqual(passIds(one), [GIVEN[0].pass_id]);
});

test('what an older app kept while it waited for a pass is no pass, and is forgotten', async () => {
  const one = await wallet();
  kept.set('pending', { id: 'pending', code: 'AAAA2222', key });
  await one.load();

  assert.deepEqual(passIds(one), [GIVEN[0].pass_id]);
  assert.deepEqual([...kept.keys()], [GIVEN[0].pass_id]);
});

/** @param {InstanceType<typeof Wallet>} one */
function passIds({ passes }) {
  return passes.map(({ id }) => id);
}

test('a line that stands still in the middle of an answer is no network', async () => {
  const timeout = mock.method(globalThis, 'setTimeout', (/** @type {() => void} */ late) =>
    queueMicrotask(late),
  );
  mock.method(globalThis, 'fetch', async (/** @type {any} */ _, /** @type {any} */ { signal }) => ({
    ok: true,
    text: () => stopped(signal),
    json: () => stopped(signal),
  }));
  const wrong = await enrol('K7QM2T9X4BHD', key).catch((fault) => fault);
  timeout.mock.restore();

  assert.ok(wrong instanceof CallFault);
  assert.equal(wrong.kind, 'offline');
});

/**
 * Never answer; fail once nobody waits any more.
 * @param {AbortSignal} signal
 */
function stopped(signal) {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

test('a code is drawn anew as soon as somebody comes back to it, however young it is', (t) => {
  let now_ms = 1_795_248_000_000;
  t.mock.method(Date, 'now', () => now_ms);
  /** @type {number[]} */
  const drawn = [];
  const rotation = new Rotation(async (seconds) => void drawn.push(seconds));
  rotation.start();
  for (const passed_ms of [500, 9_500, -3_600_000]) {
    now_ms += passed_ms;
    page.dispatchEvent(new Event('visibilitychange'));
  }
  rotation.stop();
  page.dispatchEvent(new Event('visibilitychange'));

  assert.deepEqual(drawn, [1_795_248_000, 1_795_248_010, 1_795_244_410]);
});

test('a code is drawn anew every 15 seconds, until nobody is to see it', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_795_248_000_000 });
  /** @type {number[]} */
  const drawn = [];
  const rotation = new Rotation(async (seconds) => void drawn.push(seconds - 1_795_248_000));
  rotation.start();
  rotation.start();
  for (let quarter = 0; quarter < 2; quarter += 1) t.mock.timers.tick(15_000);
  rotation.stop();
  t.mock.timers.tick(60_000);
  assert.deepEqual(drawn, [0, 15, 30]);
  rotation.start();
  rotation.stop();

  assert.deepEqual(drawn, [0, 15, 30, 90]);
});

let locks = 0;

/** Hold the screen on, until it is given back. */
function lock() {
  locks += 1;
  const held = Object.assign(new EventTarget(), { release: () => void (locks -= 1) });
  return Promise.resolve(held);
}

test('the screen is held on once, however often that is asked, and goes dark afterwards', async () => {
  await Promise.all([keepAwake(), keepAwake()]);
  assert.equal(locks, 1);
  letSleep();
  assert.equal(locks, 0);
});
