/** The phone as a whole: that it opens whatever its storage does, and leaves nothing open. */

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { KnowledgeError } from '../core/errors.js';
import { makeDeviceKey } from '../core/wrapping.js';
import { Device } from '../scanner/device.js';
import { Membership } from '../scanner/membership.js';
import { StoreFault } from '../shared/store.js';
import { KeptInMemory, pinnedKey } from './kept.js';
import { MemoryRows } from './memory_rows.js';

const KEY = await makeDeviceKey();

beforeEach(() => {
  /** @type {any} */
  const locks = {
    request: (/** @type {string} */ _, /** @type {any} */ __, /** @type {any} */ f) => f(),
  };
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
});

/** What a phone that joined keeps. */
async function joined() {
  const kept = new KeptInMemory();
  const membership = await Membership.open(kept);
  const place = { gateId: 'entry-1', lane: 'entry-1', uai: '0990001S', key: KEY };
  await membership.join({ ...place, knowledgeKey: KEY.public });
  return { kept, rows: new MemoryRows() };
}

/** @param {Awaited<ReturnType<typeof joined>>} phone */
async function started({ kept, rows }) {
  const device = await Device.open(kept, async () => /** @type {any} */ (rows));
  device.link?.stop(); // there is no network here
  return device;
}

/** @param {KeptInMemory} kept */
function fill(kept) {
  kept.put = async () => {
    throw new StoreFault('full', null);
  };
}

test('A full phone opens, and what it has not sent can leave.', async () => {
  const phone = await joined();
  await started(phone);
  fill(phone.kept);
  const device = await started(phone);

  assert.equal(device.journal?.unsent, 1);
  assert.ok(device.link);
});

test('A phone that fills up before its journal is noted opens all the same.', async () => {
  const phone = await joined();
  fill(phone.kept);
  const device = await started(phone);

  assert.deepEqual([device.journal?.begun?.cause, device.link !== null], ['first', true]);
});

test('An empty journal of a phone that had one is known as lost.', async () => {
  const phone = await joined();
  await started(phone);
  const device = await started({ ...phone, rows: new MemoryRows() });

  assert.equal(device.journal?.begun?.cause, 'missing');
});

test('A removed phone keeps not even which camera was chosen.', async () => {
  const phone = await joined();
  /** @type {string[]} */
  const removed = [];
  const localStorage = { removeItem: (/** @type {string} */ name) => removed.push(name) };
  Object.defineProperty(globalThis, 'localStorage', { value: localStorage, configurable: true });
  const device = await started(phone);
  device.link?.dispatchEvent(new Event('removed'));
  await device.membership.forget({ atMs: 5, unsent: 0 });
  await started(phone);

  assert.deepEqual(removed, ['portique-camera', 'portique-camera']);
});

test('Where a shift can’t begin, nothing stays open without it.', async () => {
  const device = await started(await joined());
  const key = await pinnedKey();
  let signedOut = false;
  device.agents.signOut = () => (signedOut = true);
  const begin = async () => {
    await device.knowledge.open(key);
    throw new StoreFault('closed', null);
  };

  await assert.rejects(device.letIn(begin), { kind: 'closed' });
  assert.deepEqual([device.knowledge.isOpen, signedOut], [false, true]);
});

test('Knowledge that has lost the lane is asked for anew before an agent is sent away.', async () => {
  const device = await started(await joined());
  let known = 'without the lane';
  const link = /** @type {import('../scanner/link.js').Link} */ (device.link);
  link.refresh = async () => void (known = 'with the lane');
  const begin = async () => {
    if (known === 'without the lane') throw new KnowledgeError('no such lane');
    return known;
  };

  assert.equal(await device.letIn(begin), 'with the lane');
});
