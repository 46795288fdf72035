/** What a device tells its school's server and hears from it, held to the vectors of the wire. */

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { decode, encode, mapOf } from '../core/canonical.js';
import { readOrder } from '../core/erasure_orders.js';
import { BadSeal, LinkError, UnreadablePass } from '../core/errors.js';
import { openCheckpoint, signCheckpoint } from '../core/journal_checkpoint.js';
import { Purpose, makePrivateKey } from '../core/keys.js';
import { parseSigned, sign, verifyAs } from '../core/seal.js';
import { fromHex, toHex } from '../core/values.js';
import { filingBytes, readAcknowledgement } from '../core/wire.js';
import { digest, readAnswer, signCall } from '../core/wire_calls.js';
import { readAdmission, readInvitation, signApplication } from '../core/wire_enrolment.js';
import {
  admissionOf,
  elsewhereOf,
  isTimely,
  readNews,
  reportBytes,
  rulingOf,
} from '../core/wire_news.js';
import { keyAt, vectors } from './vectors.js';

const VALID = vectors('wire/valid');
const INVALID = vectors('wire/invalid');
const NONCE = fromHex(VALID.nonce);
const BODY = fromHex(VALID.acknowledgement);
const NOW = VALID.now_ms;
const orders = await keyAt(Purpose.ORDERS, VALID.keys.orders);
const own = await makePrivateKey(Purpose.GATE);
const school = await makePrivateKey(Purpose.ORDERS);

/** @param {Uint8Array} data */
function onlyNote(data) {
  const { notes } = readNews(data);
  assert.equal(notes.length, 1);
  return notes[0];
}

/** @type {Record<string, (data: string) => any>} What a device reads, each as it would. */
const READERS = {
  answer: (data) => readAnswer(fromHex(data), orders, { nonce: NONCE, body: BODY }),
  acknowledgement: (data) => readAcknowledgement(fromHex(data)),
  invitation: readInvitation,
  admission: (data) => readAdmission(fromHex(data), readInvitation(VALID.invitation), NONCE),
  news: (data) => readNews(fromHex(data)),
  ruling: (data) => rulingOf(onlyNote(fromHex(data))),
  elsewhere: (data) => elsewhereOf(onlyNote(fromHex(data))),
  'console admission': (data) => admissionOf(onlyNote(fromHex(data))),
};

for (const [kind, read] of Object.entries(READERS)) {
  for (const [what, data] of Object.entries(INVALID[kind])) {
    test(`What is not exactly right is refused: ${kind}, ${what}.`, async () => {
      await assert.rejects(async () => read(data), LinkError);
    });
  }
}

test('A call says what the vector says, signed by its own key.', async () => {
  const bodyHash = await digest(fromHex(VALID.filing));
  const call = { gateId: 'gate-7', request: VALID.request, sentMs: NOW, nonce: NONCE, bodyHash };
  const signed = parseSigned(await signCall(call, own), 512);

  assert.deepEqual(signed.payload, parseSigned(fromHex(VALID.call), 512).payload);
  await verifyAs(signed, own.public, 'portique-call');
});

test("A call is signed by a device's own key alone, and never longer than is read.", async () => {
  const call = { gateId: 'g', request: 'GET /', sentMs: 1, nonce: NONCE, bodyHash: NONCE };

  await assert.rejects(signCall(call, school), RangeError);
  await assert.rejects(signCall({ ...call, request: 'a'.repeat(500) }, own), RangeError);
});

test("An answer made elsewhere is read, with the server's time.", async () => {
  assert.deepEqual(await READERS.answer(VALID.answer), { status: 200, sentMs: NOW + 40 });
});

test('An answer counts for its own call, body and key alone.', async () => {
  const answer = fromHex(VALID.answer);
  const knowledge = await keyAt(Purpose.KNOWLEDGE, VALID.keys.orders);

  for (const [key, to] of /** @type {const} */ ([
    [orders, { nonce: own.public.x.slice(0, 16), body: BODY }],
    [orders, { nonce: NONCE, body: NONCE }],
    [knowledge, { nonce: NONCE, body: BODY }],
  ])) {
    await assert.rejects(readAnswer(answer, key, to), LinkError);
  }
});

/** The three lines of the vector's filing, the second one erased. */
function lines() {
  const rows = decode(fromHex(VALID.filing), { bytesMax: 4096, itemsMax: 64 }).get(2);
  return rows.map((/** @type {any[]} */ [number, timeMs, salt, body, commitment, chain]) => ({
    number,
    timeMs,
    salt,
    body,
    commitment,
    chain,
  }));
}

test('A filing is written to the last byte, with and without its signed head.', () => {
  const filing = { epoch: 2, lines: lines() };
  const head = new TextEncoder().encode('signed head');

  assert.equal(toHex(filingBytes({ ...filing, head })), VALID.filing);
  assert.equal(toHex(filingBytes(filing)), VALID['filing without head']);
});

test('An acknowledgement tells what is held, set aside, newest and to be erased.', () => {
  const [full, short] = ['acknowledgement', 'shortest acknowledgement'].map((name) =>
    READERS.acknowledgement(VALID[name]),
  );

  assert.deepEqual(full.setAside, [[2, 'unknown-kind']]);
  assert.deepEqual([full.epoch, full.number, full.knowledge], [2, 3, { epoch: 1, number: 40 }]);
  assert.deepEqual(full.orders, [new Uint8Array(new TextEncoder().encode('order'))]);
  assert.deepEqual(
    [short.number, short.setAside, short.knowledge, short.orders],
    [0, [], null, []],
  );
});

test('An invitation is read, the line end of a reader dropped.', () => {
  const invitation = readInvitation(`${VALID.invitation}\r\n`);

  assert.equal(invitation.address, 'https://portique.example:8443');
  assert.deepEqual([invitation.uai, invitation.expiresS], ['0990001S', 1_795_333_900]);
  assert.equal(toHex(invitation.secret), VALID.secret);
});

test('An application proves the secret as the vector does, without telling it.', async () => {
  const key = await keyAt(Purpose.GATE, VALID.keys.gate);
  const secret = fromHex(VALID.secret);
  const application = { key, nonce: NONCE, version: '0.2.0' };
  const signed = parseSigned(await signApplication(application, own, secret), 1024);

  assert.deepEqual(signed.payload, parseSigned(fromHex(VALID.application), 1024).payload);
  await verifyAs(signed, own.public, 'portique-application');
});

test('An admission says who the device is, by the key that the invitation named.', async () => {
  const admission = await READERS.admission(VALID.admission);

  assert.deepEqual(
    [admission.gateId, admission.lane, admission.sentMs],
    ['gate-7', 'entry-1', NOW],
  );
  assert.equal(toHex(admission.knowledgeKey.x), VALID.keys.knowledge.x);
});

const HEALTH = {
  version: '0.2.0',
  epoch: 2,
  last: 812,
  unsent: 3,
  clockUncertaintyMs: 40,
  clockTrusted: true,
  mode: 'control',
  setAside: 1,
};
const MORE = { diskFree: 9_000_000_000, knowledge: { epoch: 1, number: 40 } };
const FAILING = { ...HEALTH, ...MORE, failing: ['camera', 'reader', 'turnstile.left'] };

for (const [what, report] of Object.entries({
  report: { cursor: 6, health: { ...HEALTH, ...MORE } },
  'shortest report': { cursor: 0, health: HEALTH },
  'report of a gate without its camera': { cursor: 6, health: FAILING },
})) {
  test(`A report is written to the last byte: ${what}.`, () => {
    assert.equal(toHex(reportBytes(report)), VALID[what]);
  });
}

test('News bring the knowledge to fetch, the stream and notes, even of kinds unknown here.', () => {
  const news = READERS.news(VALID.news);

  assert.deepEqual([news.cursor, news.knowledge], [12, { epoch: 1, number: 41 }]);
  assert.equal(news.stream, 'https://portique.example:8444/gate/v1/stream');
  assert.deepEqual(
    news.notes.map((/** @type {any} */ { number, kind }) => [number, kind]),
    [
      [7, 'ruling'],
      [9, 'elsewhere'],
      [12, 'weather'],
    ],
  );
});

test('The shortest news are a cursor.', () => {
  const expected = { cursor: 0, knowledge: null, notes: [], stream: null };

  assert.deepEqual(READERS.news(VALID['shortest news']), expected);
});

test('Notes of each kind are read.', () => {
  const [ruled, seen] = READERS.news(VALID.news).notes;
  const [asked] = READERS.news(VALID['news of an admission']).notes;

  assert.deepEqual(rulingOf(ruled), {
    epoch: 2,
    number: 811,
    ruling: 'admit',
    reason: 'checked',
    agent: 'loge-2',
  });
  assert.deepEqual(elsewhereOf(seen), { holder: '00112233aabbccdd', atMs: NOW, lane: 'entry-2' });
  assert.deepEqual(admissionOf(asked), {
    admission: '8877665544332211',
    atMs: NOW,
    lane: 'entry-1',
    reason: 'forgotten',
    agent: 'console-0a1b2c3d',
  });
});

test('An admission from the console counts for a minute, before and after.', () => {
  const asked = admissionOf(READERS.news(VALID['news of an admission']).notes[0]);

  assert.deepEqual(
    [-60_001, -60_000, 60_000, 60_001].map((ms) => isTimely(asked, NOW + ms)),
    [false, true, true, false],
  );
});

const HEAD = {
  gateId: 'scanner-1',
  epoch: 2,
  number: 812,
  chain: new Uint8Array(32).fill(7),
  timeMs: NOW,
  highestMs: NOW + 1,
};

test('A signed head is read back as it was signed, by its own device alone.', async () => {
  const signed = await signCheckpoint(HEAD, own);

  assert.deepEqual(await openCheckpoint(signed, own.public), HEAD);
  await assert.rejects(openCheckpoint(signed, school.public), BadSeal);
});

test('What is signed and no head is refused.', async () => {
  /** @type {[number, any][]} */
  const good = Object.values(HEAD).map((value, at) => [at + 1, value]);
  const others = [new Map(good).set(7, 1), new Map(good).set(4, NONCE), new Map(good.slice(1))];
  for (const payload of [[], ...others]) {
    const signed = await sign(encode(payload), own, { typ: 'portique-checkpoint' });
    await assert.rejects(openCheckpoint(signed.toBytes(), own.public), UnreadablePass);
  }
});

const ORDER = mapOf([1, 'scanner-1'], [2, 2], [3, [1, 3, 9, 9]], [4, fromHex('0011223344556677')]);
/** @type {Uint8Array<ArrayBuffer>} */
let order;

before(async () => {
  order = (await sign(encode(ORDER), school, { typ: 'portique-erasure' })).toBytes();
});

test('An erasure order of the school is read, and kept as evidence.', async () => {
  assert.deepEqual(await readOrder(order, school.public), {
    gateId: 'scanner-1',
    epoch: 2,
    ranges: [
      [1, 3],
      [9, 9],
    ],
    orderId: '0011223344556677',
    evidence: order,
  });
});

test('An erasure order by another key, or changed in one byte, erases nothing.', async () => {
  await assert.rejects(readOrder(order, orders), LinkError);
  await assert.rejects(readOrder(order, own.public), LinkError);
  await assert.rejects(readOrder(order, { ...school.public, purpose: Purpose.PASS }), LinkError);
  for (let at = 0; at < order.length; at += 1) {
    const changed = order.map((byte, place) => (place === at ? byte ^ 1 : byte));
    await assert.rejects(readOrder(changed, school.public), LinkError);
  }
});

for (const [what, key, value] of /** @type {const} */ ([
  ['ranges that touch', 3, [1, 2, 3, 4]],
  ['an odd end', 3, [1]],
  ['no range', 3, []],
  ['a number of seven bytes', 4, new Uint8Array(7)],
  ['an epoch as text', 2, '2'],
  ['a key more', 5, 0],
])) {
  test(`An erasure order in another form is refused: ${what}.`, async () => {
    const payload = new Map(ORDER).set(key, value);
    const signed = await sign(encode(payload), school, { typ: 'portique-erasure' });
    await assert.rejects(readOrder(signed.toBytes(), school.public), LinkError);
  });
}
