import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { Showings } from '../core/showing.js';
import { Reading } from '../scanner/reading.js';

const PLACE = /** @type {const} */ ([
  [0.4, 0.4],
  [0.6, 0.4],
  [0.6, 0.6],
  [0.4, 0.6],
]);

/** A worker that answers when it is told to. */
class Worker extends EventTarget {
  /** @type {((event: {data: any}) => void) | null} */
  onmessage = null;
  /** @type {any[]} */
  asked = [];
  ended = false;

  /** @param {any} question */
  postMessage(question) {
    this.asked.push(question);
  }

  terminate() {
    this.ended = true;
  }

  /** @param {any} look */
  answer(look) {
    this.onmessage?.({ data: { look } });
  }
}

/** A phone whose time stands until it is let pass. */
class Phone {
  /** @type {Worker[]} */
  workers = [];
  /** @type {string[]} */
  opened = [];
  nowMs = 1_000_000;
  steadyMs = 5_000;
  /** What was last cut out of the video: left, top, width, height. @type {number[]} */
  place = [];

  constructor() {
    mock.timers.enable({ apis: ['setTimeout'] });
    mock.method(performance, 'now', () => this.steadyMs);
    const createImageBitmap = async (/** @type {any[]} */ ...[, ...place]) => {
      this.place = place;
      return { close() {} };
    };
    Object.assign(globalThis, { createImageBitmap });
    const video = {
      videoWidth: 1920,
      videoHeight: 1080,
      requestVideoFrameCallback: (/** @type {() => void} */ then) => then(),
    };
    this.reading = new Reading({
      video: /** @type {any} */ (video),
      showings: new Showings(),
      nowMs: () => this.nowMs,
      onShowing: ({ text }) => this.opened.push(text),
      makeWorker: () => {
        this.workers.push(new Worker());
        return /** @type {any} */ (this.workers.at(-1));
      },
    });
    this.reading.start();
  }

  get worker() {
    return /** @type {Worker} */ (this.workers.at(-1));
  }

  /** @param {number} ms */
  async pass(ms) {
    this.nowMs += ms;
    this.steadyMs += ms;
    mock.timers.tick(ms);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  }

  /**
   * Have the worker answer for one picture.
   * @param {string[]} texts
   * @param {boolean} [unread]
   */
  async see(texts, unread = false) {
    await this.pass(100);
    this.worker.answer({ codes: texts.map((text) => ({ text, quad: PLACE })), unread });
    await this.pass(0);
  }
}

/** @param {(phone: Phone) => Promise<void>} body */
async function withPhone(body) {
  const phone = new Phone();
  try {
    await body(phone);
  } finally {
    phone.reading.stop();
    mock.timers.reset();
    mock.restoreAll();
  }
}

test('One picture is read at a time, and the next is taken after the answer.', () =>
  withPhone(async (phone) => {
    await phone.pass(1_000);
    assert.equal(phone.worker.asked.length, 1);
    await phone.see(['PQ1:A']);
    await phone.pass(100);

    assert.equal(phone.worker.asked.length, 2);
    assert.deepEqual(phone.opened, ['PQ1:A']);
  }));

test('The middle of the video is read: beside it may be a neighbour’s code.', () =>
  withPhone(async (phone) => {
    await phone.pass(0);

    assert.deepEqual(phone.place, [420, 0, 1080, 1080]);
  }));

test('Each picture goes to the worker with a steady time, also while the lane’s stands.', () =>
  withPhone(async (phone) => {
    for (let turn = 0; turn < 3; turn += 1) {
      await phone.see([]);
      phone.nowMs = 1_000_000;
    }

    assert.deepEqual(
      phone.worker.asked.map(({ atMs }) => atMs),
      [5_100, 5_200, 5_300],
    );
  }));

test('A worker that falls silent is replaced, and said not to work until it answers.', () =>
  withPhone(async (phone) => {
    await phone.see([]);
    const [first] = phone.workers;
    await phone.pass(100);
    await phone.pass(7_900);
    assert.equal(phone.reading.state.works, true); // a slow phone's first hard picture
    await phone.pass(100);
    assert.equal(phone.reading.state.works, false);
    assert.equal(first.ended, true);
    await phone.pass(1_000);
    await phone.see(['PQ1:A']);

    assert.equal(phone.reading.state.works, true);
    assert.deepEqual(phone.opened, ['PQ1:A']);
  }));

test('A new worker is given time to load its reader.', () =>
  withPhone(async (phone) => {
    await phone.pass(0);
    await phone.pass(19_000);
    assert.equal(phone.workers.length, 1);
    await phone.see(['PQ1:A']);

    assert.deepEqual(phone.opened, ['PQ1:A']);
  }));

test('A code that resists for a second is told of, until it is read.', () =>
  withPhone(async (phone) => {
    for (let turn = 0; turn < 10; turn += 1) await phone.see([], true);
    assert.equal(phone.reading.state.unread, false);
    await phone.see([], true);
    assert.equal(phone.reading.state.unread, true);
    await phone.see(['PQ1:A']);

    assert.equal(phone.reading.state.unread, false);
  }));

test('An answer that comes after the stop comes to nothing.', () =>
  withPhone(async (phone) => {
    await phone.pass(100);
    phone.reading.stop();
    phone.worker.answer({ codes: [{ text: 'PQ1:A', quad: PLACE }], unread: false });
    await phone.pass(5_000);

    assert.deepEqual(phone.opened, []);
    assert.equal(phone.worker.ended, true);
    assert.equal(phone.workers.length, 1);
  }));

test('A reader’s line opens a showing of its own, with the lane’s time.', () =>
  withPhone(async (phone) => {
    phone.reading.line('PQ1:A');
    phone.reading.line('PQ1:A');

    assert.deepEqual(phone.opened, ['PQ1:A', 'PQ1:A']);
  }));

test('Under a sheet nothing is decided, and a code still there afterwards is not shown anew.', () =>
  withPhone(async (phone) => {
    await phone.see(['PQ1:A']);
    phone.reading.held = () => true;
    for (let turn = 0; turn < 40; turn += 1) await phone.see(['PQ1:B']);
    phone.reading.line('04A1B2C3');
    phone.reading.held = () => false;
    await phone.see(['PQ1:A']);
    assert.deepEqual(phone.opened, ['PQ1:A']);
    await phone.see(['PQ1:B']);

    assert.deepEqual(phone.opened, ['PQ1:A', 'PQ1:B']);
  }));

test('That one code at a time is wanted stays to be read for two seconds.', () =>
  withPhone(async (phone) => {
    await phone.see(['PQ1:A', 'PQ1:B']);
    await phone.see(['PQ1:A']);
    assert.equal(phone.reading.state.crowded, true);
    for (let turn = 0; turn < 20; turn += 1) await phone.see(['PQ1:A']);

    assert.equal(phone.reading.state.crowded, false);
  }));

for (const [what, step] of /** @type {const} */ ([
  ['put back by the server', -300_000],
  ['told after a sleep', 300_000],
])) {
  test(`A card that went and comes again is shown again, also when the time was ${what}.`, () =>
    withPhone(async (phone) => {
      await phone.see(['PQ1:A']);
      phone.nowMs += step;
      if (step < 0) for (let turn = 0; turn < 21; turn += 1) await phone.see([]);
      await phone.see(['PQ1:A']);

      assert.deepEqual(phone.opened, ['PQ1:A', 'PQ1:A']);
    }));
}

test('A code that resists is told of, also when the time was put back meanwhile.', () =>
  withPhone(async (phone) => {
    await phone.see([], true);
    phone.nowMs -= 300_000;
    for (let turn = 0; turn < 10; turn += 1) await phone.see([], true);

    assert.equal(phone.reading.state.unread, true);
  }));

test('Stopped and started again, nothing is said of what was seen before.', () =>
  withPhone(async (phone) => {
    let changes = 0;
    phone.reading.addEventListener('change', () => (changes += 1));
    for (let turn = 0; turn < 11; turn += 1) await phone.see(['PQ1:A', 'PQ1:B'], true);
    phone.reading.stop();
    const calm = { works: true, crowded: false, overstayed: false, unread: false };
    assert.deepEqual(phone.reading.state, calm);
    phone.reading.start();
    await phone.see([], true);

    assert.deepEqual(phone.reading.state, calm);
    assert.equal(changes, 3); // crowded, unreadable too, calm
  }));
