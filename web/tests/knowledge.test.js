/** The knowledge in JavaScript, held to the vectors and the page of its format. */

import assert from 'node:assert/strict';
import { createECDH, webcrypto } from 'node:crypto';
import { test } from 'node:test';

import { digest, nameKey, numberOf, readBadges } from '../core/badges.js';
import { decode, encode, mapOf } from '../core/canonical.js';
import { readChecks } from '../core/checks.js';
import { cardOf, find, readDayPart } from '../core/daylists.js';
import { dayText } from '../core/days.js';
import { KnowledgeError, PassError } from '../core/errors.js';
import { Purpose, makePrivateKey } from '../core/keys.js';
import { readBundle, withoutToday } from '../core/knowledge.js';
import { checkSuccession } from '../core/recovery.js';
import { sign, verify } from '../core/seal.js';
import { fromHex } from '../core/values.js';
import { deviceKey, makeDeviceKey, unwrap } from '../core/wrapping.js';
import { block, dump, keyAt, vectors } from './vectors.js';

const VALID = vectors('knowledge/valid');
const INVALID = vectors('knowledge/invalid');
const RECOVERY = vectors('recovery/authorisations');
const UAI = '0990001S';
const NAME_KEY = await nameKey(fromHex(VALID.name_key));
const OTHER_NAME_KEY = await nameKey(new Uint8Array(32));
const GATE = await gateKey(VALID.gate_key);

/** @param {string} scalar 32 bytes in hexadecimal */
async function gateKey(scalar) {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(scalar, 'hex');
  const point = new Uint8Array(pair.getPublicKey().subarray(1));
  const [x, y] = [point.slice(0, 32), point.slice(32)].map(inBase64Url);
  const d = inBase64Url(fromHex(scalar));
  const how = { name: 'ECDSA', namedCurve: 'P-256' };
  const jwk = { kty: 'EC', crv: 'P-256', x, y, d };
  const held = await webcrypto.subtle.importKey('jwk', jwk, how, true, ['sign']);
  return deviceKey(new Uint8Array(await webcrypto.subtle.exportKey('pkcs8', held)), point);
}

/** @param {Uint8Array} bytes */
function inBase64Url(bytes) {
  return Buffer.from(bytes).toString('base64url');
}

/** @param {string} hex */
function decoded(hex) {
  return decode(fromHex(hex), { bytesMax: 10_000 });
}

/** @param {unknown} error */
function isRefusal(error) {
  return error instanceof KnowledgeError || error instanceof PassError;
}

test('Readers write one number in many ways.', () => {
  for (const [typed, number] of VALID.numbers) assert.equal(numberOf(typed), number);
});

test('What is no badge’s number is none.', () => {
  for (const typed of INVALID.numbers) assert.equal(numberOf(typed), null, typed);
});

test('A badge’s digest is the page’s to the last byte.', async () => {
  for (const [number, expected] of VALID.digests) {
    assert.equal(await digest(number, NAME_KEY), expected);
  }
});

test('The badges of the vectors open with their name key, and tell no other number.', async () => {
  const badges = await readBadges(decoded(VALID.badges), [OTHER_NAME_KEY, NAME_KEY]);
  assert.ok(badges);
  const numbers = VALID.digests.map((/** @type {[string, string]} */ [number]) => number);
  const texts = await Promise.all(
    numbers.map((/** @type {string} */ one) => badges.standsFor(one)),
  );

  assert.deepEqual(texts, VALID.passes);
  assert.equal(await badges.standsFor('04FF00FF00'), null);
  assert.ok(badges.has(VALID.passes[0]) && !badges.has('PQ1:OTHER'));
});

test('Without a name key that opens them, one badge is like another.', async () => {
  assert.equal(await readBadges(decoded(VALID.badges), [OTHER_NAME_KEY]), null);
  assert.equal(await readBadges(undefined, []), null);
  assert.equal(await (await readBadges(undefined, [NAME_KEY]))?.standsFor('0012345678'), null);
});

for (const [what, part] of Object.entries(INVALID.badges)) {
  test(`Damaged badges are refused: ${what}.`, async () => {
    await assert.rejects(async () => readBadges(decoded(part), [NAME_KEY]), isRefusal);
  });
}

test('The day’s list of the vectors opens for its gate, and for no other.', async () => {
  const listed = await readDayPart(decoded(VALID.today), GATE);
  assert.ok(listed);
  const rows = listed.listed.map((one) => [
    ...[one.kind, one.name, one.label, one.statusIndex, one.fromS, one.untilS],
  ]);

  assert.deepEqual([dayText(listed.day), rows], [VALID.day, VALID.listed]);
  assert.equal(await readDayPart(decoded(VALID.today), await makeDeviceKey()), null);
  assert.equal(await readDayPart(decoded(VALID.today), null), null);
});

for (const [what, part] of Object.entries(INVALID.today)) {
  test(`A damaged list is refused: ${what}.`, async () => {
    await assert.rejects(async () => readDayPart(decoded(part), GATE), isRefusal);
  });
}

test('A card of the list is decided as if it had been shown.', async () => {
  const listed = await readDayPart(decoded(VALID.today), GATE);
  assert.ok(listed);
  const [found] = find(listed, 'zoe', '2de');
  const card = cardOf(found, UAI);

  assert.deepEqual([card.identity?.name, card.identity?.regime], ['Zoé Martin', '']);
  assert.deepEqual([card.opensMs, card.closesMs], [1_795_000_000_000, 1_820_000_000_000]);
  assert.deepEqual(find(listed, 'zo', ''), []);
});

test('The shares of random checks are by lane, and by nothing else.', () => {
  assert.deepEqual(Object.fromEntries(readChecks(decoded(VALID.checks))), VALID.checked);
  assert.equal(readChecks(undefined).size, 0);
});

for (const [what, part] of Object.entries(INVALID.checks)) {
  test(`Shares of something else are refused: ${what}.`, () => {
    assert.throws(() => readChecks(decoded(part)), isRefusal);
  });
}

test('A part that a newer school adds is left unread, and the others hold.', async () => {
  const key = await makePrivateKey(Purpose.KNOWLEDGE);
  const later = encode(mapOf(['entry-1', mapOf()]));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', later));
  const told = mapOf([1, 1], [3, UAI], [4, 1], [5, 7], [6, 1], [7, 2], [8, mapOf(['later', hash])]);
  const manifest = (await sign(encode(told), key)).toBytes();
  const file = encode(mapOf(['manifest', manifest], ['parts', mapOf(['later', later])]));

  assert.deepEqual([...(await readBundle(file, key.public, { uai: UAI })).parts.keys()], ['later']);
});

test('The knowledge of the page reads as it says.', async () => {
  const said = JSON.parse(block('knowledge', 'json'));
  const key = await keyAt(Purpose.KNOWLEDGE, said.key);
  const { manifest, parts } = await readBundle(dump('knowledge'), key, { uai: said.read.uai });

  assert.deepEqual(
    [manifest.issuedMs, manifest.expiresMs],
    [said.read.issued_ms, said.read.expires_ms],
  );
  assert.deepEqual(manifest.version, { epoch: said.read.epoch, number: said.read.version });
  assert.equal(parts.get('alarms').get('posture'), said.read.alarms.posture);
  assert.equal(withoutToday(dump('knowledge')), null);
});

test('An older file, another school’s and another key’s are refused.', async () => {
  const said = JSON.parse(block('knowledge', 'json'));
  const key = await keyAt(Purpose.KNOWLEDGE, said.key);
  const atLeast = { epoch: said.read.epoch, number: said.read.version };
  const newer = { ...atLeast, number: atLeast.number + 1 };
  const other = (await makePrivateKey(Purpose.KNOWLEDGE)).public;
  const misused = { ...key, purpose: Purpose.ORDERS };

  assert.ok(await readBundle(dump('knowledge'), key, { uai: UAI, atLeast }));
  for (const [asked, options] of /** @type {const} */ ([
    [key, { uai: UAI, atLeast: newer }],
    [key, { uai: UAI, atLeast: { epoch: atLeast.epoch + 1, number: 1 } }],
    [key, { uai: '0990002T' }],
    [other, { uai: UAI }],
    [misused, { uai: UAI }],
  ])) {
    await assert.rejects(readBundle(dump('knowledge'), asked, options), KnowledgeError);
  }
});

test('A device’s key signs and opens; what signs nobody takes out, what opens until it is wrapped.', async () => {
  const key = await makeDeviceKey();
  const payload = encode(mapOf([1, 2]));

  assert.equal(await verify(await sign(payload, key), key.public), payload);
  assert.deepEqual([key.handle.extractable, key.agreement.extractable], [false, true]);
  await assert.rejects(crypto.subtle.exportKey('pkcs8', key.handle), { name: /InvalidAccess/ });
  await assert.rejects(unwrap(new Map(), key), { name: 'SealedIdentityError' });
});

test('Knowledge begins anew by the recovery key’s word alone, and names the same key.', async () => {
  const recovery = await keyAt(Purpose.RECOVERY, RECOVERY.key);
  const stranger = (await makePrivateKey(Purpose.RECOVERY)).public;
  const word = fromHex(RECOVERY.valid);
  const before = knowing(1, recovery, null);

  await checkSuccession(before, knowing(1, recovery, null));
  await checkSuccession(before, knowing(RECOVERY.epoch, recovery, word));
  await checkSuccession(knowing(1, null, null), knowing(2, stranger, null));
  for (const following of [
    knowing(RECOVERY.epoch, recovery, null),
    knowing(RECOVERY.epoch + 1, recovery, word),
    knowing(RECOVERY.epoch, stranger, word),
    knowing(1, null, null),
  ]) {
    await assert.rejects(checkSuccession(before, following), KnowledgeError);
  }
});

/**
 * @param {number} epoch
 * @param {import('../core/keys.js').PublicKey | null} recovery
 * @param {Uint8Array<ArrayBuffer> | null} authorisation
 * @returns {any}
 */
function knowing(epoch, recovery, authorisation) {
  const version = { epoch, number: 1 };
  return { manifest: { uai: RECOVERY.uai, version, authorisation }, keys: { recovery } };
}
