/** The phone's key that opens what is wrapped for it: behind the agents' PINs, and where it is not yet. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { makeDeviceKey } from '../core/wrapping.js';
import { Agents } from '../scanner/agents.js';
import { Membership } from '../scanner/membership.js';
import { openingKey } from '../scanner/opening_key.js';
import { StoreFault } from '../shared/store.js';
import { KeptInMemory } from './kept.js';

const PIN = '480213';
const KEY = await makeDeviceKey();
const AGREES = { name: 'ECDH', namedCurve: 'P-256' };
const OTHER = await crypto.subtle.generateKey(AGREES, false, ['deriveBits']);

/** A phone that has just joined, and its first agent's key. */
async function joined() {
  const kept = new KeptInMemory();
  const of = { gateId: 'entry-1', lane: 'entry-1', uai: '0990001S', key: KEY };
  await (await Membership.open(kept)).join({ ...of, knowledgeKey: KEY.public });
  const agents = await Agents.open(kept);
  await agents.add('loge-1', PIN, null);
  return { kept, pinned: await agents.signIn('loge-1', PIN) };
}

/** @param {CryptoKey | null} key */
async function agreed(key) {
  const with_ = { name: 'ECDH', public: OTHER.publicKey };
  const bits = await crypto.subtle.deriveBits(with_, /** @type {CryptoKey} */ (key), 256);
  return new Uint8Array(bits);
}

/** @param {KeptInMemory} kept */
function keysOf(kept) {
  const { key, box } = kept.records.get('opening');
  return { key: key?.type ?? null, isBoxed: box instanceof ArrayBuffer };
}

test('What opens lies there until an agent has a PIN, then wrapped, and is the same.', async () => {
  const { kept, pinned } = await joined();
  assert.deepEqual(keysOf(kept), { key: 'private', isBoxed: false });

  const first = await openingKey(kept, pinned);
  assert.deepEqual(keysOf(kept), { key: null, isBoxed: true });
  const again = await openingKey(kept, pinned);
  assert.deepEqual(
    [await agreed(first), await agreed(again)],
    Array(2).fill(await agreed(KEY.agreement)),
  );
  assert.deepEqual([first?.extractable, again?.extractable], [false, false]);
});

test('No record of a phone whose agents have PINs opens anything by itself.', async () => {
  const { kept, pinned } = await joined();
  await openingKey(kept, pinned);
  /** @type {CryptoKey[]} */
  const keys = [];
  /** @param {unknown} value */
  const look = (value) => {
    if (value instanceof CryptoKey) keys.push(value);
    else if (value && typeof value === 'object') Object.values(value).forEach(look);
  };
  [...kept.records.values()].forEach(look);

  const able = new Set(keys.flatMap(({ usages }) => usages));
  assert.deepEqual([...able].sort(), ['deriveKey', 'sign', 'verify']);
});

test('Another agent’s world opens nothing, and a phone that lost the key says so.', async () => {
  const { kept, pinned } = await joined();
  await openingKey(kept, pinned);

  assert.equal(await openingKey(kept, (await joined()).pinned), null);
  await kept.remove('opening');
  assert.equal(await openingKey(kept, pinned), null);
});

test('A full phone opens, and wraps once there is room.', async () => {
  const { kept, pinned } = await joined();
  const put = kept.put.bind(kept);
  kept.put = async () => Promise.reject(new StoreFault('full', null));
  assert.deepEqual(await agreed(await openingKey(kept, pinned)), await agreed(KEY.agreement));
  assert.equal(keysOf(kept).isBoxed, false);

  kept.put = put;
  await openingKey(kept, pinned);
  assert.equal(keysOf(kept).isBoxed, true);
});

test('The right PIN opens nothing without the key that stays in the phone.', async () => {
  const { kept } = await joined();
  const other = await joined();
  const device = other.kept.records.get('device');
  for (const copied of [null, device]) {
    if (copied) await kept.put(copied);
    else await kept.remove('device');
    await assert.rejects((await Agents.open(kept)).signIn('loge-1', PIN), { kind: 'wrong' });
  }
});
