/** Entries in JavaScript, held to the vectors of the journal. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BODIES, fromBody, toBody } from '../core/entries.js';
import { commitment, genesis, link } from '../core/entries_chain.js';
import { JournalError } from '../core/errors.js';
import { fromHex, toHex } from '../core/values.js';
import { vectors } from './vectors.js';

const VALID = vectors('journal/bodies');
const INVALID = vectors('journal/invalid');
const CHAIN = vectors('journal/chain');
const COUNT = {
  kind: 'count',
  lane: 'exit-1',
  direction: 'exit',
  people: 1,
  sinceMs: 1,
  untilMs: 2,
};

for (const [what, hex] of Object.entries(VALID)) {
  test(`A body is read and written back to the last byte: ${what}.`, () => {
    assert.equal(toHex(toBody(fromBody(fromHex(hex)))), hex);
  });
}

test('No kind is left out of the vectors.', () => {
  const kinds = Object.values(VALID).map((hex) => fromBody(fromHex(hex)).kind);

  assert.deepEqual([...new Set(kinds)].sort(), Object.keys(BODIES).sort());
});

for (const [what, hex] of Object.entries(INVALID)) {
  test(`A wrong body is refused: ${what}.`, () => {
    assert.throws(() => fromBody(fromHex(/** @type {string} */ (hex))), JournalError);
  });
}

for (const [what, change] of Object.entries({
  'a name for a lane': { lane: 'Zoé Martin' },
  'a direction nobody goes': { direction: 'up' },
  'half a person': { people: 0.5 },
  'a field of another kind': { showing: 1 },
  'a field missing': { untilMs: null },
})) {
  test(`What could not be read back is never written: ${what}.`, () => {
    assert.throws(() => toBody({ ...COUNT, ...change }), JournalError);
  });
}

test('The chain of the vectors is made again, from its genesis to its head.', async () => {
  let head = await genesis(CHAIN.gate_id, CHAIN.epoch, fromHex(CHAIN.public));
  assert.equal(toHex(head), CHAIN.genesis);
  for (const row of CHAIN.rows) {
    const committed = await commitment(fromHex(row.salt), fromHex(row.body));
    head = await link(head, row.number, row.time_ms, committed);
    assert.deepEqual([toHex(committed), toHex(head)], [row.commitment, row.chain]);
  }
});
