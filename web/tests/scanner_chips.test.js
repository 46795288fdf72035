/** Chip badges held to the back of a phone: what is taken off them, and what a phone may refuse. */

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { Chips } from '../scanner/chips.js';

const PASS = 'PQ1:9G$ B%*+-./7';
const NUMBER = '04:a2:24:5b:c1:64:80';

/** What a browser gives to read chips with, and the chips somebody holds to it. */
class Antenna extends EventTarget {
  /** @type {Antenna[]} */
  static all = [];
  static refusal = '';
  /** @type {AbortSignal | null} */
  signal = null;

  /** @param {{signal: AbortSignal}} options */
  async scan({ signal }) {
    if (Antenna.refusal) throw new DOMException('no', Antenna.refusal);
    this.signal = signal;
    Antenna.all.push(this);
  }

  /**
   * @param {string} serialNumber
   * @param {{recordType: string, encoding?: string, data?: DataView}[]} [records]
   * @param {number} [timeStamp]
   */
  hold(serialNumber, records = [], timeStamp = 0) {
    const event = new Event('reading');
    for (const [name, value] of Object.entries({ serialNumber, message: { records }, timeStamp }))
      Object.defineProperty(event, name, { value });
    this.dispatchEvent(event);
  }
}

/** @param {string} text */
function written(text) {
  const data = new DataView(new TextEncoder().encode(text).buffer);
  return { recordType: 'text', encoding: 'utf-8', data };
}

/** @param {typeof Antenna | undefined} Reader */
function phone(Reader = Antenna) {
  /** @type {string[]} */
  const texts = [];
  const counts = { unread: 0, changes: 0 };
  const onText = (/** @type {string} */ text) => texts.push(text);
  const chips = new Chips({ onText, onUnread: () => (counts.unread += 1), Reader });
  chips.addEventListener('change', () => (counts.changes += 1));
  return { chips, texts, counts };
}

beforeEach(() => {
  Antenna.all = [];
  Antenna.refusal = '';
});

test('nothing is read before an agent asks for it', async () => {
  await phone().chips.start();
  assert.equal(Antenna.all.length, 0);
});

test('a browser without chips says so, and asks nobody', async () => {
  const chips = new Chips({ onText: assert.fail, onUnread: assert.fail });
  assert.equal(chips.possible, false);
  await chips.turn(true);
  assert.equal(chips.fault, null);
});

test('a badge gives its number, once while it stays', async () => {
  const { chips, texts } = phone();
  await chips.turn(true);
  for (const atMs of [0, 900, 1_900, 3_800]) Antenna.all[0].hold(NUMBER, [], atMs);
  Antenna.all[0].hold(NUMBER, [], 6_000);
  assert.deepEqual(texts, [NUMBER, NUMBER]);
});

test('many chips one after the other are taken a few at a time', async () => {
  const { chips, texts } = phone();
  await chips.turn(true);
  for (let chip = 10; chip < 30; chip += 1) Antenna.all[0].hold(`04:a2:24:${chip}`, [], 1_000);
  assert.equal(texts.length, 5);
});

test('a pass that is written on a chip goes before its number', async () => {
  const { chips, texts } = phone();
  await chips.turn(true);
  const odd = { ...written('PQ1:X'), encoding: 'no-such-encoding' };
  const other = { ...written('PQ1:Y'), recordType: 'mime' };
  const records = [{ recordType: 'empty' }, other, odd, written('a name'), written(PASS)];
  Antenna.all[0].hold(NUMBER, records);
  assert.deepEqual(texts, [PASS]);
});

test('a chip that gives nothing is told', async () => {
  const { chips, texts, counts } = phone();
  await chips.turn(true);
  Antenna.all[0].hold('');
  Antenna.all[0].dispatchEvent(new Event('readingerror'));
  assert.deepEqual([texts, counts.unread], [[], 2]);
});

test('once stopped nothing is taken, and starting twice reads once', async () => {
  const { chips, texts } = phone();
  await chips.turn(true);
  await chips.start();
  chips.stop();
  Antenna.all[0].hold(NUMBER);
  assert.deepEqual([Antenna.all.length, texts, Antenna.all[0].signal?.aborted], [1, [], true]);
});

test('a phone that refuses says why, and may be asked again', async () => {
  const { chips, counts } = phone();
  for (const [refusal, fault] of [
    ['NotAllowedError', 'denied'],
    ['NotReadableError', 'off'],
    ['NotSupportedError', 'off'],
  ]) {
    Antenna.refusal = refusal;
    await chips.turn(true);
    assert.equal(chips.fault, fault);
  }
  Antenna.refusal = '';
  await chips.turn(true);
  assert.deepEqual([chips.fault, Antenna.all.length, counts.changes], [null, 1, 8]);
});

test('once switched off nothing is taken', async () => {
  const { chips, texts } = phone();
  await chips.turn(true);
  await chips.turn(false);
  await chips.start();
  Antenna.all[0].hold(NUMBER);
  assert.deepEqual([Antenna.all.length, texts], [1, []]);
});

test('a phone that refused is asked again when the lane is looked at again', async () => {
  const { chips } = phone();
  Antenna.refusal = 'NotReadableError';
  await chips.turn(true);
  Antenna.refusal = '';
  await chips.start();
  assert.deepEqual([chips.fault, Antenna.all.length], [null, 1]);
});

test('a badge that stays is shown again to whoever comes back to the lane', async () => {
  const { chips, texts } = phone();
  await chips.turn(true);
  Antenna.all[0].hold(NUMBER, [], 0);
  chips.stop();
  await chips.start();
  Antenna.all[1].hold(NUMBER, [], 1_000);
  assert.deepEqual(texts, [NUMBER, NUMBER]);
});
