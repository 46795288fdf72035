/** The decision in JavaScript, held to the vectors of `tests/vectors/decision`. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { OURS, OUTCOMES, FactsError, checkedFacts, decide, factsFromJson } from '../core/decide.js';
import { TableError, canonicalJson, compiled, readTable } from '../core/rules.js';
import { TABLE, TABLE_HASH } from '../core/table.js';

const FACTS_VECTORS = new URL('../../tests/vectors/decision/facts.json', import.meta.url);
const DOCUMENT = JSON.parse(readFileSync(FACTS_VECTORS, 'utf8'));
const GOOD = DOCUMENT.good.entry;

test('each vector gives exactly its outcome and its reasons, in order', () => {
  for (const row of DOCUMENT.rows) {
    const decision = decide(checkedFacts({ ...DOCUMENT.good[row.from], ...row.facts }));

    assert.deepEqual([OUTCOMES[decision.outcome], decision.reasons], [row.outcome, row.reasons]);
  }
});

test('the name worked out from the table is the one Python gives it', () => {
  assert.equal(OURS.hash, TABLE_HASH);
});

test('a table with one number changed has another name', async () => {
  const changed = JSON.parse(JSON.stringify(TABLE).replace('300000', '300001'));

  assert.notEqual((await readTable(changed)).hash, OURS.hash);
});

test('a table of another table than the school’s refers', () => {
  const decision = decide(checkedFacts({ ...GOOD, table_as_expected: false }));

  assert.deepEqual([OUTCOMES[decision.outcome], decision.reasons], ['refer', ['table-differs']]);
});

for (const [what, table] of Object.entries({
  'an operator that nobody knows': { ...TABLE, rows: [row(['like', 'kind', 'pupil'])] },
  'an unknown operator deep inside': { ...TABLE, rows: [row(['and', ['not', ['like', 'kind']]])] },
  'a fact that nobody knows': { ...TABLE, rows: [row(['is', 'mood', 'good'])] },
  'a limit widened by an unknown fact': {
    ...TABLE,
    rows: [row(['upto', 'at_ms', 1, 'mood', 2])],
  },
  'another format': { ...TABLE, format: 2 },
})) {
  test(`${what} refers everybody, rather than deciding by the rest of the table`, async () => {
    const decision = decide(checkedFacts(GOOD), await readTable(table));

    assert.deepEqual([OUTCOMES[decision.outcome], decision.reasons], ['refer', ['table-differs']]);
  });
}

/**
 * @param {readonly any[]} when
 * @returns {import('../core/rules.js').Row}
 */
function row(when) {
  return { code: 'late', outcome: 0, alert: false, when };
}

test('a condition with an unknown operator is not compiled', () => {
  assert.throws(() => compiled(['like', 'kind', 1], TABLE.facts), TableError);
});

for (const [what, changes] of Object.entries({
  'a missing fact': { kind: undefined },
  'an unknown fact': { mood: 'good' },
  'null where a fact must be known': { posture: null },
  'a value nobody has': { kind: 'ghost' },
  'a number for a truth': { spot_check: 1 },
  'a fraction': { at_ms: 1.5 },
  'a number beyond the exact ones': { at_ms: 2 ** 53 },
  'a list for a text': { kind: ['pupil'] },
})) {
  test(`${what} is refused, and named`, () => {
    const [name] = Object.keys(changes);
    const text = JSON.stringify({ ...GOOD, ...changes });

    assert.throws(
      () => factsFromJson(text),
      (error) => error instanceof FactsError && error.message.includes(name),
    );
  });
}

for (const text of ['', '{', 'null', '[]', '"facts"', '{"__proto__": {}}']) {
  test(`${JSON.stringify(text)} is no facts`, () => {
    assert.throws(() => factsFromJson(text), FactsError);
  });
}

test('canonical JSON sorts keys, leaves out spaces and writes ASCII only', () => {
  assert.equal(
    canonicalJson({ b: [1, null, true], a: 'é\u007f' }),
    '{"a":"\\u00e9\\u007f","b":[1,null,true]}',
  );
});

test('decisions and facts cannot be changed afterwards', () => {
  const facts = checkedFacts(GOOD);

  assert.ok(
    Object.isFrozen(facts) &&
      Object.isFrozen(decide(facts)) &&
      Object.isFrozen(decide(facts).reasons),
  );
});
