import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Rate } from '../scanner/rate.js';
import { Wedge } from '../scanner/wedge.js';
import { LAYOUTS } from '../scanner/wedge_keys.js';

const PASS = 'PQ1:9G$ B%*+-./7';
const FIELD = { tagName: 'INPUT', type: 'text' };

/** One page with a wedge on it; keys are pressed `everyMs` apart. */
class Desk extends EventTarget {
  /** @type {string[]} */
  texts = [];
  atMs = 1_000;
  unread = 0;
  wedge = new Wedge({
    onText: (text) => this.texts.push(text),
    onUnread: () => (this.unread += 1),
    page: this,
  });

  constructor() {
    super();
    this.wedge.start();
  }

  /**
   * Press a key; says whether the page still gets it.
   * @param {Record<string, unknown>} key
   * @param {number} [everyMs]
   */
  press(key, everyMs = 10) {
    this.atMs += everyMs;
    const event = new Event('keydown', { cancelable: true });
    const values = { getModifierState: () => false, timeStamp: this.atMs, target: null, ...key };
    for (const [name, value] of Object.entries(values))
      Object.defineProperty(event, name, { value });
    return this.dispatchEvent(event);
  }

  /**
   * Type as a reader set to one layout does, on a phone set to another.
   * @param {string} text
   * @param {{reader?: 'us' | 'fr', phone?: 'us' | 'fr', everyMs?: number, target?: unknown}} [how]
   */
  type(text, { reader = 'us', phone = 'us', everyMs = 10, target = null } = {}) {
    for (const letter of text) {
      const { code, shiftKey } = placeOf(letter, reader);
      const table = shiftKey ? LAYOUTS[phone].shifted : LAYOUTS[phone].plain;
      this.press({ key: table[code] ?? 'Dead', code, shiftKey, target }, everyMs);
    }
    return this.press({ key: 'Enter', code: 'Enter', target }, everyMs);
  }
}

/**
 * @param {string} letter
 * @param {'us' | 'fr'} layout
 */
function placeOf(letter, layout) {
  for (const [shiftKey, table] of /** @type {const} */ ([
    [false, LAYOUTS[layout].plain],
    [true, LAYOUTS[layout].shifted],
  ])) {
    const found = Object.entries(table).find(([, each]) => each === letter);
    if (found) return { code: found[0], shiftKey };
  }
  throw new Error(`no ${letter} on ${layout}`);
}

for (const reader of /** @type {const} */ (['us', 'fr'])) {
  for (const phone of /** @type {const} */ (['us', 'fr'])) {
    test(`A pass is read whole by a reader set to ${reader} on a phone set to ${phone}.`, () => {
      const desk = new Desk();
      desk.type(PASS, { reader, phone });

      assert.deepEqual(desk.texts, [PASS]);
    });

    test(`A badge's number is read by a reader set to ${reader} on a phone set to ${phone}.`, () => {
      const desk = new Desk();
      desk.type('04A1B2C3', { reader, phone });

      assert.deepEqual(desk.texts, ['04A1B2C3']);
    });
  }
}

test('What a hand types is no text, and its Enter is the page’s.', () => {
  const desk = new Desk();
  const reaches = desk.type(PASS, { everyMs: 250 });

  assert.equal(reaches, true);
  assert.deepEqual(desk.texts, []);
  assert.equal(desk.wedge.counts.typed > 0, true);
});

test('A reader’s keys reach nothing else on the page, from the second on.', () => {
  const desk = new Desk();
  const reached = [...'PQ 1'].map((key) => desk.press({ key, code: '' }));

  assert.deepEqual(reached, [true, false, false, false]);
  assert.equal(desk.press({ key: 'Enter', code: 'Enter' }), false);
  assert.deepEqual(desk.texts, ['PQ 1']);
});

test('Enter and a few keys are a hand’s.', () => {
  const desk = new Desk();

  assert.equal(desk.type('12'), true);
  assert.deepEqual(desk.texts, []);
});

test('What goes into a field is left there.', () => {
  const desk = new Desk();

  assert.equal(desk.type(PASS, { target: FIELD }), true);
  assert.deepEqual(desk.texts, []);
});

test('A text longer than any pass is counted and let go.', () => {
  const desk = new Desk();
  desk.type('A'.repeat(1_201), { everyMs: 1 });

  assert.deepEqual(desk.texts, []);
  assert.deepEqual([desk.wedge.counts.overlong, desk.unread], [1, 1]);
});

test('A key that no layout has spoils the text.', () => {
  const desk = new Desk();
  for (const key of ['P', 'Q', 'Dead', '1']) desk.press({ key, code: 'Dead' });
  desk.press({ key: 'Enter', code: 'Enter' });

  assert.deepEqual(desk.texts, []);
  assert.deepEqual([desk.wedge.counts.unreadable, desk.unread], [1, 1]);
});

test('A reader that never stops is slowed to what people can show.', () => {
  const desk = new Desk();
  for (let turn = 0; turn < 20; turn += 1) desk.type('PQ1:AAAA', { everyMs: 1 });

  assert.equal(desk.texts.length, 5);
  assert.equal(desk.wedge.counts.flooded, 15);
});

test('A wedge that was stopped hears nothing.', () => {
  const desk = new Desk();
  desk.wedge.stop();
  desk.type(PASS);

  assert.deepEqual(desk.texts, []);
});

test('A reader that was quiet brings texts again: one a second, never more than five at once.', () => {
  const rate = new Rate();
  const taken = (/** @type {number} */ atMs) => {
    let count = 0;
    while (rate.takes(atMs)) count += 1;
    return count;
  };

  assert.deepEqual([0, 999, 2_000, 1_000, 60_000].map(taken), [5, 0, 2, 0, 5]);
});
