import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { Feedback } from '../scanner/feedback.js';

const SIGNS = /** @type {const} */ (['grant', 'refer', 'refuse', 'alert']);
/** @type {number[]} */
let notes = [];
/** @type {number[][]} */
let shakes = [];
/** @type {Map<string, string>} */
let kept = new Map();

/** What plays nothing, and writes its notes down. */
class Silence {
  state = 'suspended';
  currentTime = 0;

  async resume() {
    this.state = 'running';
  }

  createGain() {
    const gain = {
      setValueAtTime() {},
      linearRampToValueAtTime() {},
      exponentialRampToValueAtTime() {},
    };
    return { gain, connect() {} };
  }

  createOscillator() {
    const frequency = { value: 0 };
    const start = () => notes.push(frequency.value);
    return { frequency, connect: () => ({ connect() {} }), start, stop() {} };
  }
}

beforeEach(() => {
  [notes, shakes, kept] = [[], [], new Map()];
  const navigator = { vibrate: (/** @type {number[]} */ shake) => shakes.push(shake) };
  const localStorage = {
    getItem: (/** @type {string} */ name) => kept.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) => kept.set(name, value),
  };
  for (const [name, value] of Object.entries({ navigator, localStorage, AudioContext: Silence }))
    Object.defineProperty(globalThis, name, { value, configurable: true });
});

test('Each outcome sounds and shakes unlike the others.', async () => {
  const feedback = new Feedback();
  await feedback.allow();
  const heard = SIGNS.map((sign) => {
    notes = [];
    feedback.give(sign);
    return notes.join(' ');
  });

  assert.equal(new Set(heard).size, SIGNS.length);
  assert.equal(new Set(shakes.map(String)).size, SIGNS.length);
});

test('Before a touch the phone only shakes.', () => {
  const feedback = new Feedback();
  feedback.give('grant');

  assert.deepEqual(notes, []);
  assert.equal(shakes.length, 1);
});

test('What is switched off stays off on this phone.', async () => {
  const before = new Feedback();
  [before.sound, before.vibration] = [false, false];
  const after = new Feedback();
  await after.allow();
  after.give('refuse');

  assert.deepEqual([after.sound, after.vibration], [false, false]);
  assert.deepEqual([notes, shakes], [[], []]);
});

test('A phone that can’t vibrate, in a browser that keeps nothing, still sounds.', async () => {
  for (const name of ['navigator', 'localStorage'])
    Object.defineProperty(globalThis, name, { value: name === 'navigator' ? {} : undefined });
  const feedback = new Feedback();
  await feedback.allow();
  feedback.give('grant');

  assert.equal(feedback.canVibrate, false);
  assert.equal(notes.length, 2);
});
