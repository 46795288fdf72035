import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Tagged, decode, encode, mapOf } from '../core/canonical.js';
import { fromBase45, split, toBase45 } from '../core/qr.js';
import { fromHex, toHex } from '../core/values.js';

const CAPS = { bytesMax: 100 };

/** @param {string} hex */
function read(hex) {
  return decode(fromHex(hex), CAPS);
}

const WRITTEN = /** @type {[any, string][]} */ ([
  [0, '00'],
  [23, '17'],
  [24, '1818'],
  [255, '18ff'],
  [256, '190100'],
  [65535, '19ffff'],
  [65536, '1a00010000'],
  [4294967296, '1b0000000100000000'],
  [Number.MAX_SAFE_INTEGER, '1b001fffffffffffff'],
  [2n ** 53n, '1b0020000000000000'],
  [2n ** 64n - 1n, '1bffffffffffffffff'],
  [-1, '20'],
  [-65537, '3a00010000'],
  [Number.MIN_SAFE_INTEGER, '3b001ffffffffffffe'],
  [-(2n ** 64n), '3bffffffffffffffff'],
  ['é', '62c3a9'],
  ['\ufeff', '63efbbbf'],
  [new Uint8Array([1, 2]), '420102'],
  [[true, false, null], '83f5f4f6'],
  [mapOf([-1, 0], [24, 0], [1, 0]), 'a301002000181800'],
  [mapOf(['a', 1], [100, 2]), 'a2186402616101'],
  [new Tagged(18, []), 'd280'],
]);

for (const [value, hex] of WRITTEN) {
  test(`Written in one form, and read back from it: ${hex}.`, () => {
    assert.equal(toHex(encode(value)), hex);
    assert.deepEqual(read(hex), value);
  });
}

const REFUSED = {
  nothing: '',
  'a head longer than needed': '1817',
  "a text's head longer than needed": '780161',
  'bytes left over': '0000',
  'keys out of order': 'a202000100',
  'a key twice': 'a201000100',
  'a float': 'f93c00',
  undefined: 'f7',
  'true in a longer form': 'f815',
  'true as a key': 'a1f500',
  'an indefinite array': '9fff',
  'a text that is not UTF-8': '61ff',
  'half of a surrogate pair': '63eda080',
  'another tag': 'c100',
  'bytes cut short': '4201',
  'more bytes than memory': '5bffffffffffffffff',
  'more items than time': '9bffffffffffffffff',
  'five deep': '818181818100',
  'thirty-three items': `9820${'00'.repeat(32)}`,
};

for (const [what, hex] of Object.entries(REFUSED)) {
  test(`Refused: ${what}.`, () => {
    assert.throws(() => read(hex), { name: 'UnreadablePass' });
  });
}

test('Four deep and thirty-two items are within the caps, an empty array below too.', () => {
  assert.deepEqual(read('8181818180'), [[[[[]]]]]);
  assert.equal(read(`981f${'00'.repeat(31)}`).length, 31);
});

test('What is longer than its cap is refused before it is looked at.', () => {
  assert.throws(() => decode(new Uint8Array(101), CAPS), /more than 100/);
});

test('A number that is not whole is no value of any format.', () => {
  assert.throws(() => encode(1.5), TypeError);
  assert.throws(() => encode(2 ** 53), TypeError);
});

test('Base45 comes back, and the examples of RFC 9285 are written as there.', () => {
  const hello = new TextEncoder().encode('Hello!!');
  assert.equal(toBase45(hello), '%69 VD92EX0');
  assert.deepEqual(fromBase45('%69 VD92EX0'), hello);
  assert.deepEqual(fromBase45(''), new Uint8Array(0));
});

for (const text of ['A', 'ABCD', 'GGW', ':::', '::', 'abc', 'AÀA', '𝟘𝟘𝟘']) {
  test(`Not Base45: ${text}.`, () => {
    assert.throws(() => fromBase45(text), { name: 'UnreadablePass' });
  });
}

test('One line end is dropped, and nothing else: the space is a sign of the alphabet.', () => {
  assert.deepEqual(split('PQ1:%69 VD92EX0\r\n').data.length, 7);
  assert.throws(() => split('PQ1:%69 VD92EX0 '), { name: 'UnreadablePass' });
  assert.throws(() => split('PQ1:%69 VD92EX0\n\n'), { name: 'UnreadablePass' });
  assert.throws(() => split(' PQ1:%69 VD92EX0'), { name: 'NotAPass' });
  assert.throws(() => split(`PQ1:${'0'.repeat(1197)}`), /more than 1200/);
});
