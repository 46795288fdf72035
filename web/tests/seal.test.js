import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';

import { encode, mapOf } from '../core/canonical.js';
import { Purpose, makePrivateKey, publicKey, publicKeyFrom, secretKey } from '../core/keys.js';
import { isAuthorised } from '../core/recovery.js';
import { STATUSES, StatusList, readStatusList } from '../core/revocation.js';
import { HALF_ORDER, P256_ORDER, Signed, lowered, sign, verify } from '../core/seal.js';
import { fromHex, toHex } from '../core/values.js';
import { block, dump, keyAt, vectors } from './vectors.js';

const PAYLOAD = new TextEncoder().encode('a payload');
const UAI = '0990001S';
const TYPE = 'application/statuslist+cwt';
const STATUS_KEY = await makePrivateKey(Purpose.STATUS);

test('Half of all signatures come out too high; each is brought down and verifies.', async () => {
  const key = await makePrivateKey(Purpose.PHONE);
  for (let count = 0; count < 20; count += 1) {
    const signed = await sign(PAYLOAD, key);
    assert.equal(await verify(signed, key.public), PAYLOAD);
  }
});

test('The upper half of a signature is refused, though it verifies as well.', async () => {
  const key = await makePrivateKey(Purpose.PHONE);
  const { guarded, payload, signature } = await sign(PAYLOAD, key);
  const s = P256_ORDER - BigInt(`0x${toHex(signature.subarray(32))}`);
  const high = fromHex(toHex(signature.subarray(0, 32)) + s.toString(16).padStart(64, '0'));

  await assert.rejects(verify(new Signed(guarded, payload, high), key.public), {
    name: 'BadSeal',
    message: /canonical form/,
  });
  assert.deepEqual(lowered(high), signature);
});

test('The middle belongs to the lower half, and a small s keeps its zeros.', () => {
  for (const s of [HALF_ORDER, HALF_ORDER + 1n, P256_ORDER - 1n]) {
    const low = lowered(fromHex('00'.repeat(32) + s.toString(16).padStart(64, '0')));
    assert.equal(BigInt(`0x${toHex(low)}`), s <= HALF_ORDER ? s : P256_ORDER - s);
    assert.equal(low.length, 64);
  }
});

test('A private key never leaves the browser, in any form.', async () => {
  const { handle } = await makePrivateKey(Purpose.PHONE);
  for (const form of /** @type {const} */ (['jwk', 'pkcs8', 'raw'])) {
    await assert.rejects(crypto.subtle.exportKey(form, handle));
  }
  const sealing = await secretKey(Purpose.NAME, new Uint8Array(32));
  await assert.rejects(crypto.subtle.exportKey('raw', sealing.handle));
});

test('A point beside the curve is no key, nor is a map with more or less than a key.', async () => {
  const { x, y } = (await makePrivateKey(Purpose.PHONE)).public;
  const beside = y.map((byte, at) => (at === 31 ? byte ^ 1 : byte));
  await assert.rejects(publicKey(Purpose.PHONE, x, beside), { name: 'UnreadablePass' });
  for (const wrong of [
    mapOf([1, 2], [-1, 1], [-2, x]),
    mapOf([1, 2], [-1, 1], [-2, x], [-3, y], [3, -7]),
    mapOf([1, 1], [-1, 1], [-2, x], [-3, y]),
    mapOf([1, 2], [-1, 1], [-2, x.slice(1)], [-3, y]),
  ]) {
    await assert.rejects(publicKeyFrom(Purpose.PHONE, wrong), { name: 'UnreadablePass' });
  }
});

test('The status list of the page is read as it says.', async () => {
  const { key, statuses } = JSON.parse(block('status', 'json'));
  const list = await readStatusList(dump('status'), await keyAt(Purpose.STATUS, key), UAI);

  for (const [index, status] of Object.entries(statuses)) {
    assert.equal(list.of(Number(index)), status.replaceAll('_', '-'));
  }
  assert.equal(list.of(list.length), null);
  assert.equal(list.of(-1), null);
});

test("The two-bit example of the standard's draft is unpacked.", () => {
  const list = new StatusList(fromHex('c944f9'), { issuedMs: 0, expiresMs: 1, ttlS: 0 });
  const read = Array.from({ length: 12 }, (_, at) => STATUSES.indexOf(list.of(at) ?? 'valid'));

  assert.deepEqual(read, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
});

/**
 * Sign a status list around these compressed bytes.
 *
 * @param {Uint8Array<ArrayBuffer>} lst
 */
async function token(lst) {
  const list = mapOf(['bits', 2], ['lst', lst]);
  const claims = mapOf([2, UAI], [4, 200], [6, 100], [65534, 60], [65533, list]);
  return (await sign(encode(claims), STATUS_KEY, { typ: TYPE })).toBytes();
}

/** @param {number} length */
function packed(length) {
  return new Uint8Array(deflateSync(new Uint8Array(length)));
}

test('A list of 256 KiB is taken, with the span during which it may be believed.', async () => {
  const list = await readStatusList(await token(packed(256 * 1024)), STATUS_KEY.public, UAI);

  assert.equal(list.length, 4 * 256 * 1024);
  assert.deepEqual([list.issuedMs, list.expiresMs, list.ttlS], [100_000, 200_000, 60]);
});

const DAMAGED = {
  'one byte too much inflated': packed(256 * 1024 + 1),
  'a hundred megabytes inflated': packed(100 * 1024 * 1024),
  'cut short': packed(64).slice(0, -1),
  'with bytes left over': new Uint8Array([...packed(64), 0]),
  'not zlib': new Uint8Array([1, 2, 3]),
  empty: new Uint8Array(0),
};

for (const [what, lst] of Object.entries(DAMAGED)) {
  test(`A signed list is refused: ${what}.`, async () => {
    const read = readStatusList(await token(lst), STATUS_KEY.public, UAI);
    await assert.rejects(read, { name: 'KnowledgeError' });
  });
}

test('A list of another school, key or purpose is refused.', async () => {
  const other = (await makePrivateKey(Purpose.STATUS)).public;
  const list = await token(packed(4));
  const refused = { name: 'KnowledgeError' };
  await assert.rejects(readStatusList(list, STATUS_KEY.public, '0990002P'), refused);
  await assert.rejects(readStatusList(list, other, UAI), refused);
  const issuing = { ...STATUS_KEY.public, purpose: Purpose.PASS };
  await assert.rejects(readStatusList(list, issuing, UAI), refused);
});

test("The recovery key's word of the vectors counts, and nothing else is a word.", async () => {
  const { key, uai, epoch, valid, invalid } = vectors('recovery/authorisations');
  const theirs = await keyAt(Purpose.RECOVERY, key);

  assert.equal(await isAuthorised(fromHex(valid), epoch, theirs, uai), true);
  for (const [what, word] of Object.entries(invalid)) {
    const bytes = fromHex(/** @type {string} */ (word));
    assert.equal(await isAuthorised(bytes, epoch, theirs, uai), false, what);
  }
});
