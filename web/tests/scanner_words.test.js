/** The scanner's screens without a page: its words, which card is before the agent, text from outside. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { test } from 'node:test';

import { Outcome } from '../core/decide.js';
import { Following, looks, newestFirst, onPlaque } from '../scanner/following.js';
import { legible } from '../scanner/legible.js';
import { cardWith } from '../scanner/shown.js';
import { en } from '../scanner/words/en.js';
import { fr } from '../scanner/words/fr.js';

const SCANNER = new URL('../scanner/', import.meta.url);
const NOW_MS = 1_795_248_000_000;
const STEADY_MS = 700;

/**
 * @param {number} showing
 * @param {Partial<import('../scanner/shown.js').Card>} [facts]
 */
function card(showing, facts = {}) {
  return cardWith({ showing, atMs: NOW_MS, outcome: Outcome.REFER, ...facts });
}

/** @param {number[]} showings */
function waiting(...showings) {
  return { waiting: showings.map((showing) => card(showing)) };
}

/** What the app's modules say, in one text. */
function spoken() {
  const files = readdirSync(SCANNER, { recursive: true, encoding: 'utf8' });
  const apps = files.filter((file) => file.endsWith('.js') && !file.startsWith('words'));
  return apps.map((file) => readFileSync(new URL(file, SCANNER), 'utf8')).join('');
}

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
  const said = spoken();
  assert.deepEqual(
    Object.keys(fr).filter((name) => !said.includes(`words.${name}`)),
    [],
  );
});

test('every group of sentences is said in full', () => {
  const said = spoken();
  const groups = Object.entries(fr).filter(([, group]) => typeof group !== 'string');
  const chosen = ['asked', 'faults', 'wrong', 'fresh', 'age', 'posture', 'mode', 'alert', 'lane'];
  const silent = groups.flatMap(([name, group]) =>
    Object.keys(group)
      .filter(() => !chosen.includes(name)) // named by a code of the lane's, the link's or the camera's
      .filter((each) => !new RegExp(`\\b${each}\\b`).test(said))
      .map((each) => `${name}.${each}`),
  );
  assert.deepEqual(silent, []);
});

test('French has its narrow spaces, and no straight quotes', () => {
  assert.doesNotMatch(JSON.stringify(fr), / [;!?»]|« |[a-z]'[a-z]| :|\} (?:s|min|h|j)\b/);
});

test('whoever was read last is before the agent, and a grant moves nobody away', () => {
  const following = new Following();
  following.see(waiting(1), 0);
  following.see(waiting(1, 2), 1000);
  assert.equal(following.card?.showing, 2);
  assert.equal(following.others, 1);
  assert.equal(following.see(waiting(1, 2), 2000), false);
});

test('an answered card makes room for the next that waits', () => {
  const following = new Following();
  following.see(waiting(1, 2), 0);
  assert.equal(following.see(waiting(1), 1000), true);
  assert.equal(following.card?.showing, 1);
  following.see(waiting(), 2000);
  assert.equal(following.card, null);
});

test('a card the agent chose stays until somebody else is read', () => {
  const following = new Following();
  const { waiting: cards } = waiting(1, 2);
  following.see({ waiting: cards }, 0);
  following.choose(cards[0]);
  following.see({ waiting: cards }, 1000);
  assert.equal(following.card?.showing, 1);
  following.see(waiting(1, 2, 3), 2000);
  assert.equal(following.card?.showing, 3);
});

test('a pass shown again keeps its card before the agent', () => {
  const following = new Following();
  following.see(waiting(1), 0);
  const again = card(2, { first: 1, times: 2 });
  assert.equal(following.see({ waiting: [again] }, 1000), false);
  assert.equal(following.card, again);
});

test('a press just after the card changed by itself was meant for the one before', () => {
  const following = new Following();
  const snapshot = waiting(1, 2);
  following.see(snapshot, 1000);
  assert.equal(following.isSteady(1000 + STEADY_MS - 1), false);
  assert.equal(following.isSteady(1000 + STEADY_MS), true);
  following.see(waiting(1, 2, 3), 5000);
  following.next();
  assert.equal(following.isSteady(5000), true, 'the agent changed it');
});

test('the next card goes round all that wait', () => {
  const following = new Following();
  following.see(waiting(1, 2, 3), 0);
  const seen = [1, 2, 3].map(() => {
    following.next();
    return following.card?.showing;
  });
  assert.deepEqual(seen, [2, 1, 3]);
});

test('an old card takes no thumb, unless the agent chose it', () => {
  const following = new Following();
  const seen = [card(1, { old: true }), card(2), card(2, { old: true })].map((one, at) => {
    following.see({ waiting: [one] }, at * 1000);
    return following.card?.showing ?? null;
  });
  assert.deepEqual(seen, [null, 2, null], 'the second grew old before the agent');
  following.choose(card(2));
  following.see({ waiting: [card(2, { old: true })] }, 3000);
  assert.equal(following.card?.showing, 2);
});

test('old cards come after those of people who are there', () => {
  const cards = [card(1), card(5, { old: true }), card(3)];
  assert.deepEqual(
    newestFirst(cards).map(({ showing }) => showing),
    [3, 1, 5],
  );
});

test('once answered, a card looks like its answer', () => {
  const ruled = { reason: 'known', agent: 'loge-1', atMs: NOW_MS };
  assert.equal(looks(card(1)), 'refer');
  assert.equal(looks(card(1, { ruled: { ...ruled, ruling: 'admit' } })), 'grant');
  assert.equal(looks(card(1, { ruled: { ...ruled, ruling: 'deny' } })), 'refuse');
});

test('characters that deceive the eye are shown, and spelling is left alone', () => {
  assert.equal(legible('Zoé\u001b[31m'), 'Zoé␛[31m');
  assert.equal(legible('a\u202eb\u00a0\u2028'), 'a⟨U+202E⟩b\u00a0⟨U+2028⟩');
  assert.equal(legible('नी\u200dर'), 'नी\u200dर');
  assert.equal(legible('e' + '\u0301'.repeat(9)), 'e\u0301\u0301\u0301');
  assert.equal(legible('x'.repeat(300)).length, 200);
});

test('the page names at once every module that its first screen waits for', () => {
  const page = readFileSync(new URL('index.html', SCANNER), 'utf8');
  const named = [...page.matchAll(/"modulepreload" href="\/scanner\/web\/([^"]+)"/g)];
  const found = modulesFrom('scanner/app.js').filter((name) => name !== 'scanner/app.js');
  const how = 'in the folder of the sources: python -m portique.cli.web_preloads';
  assert.deepEqual(named.map(([, name]) => name).sort(), found.sort(), how);
  assert.ok(!found.includes('scanner/duty.js'), 'the lane comes after the first screen');
});

/**
 * @param {string} first
 * @returns {string[]}
 */
function modulesFrom(first) {
  const [found, next] = [new Set(), [first]];
  for (let name = next.pop(); name; name = next.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const text = readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
    const folder = posix.dirname(name);
    for (const [, named] of text.matchAll(
      /^(?:import\b|export\b|\} from)[^'"(]*['"](\.[^'"]+)['"]/gm,
    ))
      next.push(posix.join(folder, named));
  }
  return /** @type {string[]} */ ([...found]);
}

test('the plaque shows whoever was answered last, unless somebody else stands there', () => {
  const ruled = (/** @type {number} */ showing, /** @type {number} */ afterMs) =>
    card(showing, {
      ruled: { ruling: 'admit', reason: 'known', agent: 'loge-1', atMs: NOW_MS + afterMs },
    });
  const [first, later] = [ruled(2, 1_000), ruled(1, 4_000)];
  assert.equal(onPlaque({ stage: first, recent: [later, first] }), later);
  assert.equal(onPlaque({ stage: later, recent: [later, first] }), later);
  const here = card(3);
  assert.equal(onPlaque({ stage: here, recent: [later, first] }), here);
  assert.equal(onPlaque({ stage: null, recent: [later] }), null);
});
