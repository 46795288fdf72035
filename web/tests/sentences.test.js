/** Words for people in JavaScript: every reason of the table has its words, in both languages. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { OURS, OUTCOMES } from '../core/decide.js';
import { clockWords } from '../core/exit_words.js';
import { VERDICTS } from '../core/exits.js';
import { label, sentence } from '../core/sentences.js';
import { EXIT_WORDS, LABELS, SENTENCES } from '../core/sentences_table.js';
import { DIRECTIONS, KINDS } from '../core/values.js';

const LANGUAGES = /** @type {const} */ (['fr', 'en']);

test('Each reason of the table says three things in each language, and no other has words.', () => {
  const reasons = [...new Set((OURS.rules ?? []).map((rule) => rule.objection.reason))].sort();
  for (const language of LANGUAGES) {
    assert.deepEqual(Object.keys(SENTENCES[language]).sort(), reasons);
    for (const reason of reasons) {
      const { agent, aloud, nextStep } = sentence(reason, language, 'la loge');
      assert.ok(agent && aloud && nextStep);
      assert.ok(!`${agent}${aloud}${nextStep}`.includes('{'));
    }
  }
});

test('The next step names the lane’s staffed point, as it is written.', () => {
  assert.match(
    sentence('expired', 'fr', 'la loge $& {point}').nextStep,
    /vers la loge \$& \{point\} /,
  );
  assert.match(sentence('expired', 'en').nextStep, /the school office/);
});

test('Every outcome, kind and direction has a name.', () => {
  const codes = { outcomes: OUTCOMES, kinds: KINDS, directions: DIRECTIONS };
  for (const [what, named] of Object.entries(codes)) {
    for (const code of named) {
      const names = LANGUAGES.map((language) =>
        label(/** @type {keyof typeof LABELS} */ (what), code, language),
      );
      assert.ok(names.every(Boolean));
    }
  }
});

test('Every answer about leaving has its words.', () => {
  assert.deepEqual(Object.keys(EXIT_WORDS.why).sort(), Object.keys(VERDICTS).sort());
});

test('A time is written as each language writes it, in the school’s zone.', () => {
  const atMs = Date.UTC(2026, 10, 23, 14, 0);

  assert.equal(clockWords(atMs, 'Europe/Paris', 'fr'), '15\u00a0h');
  assert.equal(clockWords(atMs + 5 * 60_000, 'Europe/Paris', 'fr'), '15\u00a0h\u00a005');
  assert.equal(clockWords(atMs, 'Indian/Reunion', 'en'), '18:00');
});
