/** What an agent asks at the desk, and what is said when it was not done. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PocketSchool } from './pocket_school.js';
import { openLane } from './working_lane.js';

Object.defineProperty(globalThis, 'navigator', {
  value: { languages: ['fr'] },
  configurable: true,
});
const { Desk } = await import('../scanner/desk.js'); // it speaks the browser's language
const school = await PocketSchool.open();
const REVOKED = await school.issue({ status: 'revoked' });

/** A lane before which passes wait, and its desk. @param {string[]} texts */
async function deskBefore(...texts) {
  const working = await openLane({ knowledge: school.knowledge() });
  for (const text of texts) await working.show(text);
  /** @type {string[]} */
  const told = [];
  const desk = new Desk(working.lane, working.board, 'loge-1', (said) => told.push(said));
  return { ...working, desk, told };
}

test('An answer is for the card that was open, though its pass was shown again meanwhile.', async () => {
  const { desk, board, show, told } = await deskBefore(REVOKED.text);
  const [card] = board.snapshot.waiting;
  await show(REVOKED.text);
  await desk.rule(card, 'deny', 'sent');

  assert.deepEqual([told, board.snapshot.waiting], [[], []]);
  assert.equal(board.snapshot.recent[0].ruled?.reason, 'sent');
});

test('Filing stops at a journal that refuses, and says that, not how many were filed.', async () => {
  const { desk, board, storage, told } = await deskBefore('one', 'two');
  storage.full = true;
  const filed = await desk.fileLeft(board.snapshot.waiting);

  assert.deepEqual([filed, told.length, board.snapshot.waiting.length], [null, 1, 2]);
});
