/** What is read back from a journal: the entries of the last days, as their bodies say. */

import { fromBody } from '../core/entries.js';
import { JournalError } from '../core/errors.js';
import { endsOf } from './journal_outbox.js';
import { eachRow } from './journal_rows.js';

/** @typedef {{epoch: number, number: number, atMs: number, body: import('../core/entries.js').Body}} Dated */

const ENTRIES_MAX = 10_000; // of each epoch, from the newest back: a lane's fullest day holds half of this

/**
 * Read entries back, oldest first; erased ones and those of newer versions are left out.
 *
 * @param {import('./journal_rows.js').Rows} rows
 * @param {import('./journal_rows.js').State} state
 * @param {number} sinceMs
 * @returns {Promise<Dated[]>}
 */
export async function entriesSince(rows, state, sinceMs) {
  const found = [];
  for (const { epoch, number } of endsOf(state)) {
    const from = Math.max(1, number - ENTRIES_MAX + 1);
    for await (const row of eachRow(rows, epoch, from, number)) {
      const body = row.timeMs >= sinceMs ? readable(row) : null;
      if (body !== null) found.push({ epoch, number: row.number, atMs: row.timeMs, body });
    }
  }
  return found;
}

/** @param {import('./journal_rows.js').Row} row */
function readable({ body }) {
  try {
    return body && fromBody(body);
  } catch (error) {
    if (error instanceof JournalError) return null;
    throw error;
  }
}
