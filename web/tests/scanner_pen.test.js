/** How a lane begins and ends in the journal: the console tells a phone that was locked from one that broke off. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { JournalError } from '../core/errors.js';
import { Board } from '../scanner/board.js';
import { JournalFault } from '../scanner/journal_rows.js';
import { Pen } from '../scanner/pen.js';
import { VERSION } from '../scanner/version.js';
import { LANES } from './pocket_school.js';
import { FakeClock, Storage } from './working_lane.js';

/**
 * Open the journal and begin at the lane, as each signing in does.
 *
 * @param {Storage} storage
 */
async function begun(storage) {
  const journal = await storage.open();
  const board = new Board(LANES.entry);
  const of = { lane: 'entry-1', version: VERSION, clean: journal.wasClean, clockTrusted: true };
  await new Pen(journal, board, new FakeClock()).begin(of);
  return { journal, board };
}

test('A lane begins with an entry, whose version is a code; closed in order, the next says so.', async () => {
  const storage = await Storage.make();
  const { journal } = await begun(storage);
  await journal.close();
  await begun(storage);
  await begun(storage);

  const [first, ...next] = storage.bodies;
  assert.deepEqual([first.kind, first.version], ['boot', VERSION.replace(' ', '-')]);
  assert.deepEqual([first.clean, ...next.map(({ clean }) => clean)], [true, true, false]);
});

test('What a locked phone erases breaks nothing off.', async () => {
  const storage = await Storage.make();
  const { journal } = await begun(storage);
  await journal.append({ kind: 'mode', lane: 'entry-1', mode: 'free', agent: null }, 5);
  await journal.close();
  const locked = await storage.open();
  await locked.eraseBefore({ beforeMs: 6, code: 'next-school-day' }, 7);

  assert.equal((await storage.open()).wasClean, true);
});

test('A full phone begins all the same, and shows why; a body that is none is a bug of ours.', async () => {
  const storage = await Storage.make();
  const journal = await storage.open();
  storage.full = true;
  const board = new Board(LANES.entry);
  const pen = new Pen(journal, board, new FakeClock());
  const of = { lane: 'entry-1', clean: true, clockTrusted: true };
  await pen.begin({ ...of, version: VERSION });

  assert.deepEqual(board.snapshot.faults, [{ organ: 'journal', why: 'full' }]);
  const refused = pen.begin({ ...of, version: '§' });
  await assert.rejects(refused, (error) => {
    return error instanceof JournalError && !(error instanceof JournalFault);
  });
});
