/** What an agent hears who looks at another screen. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Outcome } from '../core/decide.js';
import { Board } from '../scanner/board.js';
import { Calling } from '../scanner/calling.js';
import { cardWith } from '../scanner/shown.js';
import { LANES } from './pocket_school.js';

const AT_MS = 1_789_970_880_000;
const NOBODY = /** @type {any} */ ({ drill: false });

/** A board, and the signs that it gives. */
function called() {
  const board = new Board(LANES.entry);
  /** @type {string[]} */
  const signs = [];
  new Calling(board, { give: (sign) => signs.push(sign) });
  return { board, signs };
}

test('An alarm, its change and its end call the agent, once each.', () => {
  const { board, signs } = called();
  const postures = /** @type {const} */ (['intrusion', 'intrusion', 'evacuation', 'normal']);
  for (const posture of postures) board.setPosture({ ...NOBODY, posture });

  assert.deepEqual(signs, ['alert', 'alert', 'alert']);
});

test('A new alert calls the agent; one that is dismissed does not.', () => {
  const { board, signs } = called();
  for (const alert of [1, 2])
    board.raiseAlert({ alert, kind: 'notice', atMs: AT_MS, detail: null });
  board.dropAlert(2);
  board.setCounts({ entered: 1, left: 0 });

  assert.deepEqual(signs, ['alert', 'alert']);
});

test('An answer from a console is heard as what it is.', () => {
  const { board, signs } = called();
  for (const ruling of /** @type {const} */ (['admit', 'deny'])) {
    const ruled = { ruling, reason: 'known', agent: 'cpe', atMs: AT_MS };
    board.stage(cardWith({ showing: 1, atMs: AT_MS, outcome: Outcome.REFER, ruled }));
    board.dispatchEvent(new Event('console'));
  }

  assert.deepEqual(signs, ['grant', 'refuse']);
});
