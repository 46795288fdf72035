/** The scanner's journal: durable before it is told, chained, filed once, erased by order, never silently changed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fromBody } from '../core/entries.js';
import { commitment, genesis, link } from '../core/entries_chain.js';
import { JournalError, LinkError } from '../core/errors.js';
import { openCheckpoint } from '../core/journal_checkpoint.js';
import { joined, sameBytes, toHex } from '../core/values.js';
import { makeDeviceKey } from '../core/wrapping.js';
import { Journal } from '../scanner/journal.js';
import { JournalFault } from '../scanner/journal_rows.js';
import { MemoryRows, nameOf } from './memory_rows.js';

/** @typedef {import('../core/entries.js').Body} Body */

const DAY = 24 * 3_600_000;
const NOW = 1_795_500_000_000;
const RULE = { beforeMs: NOW + DAY, code: 'next-school-day' };
const key = await makeDeviceKey();
const entropy = (/** @type {number} */ count) => crypto.getRandomValues(new Uint8Array(count));
const site = { gateId: 'scanner-1', key, entropy, atMs: NOW };

/**
 * An entry that concerns nobody, or an agent.
 *
 * @param {string} [mode]
 * @returns {Body}
 */
function body(mode) {
  if (mode === undefined) return { kind: 'notice', code: 'test' };
  return { kind: 'mode', lane: 'entry-1', mode, agent: 'loge-1' };
}

/**
 * A journal with its first entry and so many more.
 *
 * @param {number} count
 * @param {{rows?: MemoryRows, of?: Body}} [how]
 */
async function journalOf(count, { rows = new MemoryRows(), of = body('free') } = {}) {
  const journal = await Journal.open(rows, site);
  for (let at = 1; at <= count; at += 1) await journal.append(of, NOW + at);
  return { rows, journal };
}

/**
 * What a server answers that holds an epoch up to a number.
 *
 * @param {number} number
 * @param {{epoch?: number, setAside?: [number, string][]}} [more]
 */
function held(number, { epoch = 1, setAside = [] } = {}) {
  return { epoch, number, setAside, knowledge: null, orders: [] };
}

/**
 * The school's order to erase, as it was read.
 *
 * @param {[number, number][]} ranges
 */
function order(ranges, { gateId = site.gateId, epoch = 1 } = {}) {
  return { gateId, epoch, ranges, orderId: '0011223344556677', evidence: new Uint8Array([1]) };
}

/**
 * The last entry that was written, and what it says.
 *
 * @param {MemoryRows} rows
 */
function last(rows) {
  const { epoch, number } = /** @type {any} */ (rows.place);
  const { body: data } = /** @type {any} */ (rows.kept.get(nameOf({ epoch, number })));
  return fromBody(data);
}

/**
 * Which entries of epoch 1 have lost their bodies.
 *
 * @param {MemoryRows} rows
 */
function erased(rows) {
  return [...rows.kept.values()].filter((row) => row.body === null).map(({ number }) => number);
}

test('A new journal begins epoch 1 with the entry that says so, and signs for it.', async () => {
  const { rows, journal } = await journalOf(0);
  const { epoch, number, chain } = journal.head;
  const { head } = /** @type {any} */ (rows.place);
  const signed = await openCheckpoint(head, key.public);

  assert.deepEqual(journal.begun, { cause: 'first', lost: 0 });
  assert.deepEqual(last(rows), {
    kind: 'epoch',
    epoch: 1,
    cause: 'first',
    previousEpoch: null,
    previousNumber: null,
    previousHead: null,
  });
  const place = { gateId: 'scanner-1', epoch, number, chain, timeMs: NOW, highestMs: NOW };
  assert.deepEqual(signed, place);
  assert.deepEqual([epoch, number, journal.wasClean], [1, 1, true]);
});

test('Entries chain from the genesis to the signed head, however they were called together.', async () => {
  const { journal } = await journalOf(0);
  const receipts = await Promise.all([1, 2, 3].map((at) => journal.append(body(), NOW + at)));
  const { lines, head } = /** @type {any} */ (await journal.nextFiling(500));

  let chain = await genesis('scanner-1', 1, joined([key.public.x, key.public.y]));
  for (const line of lines) {
    const commit = await commitment(line.salt, line.body);
    chain = await link(chain, line.number, line.timeMs, commit);
    assert.deepEqual([toHex(commit), toHex(chain)], [toHex(line.commitment), toHex(line.chain)]);
  }
  assert.deepEqual(receipts.map(nameOf), ['1 2', '1 3', '1 4']);
  assert.deepEqual((await openCheckpoint(head, key.public)).chain, chain);
});

test('What the browser refused was not written, and the next entry takes its place.', async () => {
  const { rows, journal } = await journalOf(0);
  rows.fault = new JournalFault('full', null);
  await assert.rejects(journal.append(body(), NOW), JournalFault);
  rows.fault = null;

  assert.deepEqual(await journal.append(body(), NOW), { epoch: 1, number: 2 });
  assert.equal(journal.unsent, 2);
});

test('A body that could not be read back, or a time that is none, is never written.', async () => {
  const { journal } = await journalOf(0);

  await assert.rejects(journal.append({ kind: 'notice', code: 'no code' }, NOW), JournalError);
  await assert.rejects(journal.append(body(), NOW + 0.5), RangeError);
  assert.equal(journal.head.number, 1);
});

test('A journal opened again goes on where it stood.', async () => {
  const { rows, journal } = await journalOf(3);
  await journal.close();
  const again = await Journal.open(rows, { ...site, atMs: NOW + DAY });

  assert.deepEqual([again.begun, again.wasClean, again.highestMs], [null, true, NOW + 3]);
  assert.deepEqual(await again.append(body(), NOW), { epoch: 1, number: 5 });
  assert.equal((await Journal.open(rows, site)).wasClean, false);
});

test('A closed journal takes nothing any more.', async () => {
  const { journal } = await journalOf(0);
  await journal.close();
  await journal.close();

  await assert.rejects(journal.append(body(), NOW), JournalError);
});

/** @type {Record<string, (rows: MemoryRows) => void>} */
const DAMAGES = {
  'the last entry gone': (rows) => void rows.kept.delete('1 4'),
  'the last body changed': (rows) => {
    const row = /** @type {any} */ (rows.kept.get('1 4'));
    row.body[4] ^= 1;
  },
  'the last time changed': (rows) => {
    const row = /** @type {any} */ (rows.kept.get('1 4'));
    row.timeMs += 1;
  },
  'an entry added': (rows) => {
    const row = /** @type {any} */ (rows.kept.get('1 4'));
    rows.kept.set('1 5', { ...row, number: 5 });
  },
  'the signed head of another place': (rows) => {
    const place = /** @type {any} */ (rows.place);
    place.number = 3;
    place.chain = rows.kept.get('1 3')?.chain;
  },
  'the place itself gone': (rows) => {
    rows.place = null;
  },
};

for (const [what, damage] of Object.entries(DAMAGES)) {
  test(`A journal that is not what was written begins a new epoch: ${what}.`, async () => {
    const { rows } = await journalOf(3);
    damage(rows);
    const journal = await Journal.open(rows, site);

    assert.equal(journal.begun?.cause, 'damaged');
    assert.deepEqual([journal.head.epoch, journal.head.number], [2, 1]);
    assert.equal(last(rows).cause, 'damaged');
    assert.equal((await journal.nextFiling(500))?.epoch, 1);
  });
}

test('A new epoch says where the former one stood, and how many entries are lost.', async () => {
  const { rows, journal } = await journalOf(3);
  const { chain } = journal.head;
  rows.kept.delete('1 3');
  rows.kept.delete('1 4');
  const { begun, unsent } = await Journal.open(rows, site);

  const { previousEpoch, previousNumber, previousHead } = last(rows);
  assert.deepEqual([previousEpoch, previousNumber, previousHead], [1, 4, toHex(chain)]);
  assert.deepEqual([begun?.lost, unsent], [2, 3]);
});

test('A journal that should be there and is not is missing, in an epoch never counted.', async () => {
  const journal = await Journal.open(new MemoryRows(), { ...site, expected: true });

  assert.equal(journal.begun?.cause, 'missing');
  assert.deepEqual([journal.head.epoch, journal.wasClean], [NOW / 1000, false]);
});

test('Another key begins another journal, and says what of the former one is lost.', async () => {
  const { rows } = await journalOf(3);
  const journal = await Journal.open(rows, { ...site, key: await makeDeviceKey() });

  assert.deepEqual(journal.begun, { cause: 'new-key', lost: 4 });
  assert.deepEqual([...rows.kept.keys()], ['2 1']);
  assert.equal(journal.unsent, 1);
});

test('Storage cleared under an open journal begins a new epoch, which is told.', async () => {
  const { rows, journal } = await journalOf(3);
  await rows.wipe();
  const { epoch, number } = await journal.append(body(), NOW + 9);

  assert.deepEqual(journal.begun, { cause: 'missing', lost: 4 });
  assert.ok(epoch > 1);
  assert.deepEqual([number, journal.unsent], [2, 2]);
});

test('Two journals in one place write one chain.', async () => {
  const { rows, journal } = await journalOf(1);
  const other = await Journal.open(rows, site);
  const receipts = [];
  for (const one of [journal, other, journal]) receipts.push(await one.append(body(), NOW));

  assert.deepEqual(receipts.map(nameOf), ['1 3', '1 4', '1 5']);
  assert.equal((await Journal.open(rows, site)).begun, null);
});

test('An entry that was written though the browser did not say so is written once.', async () => {
  const { rows, journal } = await journalOf(0);
  const { commit } = rows;
  rows.commit = async (...step) => {
    rows.commit = commit;
    await commit.apply(rows, step);
    return commit.apply(rows, step);
  };

  assert.deepEqual(await journal.append(body(), NOW), { epoch: 1, number: 2 });
  assert.equal(rows.kept.size, 2);
});

test('Entries are filed oldest first, so many at a time, until all are acknowledged.', async () => {
  const { journal } = await journalOf(4);
  const filed = [];
  for (let filing; (filing = await journal.nextFiling(2));) {
    const numbers = filing.lines.map(({ number }) => number);
    filed.push(numbers);
    assert.equal(await journal.acknowledge(held(Math.max(...numbers))), true);
  }

  assert.deepEqual(filed, [[1, 2], [3, 4], [5]]);
  assert.equal(journal.unsent, 0);
});

test('Receipts outlive the app.', async () => {
  const { rows, journal } = await journalOf(4);
  await journal.acknowledge(held(3));
  const again = await Journal.open(rows, site);

  assert.equal(again.unsent, 2);
  assert.deepEqual((await again.nextFiling(500))?.lines[0].number, 4);
  assert.equal(await again.acknowledge(held(3)), false);
});

test('A server that came back from a backup gets again what it lost.', async () => {
  const { journal } = await journalOf(4);
  await journal.acknowledge(held(5, { setAside: [[4, 'unknown-kind']] }));
  const [again] = await journal.lastFiled();
  await journal.acknowledge(held(2));

  assert.deepEqual([again.lines.length, again.lines[0].number], [1, 5]);
  assert.deepEqual([journal.unsent, journal.setAsideCount], [3, 0]);
  assert.equal((await journal.nextFiling(500))?.lines[0].number, 3);
});

test('A receipt for entries that were never made changes nothing.', async () => {
  const { journal } = await journalOf(1);

  await assert.rejects(journal.acknowledge(held(3)), LinkError);
  await assert.rejects(journal.acknowledge(held(1, { epoch: 7 })), LinkError);
  assert.equal(journal.unsent, 2);
});

test('What the server can not take goes without its body, keeps it here, and holds nothing up.', async () => {
  const { rows, journal } = await journalOf(2);
  await journal.setAside({ epoch: 1, number: 2 }, 'server-400', NOW);
  await journal.setAside({ epoch: 1, number: 2 }, 'server-400', NOW);
  const { lines } = /** @type {any} */ (await journal.nextFiling(500));

  assert.deepEqual(
    lines.map((/** @type {any} */ { salt, body: data }) => salt === null && data === null),
    [false, true, false],
  );
  assert.ok(rows.kept.get('1 2')?.body);
  assert.equal(journal.setAsideCount, 1);
});

test('A disputed epoch is left alone while the new one is filed.', async () => {
  const { rows, journal } = await journalOf(2);
  await journal.beginAnew(NOW + 5);
  const { epoch } = journal.head;
  const filing = await journal.nextFiling(500, new Set([1]));

  assert.equal(last(rows).cause, 'rotated');
  assert.deepEqual([filing?.epoch, filing?.lines.length], [epoch, 1]);
  assert.equal((await journal.nextFiling(500))?.epoch, 1);
  assert.deepEqual([journal.unsent, (await Journal.open(rows, site)).begun], [4, null]);
});

test('Lines stop before a gap: nothing is filed as if it followed.', async () => {
  const { rows, journal } = await journalOf(4);
  rows.kept.delete('1 3');

  assert.equal((await journal.nextFiling(500))?.lines.length, 2);
  await journal.acknowledge(held(2));
  assert.equal(await journal.nextFiling(500), null);
});

test("The school's order erases what it names, and is an entry itself.", async () => {
  const { rows, journal } = await journalOf(4);
  const receipt = await journal.carryOut(order([[1, 3]]), NOW + 9);

  assert.deepEqual(erased(rows), [2, 3]); // the epoch's entry explains
  assert.deepEqual(receipt, { epoch: 1, number: 6 });
  const { authority, ranges, orderId } = last(rows);
  assert.deepEqual([authority, ranges, orderId], ['server', [[1, 3]], '0011223344556677']);
  assert.ok(sameBytes(last(rows).evidence, new Uint8Array([1])));
  assert.equal((await Journal.open(rows, site)).begun, null);
});

for (const [what, wrong] of /** @type {const} */ ([
  ['for another device', { gateId: 'scanner-2' }],
  ['for an epoch to come', { epoch: 2 }],
  ['for entries to come', {}],
])) {
  test(`An order that is not for what is here erases nothing: ${what}.`, async () => {
    const { rows, journal } = await journalOf(3);
    await assert.rejects(journal.carryOut(order([[1, 5]], wrong), NOW), JournalError);

    assert.deepEqual([erased(rows), journal.head.number], [[], 4]);
  });
}

test('The retention rule erases what concerns people and is older, and nothing else.', async () => {
  const { rows, journal } = await journalOf(3);
  await journal.append(body(), NOW + 4);
  await journal.append(body('control'), NOW + 5);
  await journal.append(body('control'), NOW + DAY);
  await journal.eraseBefore(RULE, NOW + DAY);

  assert.deepEqual(erased(rows), [2, 3, 4, 6]);
  const ranges = [
    [2, 4],
    [6, 6],
  ];
  assert.deepEqual([last(rows).rule, last(rows).ranges], ['next-school-day', ranges]);
  const { number } = journal.head;
  await journal.eraseBefore(RULE, NOW + DAY);
  assert.equal(journal.head.number, number);
});

test('What waits for the server can be spared by a rule, and goes once it was sent.', async () => {
  const { rows, journal } = await journalOf(4);
  await journal.acknowledge(held(3));
  await journal.eraseBefore({ ...RULE, sentOnly: true }, NOW + DAY);
  assert.deepEqual(erased(rows), [2, 3]);
  await journal.acknowledge(held(5));
  await journal.eraseBefore({ ...RULE, sentOnly: true }, NOW + DAY);

  assert.deepEqual(erased(rows), [2, 3, 4, 5]);
});

test('A rule looks only behind what it cleared, and holds up no entry where it erases nothing.', async () => {
  const { rows, journal } = await journalOf(4);
  await journal.append(body('control'), NOW + 2 * DAY);
  await journal.eraseBefore(RULE, NOW + 2 * DAY);
  const { read } = rows;
  /** @type {number[]} */
  const from = [];
  rows.read = (...of) => (from.push(of[1]), read.apply(rows, of));
  rows.fault = new JournalFault('full', null);
  await journal.eraseBefore(RULE, NOW + 2 * DAY);

  assert.equal(Math.min(...from), 6);
});

test('An epoch goes whole: a server from far back still gets every entry of the present one.', async () => {
  const { rows, journal } = await journalOf(6);
  await journal.acknowledge(held(7));
  await journal.setAside({ epoch: 1, number: 3 }, 'server-400', NOW);
  await journal.keepUntil(NOW + 15 * DAY);
  const { epoch } = journal.head;
  await journal.acknowledge(held(2));

  assert.deepEqual([rows.kept.size, journal.unsent, last(rows).cause], [8, 6, 'rotated']);
  assert.equal((await journal.nextFiling(500))?.lines[0].number, 3);
  await journal.acknowledge(held(7));
  await journal.acknowledge(held(1, { epoch }));
  await journal.keepUntil(NOW + 16 * DAY);
  assert.deepEqual([[...rows.kept.keys()], journal.setAsideCount], [[`${epoch} 1`], 0]);
  assert.equal((await Journal.open(rows, site)).begun, null);
});

test('A young epoch goes on, however often one asks.', async () => {
  const { rows, journal } = await journalOf(3);
  await journal.acknowledge(held(4));
  await journal.keepUntil(NOW + 14 * DAY);

  assert.deepEqual([journal.head.epoch, rows.kept.size], [1, 4]);
});

test('Where the state alone is lost, every entry is filed again.', async () => {
  const { rows, journal } = await journalOf(3);
  await journal.acknowledge(held(4));
  await journal.keepUntil(NOW + 10 * DAY);
  rows.place = null;
  const again = await Journal.open(rows, { ...site, expected: true });

  assert.equal((await again.nextFiling(500))?.lines.length, 4);
  assert.equal(again.unsent, 5);
});

test('Behind a gap nothing can be filed: another epoch begins once, and the agent is told.', async () => {
  const { rows, journal } = await journalOf(4);
  rows.kept.delete('1 3');
  await journal.acknowledge(held(2));
  await journal.keepUntil(NOW + 9);
  await journal.keepUntil(NOW + 10);

  assert.deepEqual(journal.begun, { cause: 'damaged', lost: 3 });
  assert.deepEqual([journal.head.epoch, last(rows).cause], [2, 'damaged']);
  assert.deepEqual([journal.unsent, journal.setAsideCount], [1, 3]);
  assert.equal((await journal.nextFiling(500))?.epoch, 2);
});

test('The highest time of any entry stays when a clock goes back, and is signed for.', async () => {
  const { rows, journal } = await journalOf(3);
  await journal.append(body(), NOW - DAY);
  const { head } = /** @type {any} */ (rows.place);

  assert.equal(journal.highestMs, NOW + 3);
  assert.equal((await openCheckpoint(head, key.public)).highestMs, NOW + 3);
});

test('A former epoch goes whole, once the server has all of it.', async () => {
  const { rows, journal } = await journalOf(3);
  await journal.beginAnew(NOW + 20 * DAY);
  await journal.keepUntil(NOW + 30 * DAY);
  assert.equal(rows.kept.size, 5);
  await journal.acknowledge(held(4));
  await journal.keepUntil(NOW + 30 * DAY);

  assert.deepEqual(
    [...rows.kept.values()].map(({ epoch }) => epoch),
    [journal.head.epoch],
  );
  assert.equal(journal.unsent, 1);
});

test('The entries of the last days are read back; erased ones are left out.', async () => {
  const { journal } = await journalOf(3);
  await journal.beginAnew(NOW + 5);
  await journal.carryOut(order([[3, 3]]), NOW + 9);
  const found = await journal.recent(NOW + 1);

  assert.deepEqual(
    found.map(({ atMs, body: { kind } }) => [atMs - NOW, kind]),
    [
      [1, 'mode'],
      [3, 'mode'],
      [5, 'epoch'],
      [9, 'order'],
    ],
  );
});

test('A removed device keeps nothing.', async () => {
  const { rows, journal } = await journalOf(3);
  await journal.destroy();

  assert.deepEqual([rows.kept.size, rows.place], [0, null]);
  await assert.rejects(journal.append(body(), NOW), JournalError);
});
