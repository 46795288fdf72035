/** The wallet's parts without a screen: what is in a pass's way, codes as people type them, words. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { mayShow, obstacle } from '../wallet/obstacles.js';
import { grouped, normalised } from '../wallet/typed.js';
import { en } from '../wallet/words/en.js';
import { fr } from '../wallet/words/fr.js';

const NOW_MS = 1_795_248_000_000;
const DAY_S = 86_400;

/**
 * @param {Partial<import('../wallet/wallet.js').Held>} [facts]
 * @returns {import('../wallet/wallet.js').Held}
 */
function held(facts = {}) {
  const now_s = NOW_MS / 1000;
  const key = /** @type {any} */ ({});
  const usual = { key, not_before: now_s - DAY_S, expires: now_s + DAY_S, standing: null };
  return /** @type {any} */ ({ id: '0011223344556677', ...usual, ...facts });
}

/**
 * @param {string} status
 * @param {number} [at_ms]
 * @returns {any}
 */
function standing(status, at_ms = NOW_MS) {
  return { status, at_ms };
}

test('nothing is in the way of a pass that counts', () => {
  assert.equal(obstacle(held(), NOW_MS, null), null);
  assert.equal(obstacle(held({ standing: standing('valid') }), NOW_MS, 4_000), null);
});

test('a pass counts from its first second, and no more at its last', () => {
  const { not_before, expires } = held();
  assert.equal(obstacle(held(), not_before * 1000 - 1, null)?.state, 'notYet');
  assert.equal(obstacle(held(), not_before * 1000, null), null);
  assert.equal(obstacle(held(), expires * 1000 - 1, null), null);
  assert.equal(obstacle(held(), expires * 1000, null)?.state, 'expired');
});

test('what the server said of a pass comes before its dates', () => {
  for (const status of ['suspended', 'revoked', 'ended', 'off', 'unknown']) {
    assert.equal(obstacle(held({ standing: standing(status) }), 0, null)?.state, status);
  }
});

test('a clock is in the way where the gate would refuse its codes, and said where it is only near', () => {
  const found = (/** @type {number} */ ahead_ms) => obstacle(held(), NOW_MS, ahead_ms);
  assert.deepEqual(found(5_001), { state: 'clock', blocks: true, gap_ms: 5_001 });
  assert.equal(found(5_000), null);
  assert.equal(found(-5_000), null);
  assert.equal(found(-15_000)?.blocks, false);
  assert.equal(found(-15_001)?.blocks, true);
});

test('without network a clock behind the last answer is known to be wrong', () => {
  const later = held({ standing: standing('valid', NOW_MS + 60_000) });
  assert.deepEqual(obstacle(later, NOW_MS, null), {
    state: 'clock',
    blocks: true,
    gap_ms: -60_000,
  });
});

test('a wrong clock is said before dates that it makes wrong', () => {
  assert.equal(obstacle(held(), 0, -NOW_MS)?.state, 'clock');
});

test('a pass without its key shows nothing, whatever else', () => {
  assert.equal(
    obstacle(held({ key: undefined, standing: standing('suspended') }), NOW_MS, null)?.state,
    'lost',
  );
  assert.equal(mayShow('lost'), false);
});

test('a code is read as people type it', () => {
  assert.equal(normalised(' k7qm-2t9x-4bhd '), 'K7QM2T9X4BHD');
  assert.equal(normalised('oil0 1234'), '01101234');
  assert.equal(normalised('K7QM–2T9X'), 'K7QM2T9X');
  for (const wrong of ['', 'K7QM', 'K7QM2T9X4', 'K7QM2T9U', 'K7QM2T9é', 'K7QM2T9X4BHD0']) {
    assert.equal(normalised(wrong), null, wrong);
  }
  assert.equal(grouped('K7QM2T9X4BHD'), 'K7QM-2T9X-4BHD');
});

test('both languages say the same things with the same places', () => {
  assert.deepEqual(shape(en), shape(fr));
});

/**
 * @param {any} words
 * @returns {any}
 */
function shape(words) {
  if (typeof words === 'string') return (words.match(/\{\w+\}/g) ?? []).sort();
  return Object.fromEntries(Object.entries(words).map(([name, said]) => [name, shape(said)]));
}

test('every sentence is said somewhere', () => {
  const folder = new URL('../wallet/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const apps = files.filter((file) => file.endsWith('.js') && !file.startsWith('words'));
  const said = apps.map((file) => readFileSync(new URL(file, folder), 'utf8')).join('');
  assert.deepEqual(
    Object.keys(fr).filter((name) => !said.includes(`words.${name}`)),
    [],
  );
});

test('French has its narrow spaces, and no straight quotes', () => {
  const said = JSON.stringify(fr);
  assert.doesNotMatch(said, / [;!?»]|« |[a-z]'[a-z]| :/);
});
