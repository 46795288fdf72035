/** What a phone knows: how it lies there, who opens it, and when it is let go. */

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { decode, encode, mapOf } from '../core/canonical.js';
import { DAY_MS } from '../core/days.js';
import { KnowledgeError } from '../core/errors.js';
import { makeDeviceKey } from '../core/wrapping.js';
import { readInWorker } from '../scanner/knowledge_reading.js';
import { KnowledgeStore } from '../scanner/knowledge_store.js';
import { Membership } from '../scanner/membership.js';
import { StoreFault } from '../shared/store.js';
import { KeptInMemory, pinnedKey } from './kept.js';

const AES = { name: 'AES-GCM', length: 256 };
const KEY = await makeDeviceKey();
const TODAY = 20_780; // 2026-11-23
const NAMES = new TextEncoder().encode('Zoé Martin, 2A');
const BUNDLE = encode(
  mapOf(
    ['manifest', Uint8Array.of(1)],
    ['parts', mapOf(['keys', Uint8Array.of(2)], ['today', NAMES])],
  ),
);

/**
 * Read what tests call a bundle: its parts say whether there is a list.
 *
 * @param {{data: Uint8Array}} asked
 */
async function read({ data }) {
  if (data.length < 5) throw new KnowledgeError('damaged');
  const { size } = decode(data, { bytesMax: 1000 }).get('parts');
  const manifest = { version: { epoch: 1, number: 1 } };
  const keys = { recovery: null, orders: 'orders' };
  const today = size === 2 ? { day: TODAY, listed: [] } : null;
  return /** @type {any} */ ({ manifest, keys, today, calendar: { zone: 'Europe/Paris' } });
}

/** A store that was opened, where nothing lies yet. */
async function opened() {
  const kept = new KeptInMemory();
  const membership = await Membership.open(kept);
  await membership.join(/** @type {any} */ ({ gateId: 'entry-1', key: KEY }));
  const key = await pinnedKey();
  const store = new KnowledgeStore(kept, membership, { read });
  await store.open(key);
  const again = () => new KnowledgeStore(kept, membership, { read });
  return { kept, key, membership, store, again };
}

test('Nothing that lies there can be read without the key.', async () => {
  const { kept, store } = await opened();
  await store.save(BUNDLE);
  const box = Buffer.from(kept.records.get('bundle').box);

  assert.equal(box.length, BUNDLE.length + 16);
  assert.ok(!box.includes(Buffer.from(NAMES)));
});

test('The same key opens it again, another one nothing.', async () => {
  const { key, store, again } = await opened();
  await store.save(BUNDLE);

  assert.equal((await again().open(key))?.today?.day, TODAY);
  assert.equal(await again().open(await pinnedKey()), null);
});

test('Closed, nothing stays known, and nothing that still comes is taken.', async () => {
  const { kept, store } = await opened();
  await store.save(BUNDLE);
  const { iv } = kept.records.get('bundle');
  const late = store.save(BUNDLE, async () => store.close());
  await late;

  assert.equal(store.current, null);
  await assert.rejects(store.save(BUNDLE), KnowledgeError);
  assert.notDeepEqual(kept.records.get('bundle').iv, iv); // what was under way is kept, encrypted
});

test('What a check refuses leaves the former in place.', async () => {
  const { kept, store } = await opened();
  const known = await store.save(BUNDLE);
  const box = kept.records.get('bundle').box;
  const refused = store.save(BUNDLE, async () => {
    throw new KnowledgeError('issued in the future');
  });

  await assert.rejects(refused, KnowledgeError);
  assert.equal(store.current, known);
  assert.deepEqual(kept.records.get('bundle').box, box);
});

test('What a newer app can’t read any more is asked for again.', async () => {
  const { kept, key, store, again } = await opened();
  await store.save(BUNDLE);
  const iv = new Uint8Array(12);
  const box = await crypto.subtle.encrypt({ name: AES.name, iv }, key, Uint8Array.of(1));
  await kept.put({ id: 'bundle', iv, box });

  assert.equal(await again().open(key), null);
});

test('A full phone uses what it can’t keep, and says so.', async () => {
  const { kept, store } = await opened();
  kept.put = async () => {
    throw new StoreFault('full', null);
  };
  const known = await store.save(BUNDLE);

  assert.equal(store.current, known);
  assert.equal(store.fault?.kind, 'full');
});

test('A full phone believes the keys of the knowledge it uses, and takes nothing older.', async () => {
  const { kept, membership, store } = await opened();
  const put = kept.put.bind(kept);
  kept.put = async (record) => {
    if (record.id === 'bundle') throw new StoreFault('full', null);
    return put(record);
  };
  await store.save(BUNDLE);

  assert.deepEqual([membership.orders, membership.version?.number], ['orders', 1]);
  const after = await Membership.open(kept);
  assert.equal(after.version, null); // on the disk never without its bundle
});

test('Knowledge that was under way when the phone was removed is not kept.', async () => {
  const { kept, membership, store } = await opened();
  await store.save(BUNDLE, () => membership.forget({ atMs: 5, unsent: 0 }));

  assert.deepEqual([...kept.records.keys()], ['gone']);
});

/** A worker that was asked, and says nothing by itself. */
function silentWorker() {
  const worker = { ended: false, postMessage() {}, terminate: () => (worker.ended = true) };
  return /** @type {any} */ (worker);
}

test('A worker that never answers is ended after a minute, and the link goes on.', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const worker = silentWorker();
  const read = readInWorker(/** @type {any} */ ({}), () => worker);
  mock.timers.tick(60_000);
  mock.timers.reset();

  await assert.rejects(read, KnowledgeError);
  assert.ok(worker.ended);
});

test('A worker’s answer that can’t be handed over is a refusal as well.', async () => {
  const worker = silentWorker();
  worker.postMessage = () => worker.onmessageerror?.();

  await assert.rejects(
    readInWorker(/** @type {any} */ ({}), () => worker),
    KnowledgeError,
  );
});

test('The day’s list is let go when its day is over, from memory and from the disk.', async () => {
  const { key, store, again } = await opened();
  await store.save(BUNDLE);

  assert.equal(await store.endDay(TODAY * DAY_MS + DAY_MS / 2), null);
  assert.equal((await store.endDay(TODAY * DAY_MS + DAY_MS))?.today, null);
  assert.equal(store.current?.today, null);
  assert.equal((await again().open(key))?.today, null);
  assert.equal(await store.endDay(TODAY * DAY_MS + DAY_MS), null);
});
