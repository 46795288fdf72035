/** What a scanner says of what does not work: each with its next step. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

Object.defineProperty(globalThis, 'navigator', {
  value: { languages: ['fr'] },
  configurable: true,
});
const { freshness, journalTrouble, standing, troubles } =
  await import('../scanner/screens/notices.js'); // they speak the browser's language

const NOW_MS = 1_795_421_520_000;
const HOUR_MS = 3_600_000;

/**
 * @param {number} agoMs
 * @param {number} leftMs
 */
function known(agoMs, leftMs) {
  return /** @type {any} */ ({
    manifest: { issuedMs: NOW_MS - agoMs, expiresMs: NOW_MS + leftMs },
  });
}

/**
 * Somebody at the lane, whom nothing troubles unless it is told.
 * @param {Record<string, any>} [told]
 */
function duty({ faults = [], link = {}, ...told } = {}) {
  return /** @type {any} */ ({
    knowledge: known(HOUR_MS, HOUR_MS),
    clock: { nowMs: () => NOW_MS },
    link: { snapshot: { state: 'online', unsent: 0, fault: null, ...link } },
    board: { snapshot: { faults } },
    camera: { state: 'on', fault: null },
    chips: { fault: null },
    device: { knowledge: { fault: null } },
    begunAnew: false,
    fragile: false,
    ...told,
  });
}

test('Each cause of an unwritten journal has its own next step, and all of them the same paper.', () => {
  const steps = {
    full: 'plus de place',
    closed: 'a fermé la mémoire',
    elsewhere: 'Une autre fenêtre',
    fails: 'n’arrive pas à écrire',
    'a cause not yet thought of': 'n’arrive pas à écrire',
  };
  for (const [why, step] of Object.entries(steps)) {
    const { title, what } = journalTrouble(why);
    assert.equal(title, 'Rien n’est noté');
    assert.match(what, /sur papier/);
    assert.match(what, new RegExp(step));
  }
});

test('An unwritten journal is said at the lane, whatever else fails.', () => {
  const faults = [
    { organ: 'clock', why: 'jumped-forward' },
    { organ: 'journal', why: 'elsewhere' },
  ];
  const said = troubles(duty({ faults })).map(({ title }) => title);
  assert.deepEqual(said, ['Rien n’est noté', 'L’heure n’est pas sûre']);
});

test('Information is fresh, then ageing, then out of date; none is missing.', () => {
  const states = [
    known(HOUR_MS, HOUR_MS),
    known(25 * HOUR_MS, HOUR_MS),
    known(25 * HOUR_MS, 0),
    null,
  ].map((knowledge) => freshness(knowledge, NOW_MS).state);
  assert.deepEqual(states, ['fresh', 'ageing', 'stale', 'missing']);
});

test('A browser that may clear the passages is a trouble only while they can not leave.', () => {
  const titles = ['connecting', 'online', 'offline'].map((state) =>
    troubles(duty({ fragile: true, link: { state } })).map(({ title }) => title),
  );
  assert.deepEqual(titles, [[], [], ['Le navigateur peut effacer les passages']]);
});

test('The line of freshness says knowledge, network and what waits.', () => {
  const said = standing(duty({ link: { state: 'offline', unsent: 7 } }));
  assert.deepEqual(said, [
    { state: 'fresh', said: 'Infos à jour' },
    { state: 'ageing', said: 'Hors ligne' },
    { state: 'waits', said: 'À envoyer\u00a0: 7' },
  ]);
});

test('Until the network was tried, nothing says that it is gone.', () => {
  const [, link] = standing(duty({ link: { state: 'connecting' } }));
  assert.deepEqual(link, { state: 'asked', said: 'Connexion…' });
});
