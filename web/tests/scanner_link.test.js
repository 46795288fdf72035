/** The scanner's agents, what it keeps, when it calls: without network and without browser. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Agents, FREE_TRIES, WAIT_MS_MAX } from '../scanner/agents.js';
import { invitationIn } from '../scanner/invited.js';
import { Failing } from '../scanner/link_health.js';
import { Membership } from '../scanner/membership.js';
import { Pace } from '../scanner/pace.js';
import { Session, closingMs } from '../scanner/session.js';
import { makeDeviceKey } from '../core/wrapping.js';
import { StoreFault } from '../shared/store.js';
import { KeptInMemory } from './kept.js';

const [PIN, OTHER_PIN, WRONG_PIN] = ['480213', '735092', '111111'];
const IV = new Uint8Array(12);
const KEY = await makeDeviceKey();
const HOUR_MS = 3_600_000;

// A PIN is slow to try, as it should be: one phone's first agent is every test's.
const FIRST = new KeptInMemory();
await (await Agents.open(FIRST)).add('loge-1', PIN, null);

/** A phone with one agent, and a clock that is set by hand. */
async function phone() {
  const kept = new KeptInMemory();
  for (const record of await FIRST.all()) await kept.put(record);
  const time = { ms: 1_795_000_000_000 };
  return { kept, time, agents: await Agents.open(kept, () => time.ms) };
}

/** @param {CryptoKey} key */
function sealedBy(key) {
  return crypto.subtle.encrypt({ name: 'AES-GCM', iv: IV }, key, Uint8Array.of(1, 2, 3));
}

/**
 * Try a PIN that is wrong, so many times.
 *
 * @param {Agents} agents
 * @param {number} times
 */
async function mistype(agents, times) {
  for (let tried = 0; tried < times; tried += 1) {
    await assert.rejects(agents.signIn('loge-1', WRONG_PIN), { kind: 'wrong' });
  }
}

/** A stay that began at 08:00, on two clocks that are set by hand. */
function stay({ closesMs = Infinity, toldMs = 0 } = {}) {
  const time = { wallMs: 0, steadyMs: 0 };
  const today = /** @type {any} */ ({ openings: [{ hours: { closesMs } }], endsMs: 24 * HOUR_MS });
  const plan = () => (time.wallMs >= toldMs ? today : null);
  const clock = { nowMs: () => time.wallMs };
  const [wallMs, steadyMs] = [() => time.wallMs, () => time.steadyMs];
  const session = new Session({ plan, clock, wallMs, steadyMs });
  /** @param {number} ms */
  const pass = (ms) => {
    time.wallMs += ms;
    time.steadyMs += ms;
    session.look();
  };
  return { session, time, pass };
}

test('Whoever signed in before the school told its hours leaves with its closing all the same.', () => {
  const { session, pass } = stay({ closesMs: HOUR_MS, toldMs: HOUR_MS / 2 });
  for (let minutes = 0; minutes < 60; minutes += 5) {
    assert.equal(session.reason, null);
    session.touch();
    pass(5 * 60_000);
  }

  assert.equal(session.reason, 'closing');
});

test('Two agents open the same knowledge, each with their own PIN.', async () => {
  const { agents } = await phone();
  await agents.add('cpe-2', OTHER_PIN, { alias: 'loge-1', pin: PIN });
  const box = await sealedBy(await agents.signIn('loge-1', PIN));
  const other = await agents.signIn('cpe-2', OTHER_PIN);

  const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: IV }, other, box);
  assert.deepEqual(new Uint8Array(opened), Uint8Array.of(1, 2, 3));
  assert.equal(agents.current, 'cpe-2');
});

test('The key that a PIN opens cannot be taken out of the browser.', async () => {
  const { agents } = await phone();
  const key = await agents.signIn('loge-1', PIN);

  await assert.rejects(crypto.subtle.exportKey('raw', key), /not extractable/);
});

test('Neither the PIN nor the key is among what the phone keeps.', async () => {
  const { kept } = await phone();
  const { iterations, salt, box } = kept.records.get('agent:loge-1');

  assert.deepEqual([iterations, salt.length, box.byteLength], [600_000, 16, 48]);
  assert.ok(!JSON.stringify([...kept.records.values()]).includes(PIN));
});

test('A second agent needs the word of one who is there.', async () => {
  const { agents } = await phone();
  const by = { alias: 'loge-1', pin: WRONG_PIN };

  await assert.rejects(agents.add('cpe-2', OTHER_PIN, null), { kind: 'not-signed-in' });
  await assert.rejects(agents.add('cpe-2', OTHER_PIN, by), { kind: 'wrong' });
  assert.deepEqual(agents.aliases, ['loge-1']);
});

test('An alias is a code, a PIN six digits, and nobody takes another’s place.', async () => {
  const { agents } = await phone();
  const by = { alias: 'loge-1', pin: PIN };

  await assert.rejects(agents.add('Zoé Martin', OTHER_PIN, by), { kind: 'alias' });
  await assert.rejects(agents.add('cpe-2', '12345', by), { kind: 'pin' });
  await assert.rejects(agents.add('loge-1', OTHER_PIN, by), { kind: 'taken' });
});

test('The fourth try waits, and the right PIN waits as well.', async () => {
  const { agents, time } = await phone();
  await mistype(agents, FREE_TRIES);

  await assert.rejects(agents.signIn('loge-1', PIN), { kind: 'wait', waitMs: 1000 });
  time.ms += 1000;
  await agents.signIn('loge-1', PIN);
  assert.equal(agents.waitMs, 0);
});

test('Closing the app gives no try away, and a clock set back adds no wait.', async () => {
  const { agents, kept, time } = await phone();
  await mistype(agents, FREE_TRIES);
  const again = await Agents.open(kept, () => time.ms);

  assert.equal(again.waitMs, 1000);
  time.ms -= 24 * HOUR_MS;
  assert.equal(again.waitMs, WAIT_MS_MAX);
});

test('A clock that was a day ahead and was put right locks nobody out for that day.', async () => {
  const { kept, time } = await phone();
  time.ms += 24 * HOUR_MS;
  await mistype(await Agents.open(kept, () => time.ms), FREE_TRIES);
  time.ms -= 24 * HOUR_MS;
  const again = await Agents.open(kept, () => time.ms);

  assert.equal(again.waitMs, WAIT_MS_MAX);
  time.ms += WAIT_MS_MAX;
  await again.signIn('loge-1', PIN);
});

test('The last agent of a phone stays: without one it would be nobody’s.', async () => {
  const { agents } = await phone();
  const by = { alias: 'loge-1', pin: PIN };

  await assert.rejects(agents.forget('loge-1', by), { kind: 'last' });
  await agents.add('cpe-2', OTHER_PIN, by);
  await agents.forget('loge-1', { alias: 'cpe-2', pin: OTHER_PIN });
  await assert.rejects(agents.signIn('loge-1', PIN), { kind: 'wrong' });
});

test('Who signed in last is offered first, as long as they may, and goes with the phone.', async () => {
  const { agents, kept, time } = await phone();
  const by = { alias: 'loge-1', pin: PIN };
  await agents.add('cpe-2', OTHER_PIN, by);
  assert.equal(agents.last, 'cpe-2'); // the first of their order

  await agents.signIn('loge-1', PIN);
  const again = await Agents.open(kept, () => time.ms);
  assert.equal(again.last, 'loge-1');
  await again.forget('loge-1', { alias: 'cpe-2', pin: OTHER_PIN });
  assert.equal(again.last, 'cpe-2');
  assert.ok(!JSON.stringify([...kept.records.values()]).includes('loge-1'));
});

test('A phone remembers who it is; removed, it keeps that alone.', async () => {
  const { kept } = await phone();
  const joined = { gateId: 'entry-1', lane: 'entry-1', uai: '0990001S', key: KEY };
  const membership = await Membership.open(kept);
  await membership.join({ ...joined, knowledgeKey: KEY.public });
  const opened = await Membership.open(kept);
  assert.equal(opened.joined?.gateId, 'entry-1');

  await opened.forget({ atMs: 5, unsent: 2 });
  assert.deepEqual([...kept.records.keys()], ['gone']);
  assert.deepEqual((await Membership.open(kept)).gone, { atMs: 5, unsent: 2 });
});

test('A removal that was cut short is finished at the next opening.', async () => {
  const { kept } = await phone();
  await kept.put({ id: 'gone', of: { atMs: 5, unsent: 0 } });
  const membership = await Membership.open(kept);

  assert.equal(membership.joined, null);
  assert.deepEqual([...kept.records.keys()], ['gone']);
});

test('A removed phone that is full is emptied first, and then keeps why.', async () => {
  const { kept } = await phone();
  const put = kept.put.bind(kept);
  kept.put = async (record) => {
    if (kept.records.size) throw new StoreFault('full', null);
    return put(record);
  };
  await new Membership(kept).forget({ atMs: 5, unsent: 2 });

  assert.deepEqual([...kept.records.keys()], ['gone']);
});

test('What can’t be removed keeps nothing else in place, and is told.', async () => {
  const { kept } = await phone();
  await kept.put({ id: 'bundle', of: 'what the school knows' });
  const remove = kept.remove.bind(kept);
  kept.remove = async (id) => {
    if (id.startsWith('agent:')) throw new StoreFault('closed', null);
    return remove(id);
  };

  await assert.rejects(new Membership(kept).forget({ atMs: 5, unsent: 2 }), { kind: 'closed' });
  assert.deepEqual([...kept.records.keys()], ['agent:loge-1', 'gone']);
});

test('Ten minutes without a touch end a stay, and a touch gives ten more.', () => {
  const { session, pass } = stay();
  pass(9 * 60_000);
  session.touch();
  pass(9 * 60_000);
  assert.equal(session.reason, null);
  pass(60_000);
  assert.equal(session.reason, 'idle');
});

test('A phone that slept, or whose clock was set back, ends a stay all the same.', () => {
  const [asleep, setBack] = [stay(), stay()];
  asleep.time.wallMs += HOUR_MS;
  asleep.session.look();
  setBack.time.steadyMs += HOUR_MS;
  setBack.session.look();

  assert.deepEqual([asleep.session.reason, setBack.session.reason], ['idle', 'idle']);
});

test('A stay ends with the day’s last opening, and after a day’s work.', () => {
  const [closing, long] = [stay({ closesMs: 60_000 }), stay()];
  closing.pass(60_000);
  for (let quarter = 0; quarter < 80; quarter += 1) {
    long.pass(HOUR_MS / 8);
    long.session.touch();
  }

  assert.deepEqual([closing.session.reason, long.session.reason], ['closing', 'closing']);
});

test('After the last opening the school closes with the day.', () => {
  const plan = /** @type {any} */ ({ openings: [{ hours: null }], endsMs: 100 });

  assert.deepEqual([closingMs(plan, 50), closingMs(null, 50)], [100, Infinity]);
});

test('An invitation is found in the link that the console’s code holds.', () => {
  const link = `https://school.example/scanner/#${encodeURIComponent('PQE1:A B%$*+-./:')}`;

  assert.equal(invitationIn(link), 'PQE1:A B%$*+-./:');
  assert.equal(invitationIn('PQE1:A B'), 'PQE1:A B');
  assert.equal(invitationIn('https://school.example/#%'), 'https://school.example/#%');
});

test('Waits double up to half a minute, with chance in them.', () => {
  /** @param {number} byte */
  const waits = (byte) => {
    const pace = new Pace((length) => new Uint8Array(length).fill(byte));
    return Array.from({ length: 7 }, () => Math.round(pace.failed()));
  };

  assert.deepEqual(waits(0), [500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  assert.deepEqual(waits(255), [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test('What comes and goes is one failure, which ends once it stayed away.', () => {
  /** @param {string[]} organs */
  const board = (...organs) =>
    /** @type {any} */ ({ snapshot: { faults: organs.map((organ) => ({ organ })) } });
  const failing = new Failing();

  assert.deepEqual(failing.look(board('journal', 'camera', 'clock'), 0), ['camera', 'journal']);
  assert.deepEqual(failing.look(board(), 19_999), ['camera', 'journal']);
  assert.deepEqual(failing.look(null, 20_000), []);
});
