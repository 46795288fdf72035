/**
 * How a scanner's journal begins, goes on and chains an entry: states made from states.
 *
 * The same chain, signed heads and first entries as a gate's (`portique.gate.journal_opening`,
 * `journal_file`); each entry brings a signed head, so that none is ever without.
 */

import { toBody } from '../core/entries.js';
import { commitment, genesis, link } from '../core/entries_chain.js';
import { PassError } from '../core/errors.js';
import { openCheckpoint, signCheckpoint } from '../core/journal_checkpoint.js';
import { endsOf, waiting } from './journal_outbox.js';
import { MS_PER_SECOND, isBytes, isUpTo, joined, sameBytes, toHex } from '../core/values.js';

/** @typedef {import('./journal_rows.js').Row} Row */
/** @typedef {import('./journal_rows.js').Rows} Rows */
/** @typedef {import('./journal_rows.js').State} State */
/** @typedef {import('./journal_rows.js').Former} Former */
/** @typedef {import('../core/entries.js').Body} Body */

/**
 * @typedef {object} Site whose journal it is
 * @property {string} gateId
 * @property {import('../core/keys.js').PrivateKey} key the device's own
 * @property {(count: number) => Uint8Array<ArrayBuffer>} entropy
 */

/** @typedef {'first' | 'rotated' | 'damaged' | 'missing' | 'new-key'} Cause */

/**
 * @typedef {object} Begun why an epoch began when the journal was opened
 * @property {Cause} cause
 * @property {number} lost entries the server did not have and can't get any more
 */

/** @typedef {{state: State, rows: Row[]}} Entered a state, and the entries it came by */

const SALT_BYTES = 16;

/**
 * Go on with the journal that lies there, or begin an epoch.
 *
 * @param {Rows} rows
 * @param {Site & {atMs: number, expected?: boolean}} site
 * @param {State | null} [before] what lay there when it was last looked at
 * @returns {Promise<{state: State, begun: Begun | null}>}
 */
export async function takeUp(rows, site, before = null) {
  const found = await rows.state();
  const cause = await whyAnew(rows, found, site);
  if (found !== null && cause === null) return { state: found, begun: null };
  const known = found ?? before;
  const why = { cause: cause ?? 'first', atMs: site.atMs };
  const left = await rows.ends();
  const isOwn = cause !== 'new-key';
  const formers = isOwn ? left.map((end) => ({ ...end, head: headOf(known, end.epoch) })) : [];
  const drop = isOwn ? [] : left.map(({ epoch }) => ({ epoch, below: Infinity }));
  const made = await begin(known, formers, why, site);
  const state = { ...made.state, turn: (found?.turn ?? 0) + 1 };
  if (!(await rows.commit(state, { put: made.rows, drop }))) return takeUp(rows, site, before);
  const lost = known === null ? 0 : Math.max(0, waiting(known) + 1 - waiting(state));
  return { state, begun: { cause: why.cause, lost } };
}

/**
 * @param {State | null} state
 * @param {number} epoch
 */
function headOf(state, epoch) {
  const end = state && endsOf(state).find((one) => one.epoch === epoch);
  return end?.head ?? null;
}

/**
 * Say why a new epoch must begin; null: the journal goes on as it lies there.
 *
 * @param {Rows} rows
 * @param {State | null} found
 * @param {Site & {expected?: boolean}} site
 * @returns {Promise<Cause | null>}
 */
async function whyAnew(rows, found, { gateId, key, expected = false }) {
  if (found === null) {
    if ((await rows.ends()).length) return 'damaged';
    return expected ? 'missing' : 'first';
  }
  if (found.gateId !== gateId || !sameBytes(found.point, pointOf(key))) return 'new-key';
  return (await isSound(rows, found, key)) ? null : 'damaged';
}

/**
 * Say whether the last entry is the one that was signed for, and follows the one before.
 *
 * @param {Rows} rows
 * @param {State} state
 * @param {import('../core/keys.js').PrivateKey} key
 */
async function isSound(rows, state, key) {
  const { gateId, epoch, number, chain } = state;
  const signed = await signedHead(state.head, key);
  if (signed?.gateId !== gateId || signed.epoch !== epoch || signed.number !== number) return false;
  const found = await rows.read(epoch, Math.max(1, number - 1), 3);
  const [last, before] = found.reverse();
  const named = last?.number === number && sameBytes(last.chain, chain);
  if (!named || !sameBytes(signed.chain, chain)) return false;
  const previous = number === 1 ? await genesis(gateId, epoch, state.point) : before?.chain;
  return follows(last, previous);
}

/**
 * @param {unknown} head
 * @param {import('../core/keys.js').PrivateKey} key
 */
async function signedHead(head, key) {
  try {
    return isBytes(head) ? await openCheckpoint(head, key.public) : null;
  } catch (error) {
    if (error instanceof PassError) return null;
    throw error;
  }
}

/**
 * @param {Row} row
 * @param {Uint8Array | undefined} previous undefined: the entry before was let go
 */
async function follows({ number, timeMs, salt, body, commitment: commit, chain }, previous) {
  if (salt && body && !sameBytes(await commitment(salt, body), commit)) return false;
  return previous === undefined || sameBytes(await link(previous, number, timeMs, commit), chain);
}

/**
 * Begin an epoch, numbered above every one that is known here.
 *
 * @param {State | null} found the former state, if there is one
 * @param {readonly Former[]} formers epochs of which rows stay
 * @param {{cause: Cause, atMs: number}} why
 * @param {Site} site
 * @returns {Promise<Entered>}
 */
export async function begin(found, formers, { cause, atMs }, site) {
  const { gateId, key } = site;
  const known = [found, ...formers].map((one) => one?.epoch ?? 0);
  const counted = Math.max(0, ...known) + 1;
  // Where the count is lost or disputed, the seconds since 1970 are above every epoch ever counted.
  const unsure = cause === 'missing' || cause === 'rotated';
  const epoch = unsure ? Math.max(counted, Math.floor(atMs / MS_PER_SECOND)) : counted;
  const point = pointOf(key);
  const own = cause === 'new-key' ? null : found; // receipts are for one key's entries
  /** @type {State} */
  const fresh = {
    turn: found?.turn ?? 0,
    gateId,
    point,
    epoch,
    number: 0,
    chain: await genesis(gateId, epoch, point),
    head: new Uint8Array(0),
    highestMs: found?.highestMs ?? 0,
    clean: false,
    formers,
    acknowledged: own?.acknowledged ?? new Map(),
    setAside: own?.setAside ?? [],
    cleared: (cause === 'rotated' && found?.cleared) || new Map(), // what came back is looked at again
  };
  return entered(fresh, [epochBody(epoch, cause, found)], atMs, site);
}

/**
 * @param {number} epoch
 * @param {Cause} cause
 * @param {State | null} found
 * @returns {Body}
 */
function epochBody(epoch, cause, found) {
  return {
    kind: 'epoch',
    epoch,
    cause,
    previousEpoch: found?.epoch ?? null,
    previousNumber: found?.number ?? null,
    previousHead: found ? toHex(found.chain) : null,
  };
}

/**
 * Chain entries to a state, and sign for where the journal then stands.
 *
 * @param {State} state
 * @param {readonly Body[]} bodies
 * @param {number} atMs
 * @param {Site} site
 * @returns {Promise<Entered>}
 * @throws {RangeError} The time is no whole number of ms since 1970.
 * @throws {import('../core/errors.js').JournalError} A body could not be read back as itself.
 */
export async function entered(state, bodies, atMs, site) {
  if (!Number.isInteger(atMs) || !isUpTo(atMs, Number.MAX_SAFE_INTEGER)) {
    throw new RangeError('an entry needs a time in whole ms since 1970');
  }
  const rows = [];
  let last = state;
  for (const body of bodies) {
    const row = await rowAfter(last, toBody(body), atMs, site.entropy(SALT_BYTES));
    const highestMs = Math.max(last.highestMs, atMs);
    // An erasure is no run that could be cut short: a locked phone carries them out as well.
    const clean = last.clean && body.kind === 'order';
    last = { ...last, number: row.number, chain: row.chain, highestMs, clean };
    rows.push(row);
  }
  return { state: rows.length ? await signedFor(last, atMs, site) : state, rows };
}

/**
 * @param {State} state
 * @param {Uint8Array<ArrayBuffer>} body
 * @param {number} timeMs
 * @param {Uint8Array<ArrayBuffer>} salt
 * @returns {Promise<Row>}
 */
async function rowAfter({ epoch, number: before, chain: previous }, body, timeMs, salt) {
  const number = before + 1;
  const commit = await commitment(salt, body);
  const chain = await link(previous, number, timeMs, commit);
  return { epoch, number, timeMs, salt, body, commitment: commit, chain };
}

/**
 * @param {State} state
 * @param {number} timeMs
 * @param {Site} site
 * @returns {Promise<State>}
 */
async function signedFor(state, timeMs, { key }) {
  return { ...state, head: await signCheckpoint({ ...state, timeMs }, key) };
}

/** @param {import('../core/keys.js').PrivateKey} key */
function pointOf({ public: { x, y } }) {
  return joined([x, y]);
}
