/** When the scanner's link turns, and what it does with entries that a server can't take. */

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { encode, mapOf } from '../core/canonical.js';
import { LinkError } from '../core/errors.js';
import { makeDeviceKey } from '../core/wrapping.js';
import { Journal } from '../scanner/journal.js';
import { Filer } from '../scanner/link_filing.js';
import { Link } from '../scanner/link.js';
import { hear } from '../scanner/link_calls.js';
import { Fetcher } from '../scanner/link_knowledge.js';
import { Turns } from '../scanner/link_turns.js';
import { MemoryRows } from './memory_rows.js';

const KEY = await makeDeviceKey();
const AT_MS = 1_795_000_000_000;
const CLOCK = { nowMs: () => AT_MS };

/** @param {number} length */
const entropy = (length) => crypto.getRandomValues(new Uint8Array(length));

/** Let promises that are due be kept. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/**
 * A link whose turns are counted, and come to what the test says.
 *
 * @param {{state?: string, waitMs?: number}} [how]
 */
async function counted({ state = 'online', waitMs = 10_000 } = {}) {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
  const turns = /** @type {any} */ ({
    count: 0,
    snapshot: { state },
    turn: async () => ((turns.count += 1), waitMs),
    asked: 0,
    askNow() {},
    askKnowledge: () => (turns.asked = turns.count),
    serve() {},
  });
  const link = new Link(/** @type {any} */ ({}), turns);
  link.start();
  await passed(0);
  return { link, turns };
}

/** @param {number} ms */
async function passed(ms) {
  mock.timers.tick(ms);
  await settle();
}

/**
 * A journal of some admissions, and a filer whose server refuses filings as the test says.
 *
 * @param {number} entries
 * @param {(lines: import('../core/wire.js').Line[]) => number} status
 */
async function filing(entries, status) {
  const site = { gateId: 'entry-1', key: KEY, entropy, atMs: AT_MS };
  const journal = await Journal.open(new MemoryRows(), site);
  for (let people = 1; people <= entries; people += 1) {
    const body = {
      kind: 'manualAdmission',
      lane: 'entry-1',
      reason: 'flat',
      agent: 'loge-1',
      people,
    };
    await journal.append(/** @type {any} */ (body), AT_MS);
  }
  /** @type {number[]} how many lines each filing had */
  const filed = [];
  const next = journal.nextFiling.bind(journal);
  /** @type {any} */
  let last = null;
  journal.nextFiling = async (...asked) => (last = await next(...asked));
  const post = async () => {
    filed.push(last.lines.length);
    const held = encode(mapOf([1, 1], [2, last.lines.at(-1).number]));
    return /** @type {any} */ ({ status: status(last.lines), body: held });
  };
  return { journal, filed, filer: new Filer(journal, CLOCK, post) };
}

test('Who waits for newer knowledge waits until a turn after their asking is over.', async () => {
  const { link, turns } = await counted();
  let over = false;
  const refreshed = link.refresh().then(() => (over = true));
  await settle();
  assert.deepEqual([turns.asked, over], [1, false]);

  await passed(0);
  await refreshed;
  assert.equal(turns.count, 2);
});

test('A turn that was under way when knowledge was asked for is not waited for alone.', async () => {
  const { link, turns } = await counted();
  let end = () => {};
  const turn = turns.turn;
  turns.turn = () => new Promise((resolve) => (end = () => resolve(0)));
  link.wake();
  await passed(300);
  let over = false;
  const refreshed = link.refresh().then(() => (over = true));
  turns.turn = turn;
  end();
  await settle();
  assert.equal(over, false);

  await passed(0);
  await refreshed;
});

test('Who waits for newer knowledge of a server that says nothing goes on after ten seconds.', async () => {
  const { link, turns } = await counted();
  turns.turn = () => new Promise(() => {});
  const refreshed = link.refresh();
  await passed(10_000);

  await refreshed;
});

test('A signed time that lay about while the phone slept puts no clock back.', () => {
  /** @type {number[]} */
  const heard = [];
  const clock = { heard: (/** @type {number} */ serverMs) => heard.push(serverMs) };
  hear(clock, 5, /** @type {any} */ ({ withinMs: 3_600_000 }));
  hear(clock, 6, /** @type {any} */ ({ withinMs: 200 }));

  assert.deepEqual(heard, [6]);
});

test('The link turns at once, then when its turn said.', async () => {
  const { turns } = await counted();
  assert.equal(turns.count, 1);
  await passed(9_000);
  assert.equal(turns.count, 1);
  await passed(1_000);
  assert.equal(turns.count, 2);
});

test('A new entry is filed soon, several together.', async () => {
  const { link, turns } = await counted();
  link.wake();
  link.wake();
  await passed(300);

  assert.equal(turns.count, 2);
});

test('A server that is down is not asked again at each showing.', async () => {
  const { link, turns } = await counted({ state: 'offline' });
  link.wake();
  await passed(9_000);
  assert.equal(turns.count, 1);
  await passed(1_000);
  assert.equal(turns.count, 2);
});

test('A phone that was removed calls no more, and says so.', async () => {
  const { link, turns } = await counted();
  turns.snapshot = { state: 'removed' };
  const said = new Promise((resolve) => link.addEventListener('removed', resolve));
  link.wake();
  await passed(300);
  await said;
  link.wake();
  await passed(100_000);

  assert.equal(turns.count, 2);
});

test('A link that was stopped turns no more, whatever was out.', async () => {
  const { link, turns } = await counted();
  link.stop();
  link.wake();
  await passed(100_000);

  assert.equal(turns.count, 1);
});

test('A bug of ours ends one turn, not the link.', async () => {
  const { link, turns } = await counted();
  const turn = turns.turn;
  turns.turn = async () => {
    turns.turn = turn;
    throw new TypeError('a bug');
  };
  link.wake();
  await passed(300);
  await passed(30_000);

  assert.equal(turns.count, 2);
});

test('A line that the server can’t take is found by halves, then goes without its body.', async () => {
  const { journal, filed, filer } = await filing(4, (lines) =>
    lines.some(({ number, body }) => number === 4 && body) ? 400 : 200,
  );
  while ((await filer.file()).more);

  assert.deepEqual([journal.unsent, journal.setAsideCount], [0, 1]);
  assert.deepEqual(filed, [5, 2, 3, 1, 2, 1, 1, 1]);
});

test('An epoch that is disputed is left alone, and said.', async () => {
  const { filed, filer } = await filing(1, () => 409);
  const first = await filer.file();
  const second = await filer.file();

  assert.deepEqual([first.disputed, first.more, filer.disputes], [1, true, true]);
  assert.deepEqual([second.said, second.more, filed.length], [null, false, 1]);
});

test('Knowledge that came while an agent was signing in is judged by from the next turn on.', async () => {
  const [old, current] = [{}, { site: { lanes: [] } }];
  const bench = { knowledge: old, lane: { name: 'entry-1' } };
  const lane = { bench, learn: async (/** @type {any} */ newer) => (lane.bench = newer) };
  const knowledge = { current, endDay: async () => null };
  const membership = { joined: { uai: '0990001S', lane: 'entry-1' }, orders: null };
  const around = { knowledge, membership, clock: CLOCK, journal: {}, calls: {} };
  const turns = new Turns(/** @type {any} */ (around));
  turns.serve(/** @type {any} */ ({ lane, board: { snapshot: { faults: [] } } }));
  await turns.turn();

  assert.equal(lane.bench.knowledge, current);
});

test('Each newer knowledge is fetched at once, what was fetched already no sooner than in a minute.', async () => {
  const store = { isOpen: true, current: { manifest: { version: { epoch: 1, number: 1 } } } };
  const replies = [
    () => Promise.resolve({ status: 204 }),
    () => Promise.reject(new LinkError('no network')),
    () => Promise.resolve({ status: 204 }),
  ];
  const calls = { ask: async () => replies.shift()?.() };
  const fetcher = new Fetcher(.../** @type {[any, any, any]} */ ([calls, store, CLOCK]));
  /** @param {number} number */
  const named = (number) => (fetcher.want({ epoch: 1, number }), fetcher.due);

  assert.deepEqual([named(1), named(2)], [false, true]);
  await fetcher.fetch();
  assert.deepEqual([named(2), named(3)], [false, true]);
  await assert.rejects(fetcher.fetch());
  assert.deepEqual(
    [fetcher.due, named(3)],
    [false, true],
    'nothing came: as soon as the server is heard',
  );
  await fetcher.fetch();
  assert.equal(named(3), false);
});

/**
 * The turns of a phone to which its school has told nothing yet, as far as they need one.
 *
 * @param {{isOpen: boolean, ask?: () => Promise<any>}} told `isOpen`: somebody is signed in
 */
async function untold({ isOpen, ask = async () => assert.fail('nobody asked') }) {
  const site = { gateId: 'entry-1', key: KEY, entropy, atMs: AT_MS };
  const journal = await Journal.open(new MemoryRows(), site);
  const knowledge = { current: null, isOpen, endDay: async () => {} };
  const around = { journal, knowledge, clock: CLOCK, membership: { orders: null }, calls: { ask } };
  return new Turns(/** @type {any} */ (around));
}

test('A phone that had nothing to call for yet is not offline, and calls as soon as it has.', async () => {
  const turns = await untold({ isOpen: false });
  await turns.turn();
  assert.equal(turns.snapshot.state, 'connecting');

  const { link, turns: counts } = await counted({ state: 'connecting', waitMs: 30_000 });
  link.wake();
  await passed(300);
  assert.equal(counts.count, 2);
});

test('A call that fails, an answer that nobody can believe, and a bug: each ends the connecting.', async () => {
  const failing = [
    () => Promise.reject(new LinkError('no network')),
    () => Promise.resolve({ status: 204 }),
    () => Promise.reject(new TypeError('a bug')),
  ];
  for (const ask of failing) {
    const turns = await untold({ isOpen: true, ask });
    await turns.turn().catch(() => null);
    assert.equal(turns.snapshot.state, 'offline', String(ask));
  }
});
