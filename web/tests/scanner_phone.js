/**
 * A whole scanner without its page, for Python: what it is asked comes in as lines of JSON, what it
 * answers goes out as lines of JSON, and so does each of its calls to the server.
 *
 *     {"ask": "turn", "of": {}} ──▶   {"fetch": {"path": …}} ──▶   ◀── {"fetched": {"status": …}}
 *                               ◀── {"answer": …}
 */

import { createInterface } from 'node:readline';

import { Board } from '../scanner/board.js';
import { Clock } from '../scanner/clock.js';
import { join } from '../scanner/joining.js';
import { Journal } from '../scanner/journal.js';
import { cloneable, uncloned } from '../scanner/knowledge_clone.js';
import { KnowledgeStore, benchOf } from '../scanner/knowledge_store.js';
import { Lane } from '../scanner/lane.js';
import { Calls } from '../scanner/link_calls.js';
import { Turns } from '../scanner/link_turns.js';
import { Membership } from '../scanner/membership.js';
import { openBundle } from '../core/knowing.js';
import { KeptInMemory, pinnedKey } from './kept.js';
import { MemoryRows } from './memory_rows.js';

/** What a PIN opens, slowly: see `scanner_link.test.js`. */
const key = await pinnedKey();
const kept = new KeptInMemory();
const rows = new MemoryRows();
const clock = new Clock();
let membership = await Membership.open(kept);
/** @type {any} what exists once the phone has joined, and once somebody signed in */
const at = { shown: 0 };
/** @type {((answered: any) => void)[]} */
const waiting = [];

/** @param {number} length */
const entropy = (length) => crypto.getRandomValues(new Uint8Array(length));

/** @param {any} line */
const say = (line) => console.log(JSON.stringify(line));

/** @type {import('../scanner/link_calls.js').Fetch} */
async function throughPython(path, { method = 'GET', headers = {}, body }) {
  const asked = { path, method, headers, body: body ? hex(/** @type {any} */ (body)) : '' };
  say({ fetch: asked });
  /** @type {any} */
  const answered = await new Promise((resolve) => waiting.push(resolve));
  if (answered === null) throw new TypeError('no network');
  const empty = answered.status === 204;
  const data = empty ? null : Buffer.from(answered.body, 'hex');
  return new Response(data, { status: answered.status, headers: answered.headers });
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Buffer.from(bytes).toString('hex');
}

/**
 * Read knowledge here, for Node has no worker of a browser's; it is posted all the same.
 *
 * @param {import('../scanner/knowledge_worker.js').Asked} asked
 */
const read = async ({ data, schoolKey, device }) =>
  uncloned(structuredClone(cloneable(await openBundle(data, schoolKey, device))));

/** Open the journal and the link, as the app does at its start. */
async function begin() {
  const { gateId, key: own } = /** @type {any} */ (membership.joined);
  const site = { gateId, key: own, entropy, atMs: clock.nowMs() };
  at.journal = await Journal.open(rows, site);
  at.knowledge = new KnowledgeStore(kept, membership, { read, nowMs: () => clock.nowMs() });
  const calls = new Calls({ fetch: throughPython, membership, clock, entropy });
  const around = { membership, journal: at.journal, knowledge: at.knowledge, clock, calls };
  at.link = new Turns({ ...around, version: 'scanner 0.0.0' });
}

/** Put the lane to work with what is known. */
function serve() {
  const bench = benchOf(/** @type {any} */ (membership.joined), at.knowledge.current);
  const board = new Board(bench.lane);
  const takeNumber = () => (at.shown += 1);
  at.lane = new Lane({ bench, journal: at.journal, board, clock, entropy, takeNumber });
  at.board = board;
  at.link.serve({ lane: at.lane, board });
}

/** @type {Record<string, (of: any) => any>} */
const ANSWERS = {
  async join({ text }) {
    const { bundle, ...joined } = await join(text, {
      fetch: throughPython,
      version: 'scanner 0.0.0',
      entropy,
    });
    await membership.join(joined);
    await begin();
    at.bundle = bundle;
    return { gateId: joined.gateId, lane: joined.lane, uai: joined.uai, bundle: bundle !== null };
  },
  async setUp() {
    await ANSWERS.signIn({});
    if (at.bundle) await at.knowledge.save(at.bundle);
    serve();
    return at.knowledge.current.schoolName;
  },
  async signIn() {
    return (await at.knowledge.open(key))?.manifest.version.number ?? 0;
  },
  signOut() {
    at.knowledge.close();
    at.link.serve(null);
    at.lane = at.board = null;
  },
  /** Take the very first knowledge once more. */
  async saveFirst() {
    await at.knowledge.save(at.bundle);
  },
  copy() {
    at.copy = { kept: structuredClone(rows.kept), place: structuredClone(rows.place) };
  },
  /** Put an older journal back, as a phone restored from a backup has it; or `kept`, go on with this. */
  async putBack({ kept: own }) {
    if (!own) Object.assign(rows, structuredClone(at.copy));
    await ANSWERS.reload({});
    await ANSWERS.signIn({});
    serve();
  },
  /** Begin anew on what the phone kept, as after a reload. */
  async reload() {
    membership = await Membership.open(kept);
    await begin();
    return { joined: membership.joined?.gateId ?? null, gone: membership.gone };
  },
  async show({ texts }) {
    for (const text of texts) {
      const opened = { showing: (at.shown += 1), text, passId: null, atMs: clock.nowMs() };
      await at.lane.serve({ ...opened, typed: false });
    }
    return at.board.snapshot.waiting.length;
  },
  fail({ organ }) {
    at.board.setFault(organ, 'fails');
  },
  async turn({ times }) {
    for (let turned = 0; turned < times; turned += 1) {
      at.link.askNow();
      await at.link.turn();
    }
    return ANSWERS.state({});
  },
  state() {
    const { state, fault, unsent } = at.link.snapshot;
    const version = at.knowledge.current?.manifest.version.number ?? null;
    const last = at.board?.snapshot.recent.find((/** @type {any} */ card) => card.ruled);
    const ruled = last?.ruled.ruling ?? null;
    return { state, fault, unsent, aside: at.journal.setAsideCount, version, ruled };
  },
  kept() {
    const records = [...kept.records.values()].map(({ id }) => id).sort();
    return { records, rows: rows.kept.size };
  },
  bodies() {
    return [...rows.kept.values()].map(({ body }) => body && hex(body));
  },
  chains() {
    return [...rows.kept.values()].map(({ epoch, number, chain }) => [epoch, number, hex(chain)]);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, of, fetched } = JSON.parse(line);
  if (ask === undefined) waiting.shift()?.(fetched);
  else answer(ask, of);
}

/**
 * @param {string} ask
 * @param {any} of
 */
async function answer(ask, of) {
  try {
    say({ answer: (await ANSWERS[ask](of)) ?? null });
  } catch (error) {
    const { name, message, stack } = /** @type {Error} */ (error);
    say({ refused: name, message, stack });
  }
}
