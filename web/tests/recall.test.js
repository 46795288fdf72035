/** What a lane remembers in JavaScript: the same as the gate's, for a day at most. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { NOTHING_REMEMBERED, NOTHING_SHOWN } from '../core/facts.js';
import { Recall, whose } from '../core/recall.js';

const HOUR_MS = 3_600_000;
const NOW_MS = 1_795_417_200_000;
const HOLDER = '00000000000000aa';

/** @type {any} */
const HELD = { passId: '00000000000000cc', identity: { holder: HOLDER } };
const PROVED = {
  ...NOTHING_SHOWN,
  held: HELD,
  proof: /** @type {const} */ ('valid'),
  proofSeconds: 7,
};

test('A grant is remembered by the holder, with the lane’s direction.', () => {
  const recall = new Recall('entry');
  recall.noteGrant(whose(HELD), NOW_MS);

  assert.deepEqual(recall.of({ ...NOTHING_SHOWN, held: HELD }), {
    ...NOTHING_REMEMBERED,
    sameLaneMs: NOW_MS,
    lastDirection: 'entry',
  });
});

test('Where the holder stays sealed, the pass’s own number serves.', () => {
  assert.equal(whose({ ...HELD, identity: null }), HELD.passId);
});

test('Nothing is remembered of a pass that is not genuine.', () => {
  assert.equal(new Recall('exit').of(NOTHING_SHOWN), NOTHING_REMEMBERED);
});

test('A drawing that the phone proved is used up; one it did not prove is not.', () => {
  const [proved, unproved] = [new Recall('entry'), new Recall('entry')];
  proved.noteProof(PROVED, NOW_MS);
  unproved.noteProof({ ...PROVED, proof: 'bad' }, NOW_MS);

  assert.ok(proved.of(PROVED).proofUsed);
  assert.ok(!proved.of({ ...PROVED, proofSeconds: 8 }).proofUsed);
  assert.ok(!unproved.of(PROVED).proofUsed);
});

test('Of what other lanes tell, the latest counts, whatever the order.', () => {
  const recall = new Recall('entry');
  recall.noteElsewhere(HOLDER, NOW_MS);
  recall.noteElsewhere(HOLDER, NOW_MS - HOUR_MS);

  assert.equal(recall.of(PROVED).otherLaneMs, NOW_MS);
});

test('Which way somebody went is let go at night, and not brought back from another day.', () => {
  const [night, restored] = [new Recall('exit'), new Recall('exit')];
  night.noteGrant(HOLDER, NOW_MS);
  night.forgetDirections();
  restored.noteGrant(HOLDER, NOW_MS, false);

  for (const recall of [night, restored]) {
    assert.deepEqual(
      [recall.of(PROVED).lastDirection, recall.of(PROVED).sameLaneMs],
      [null, NOW_MS],
    );
  }
});

test('Nothing outlives a day, and no drawing ten minutes.', () => {
  const recall = new Recall('entry');
  recall.noteGrant(HOLDER, NOW_MS);
  recall.noteElsewhere(HOLDER, NOW_MS);
  recall.noteProof(PROVED, NOW_MS);
  recall.forget(NOW_MS + 10 * 60_000 - 1);
  assert.ok(recall.of(PROVED).proofUsed);
  recall.forget(NOW_MS + 10 * 60_000);
  assert.ok(!recall.of(PROVED).proofUsed);
  recall.forget(NOW_MS + 24 * HOUR_MS - 1);
  assert.equal(recall.of(PROVED).sameLaneMs, NOW_MS);
  recall.forget(NOW_MS + 24 * HOUR_MS);
  assert.deepEqual(recall.of(PROVED), NOTHING_REMEMBERED);
});

test('What a console asked is done once, and forgotten after a day.', () => {
  const recall = new Recall('entry');
  recall.noteAdmission(HOLDER, NOW_MS);
  assert.ok(recall.hasAdmitted(HOLDER));

  recall.forget(NOW_MS + 24 * HOUR_MS);
  assert.ok(!recall.hasAdmitted(HOLDER));
});

test('A drawing that an entry tells of is used up.', () => {
  const recall = new Recall('entry');
  recall.noteDrawing(HELD.passId, 7, NOW_MS);

  assert.ok(recall.of(PROVED).proofUsed);
});
