/** The passes in this phone: kept, put in order, checked with the server, renewed and removed. */

import { parse } from '../core/passes.js';
import { ask, CallFault } from './calls.js';
import { needsNewCode, obstacle } from './obstacles.js';
import { Store, StoreFault } from '../shared/store.js';

const CHECK_EVERY_MS = 60 * 1000;
const STATUSES = ['valid', 'suspended', 'revoked', 'ended', 'off'];

/** @typedef {import('../core/keys.js').PrivateKey} PrivateKey */
/** @typedef {import('./calls.js').Answered<import('./calls.js').GivenPass>} Given */

/**
 * What the server said of a pass, and when by its clock.
 * @typedef {'valid' | 'suspended' | 'revoked' | 'ended' | 'off' | 'unknown'} Status
 * @typedef {{status: Status, at_ms: number}} Standing
 */

/**
 * A pass as the phone keeps it.
 * @typedef {object} Held
 * @property {string} id The pass id.
 * @property {PrivateKey | undefined} key Its own, which can't leave the browser; undefined: gone.
 * @property {string} text The sealed pass, `PQ1:`.
 * @property {number} not_before
 * @property {number} expires
 * @property {string} kind
 * @property {string} name
 * @property {string} label
 * @property {{uai: string, name: string}} school
 * @property {string[]} recorded What the school wrote down.
 * @property {Standing | null} standing
 * @property {number} used_ms When it was last chosen.
 */

const store = new Store('portique-wallet', 'passes');

/** Between asking for a pass and having it: the key, so that a lost answer can be asked for again. */
const PENDING = 'pending-';
/** How a pass's id never begins, which is hexadecimal; an older app kept one such record for all codes. */
const ANY_PENDING = 'pending';
/** Long enough for a morning without network; afterwards the code is asked for once more. */
const PENDING_MS_MAX = 24 * 3600 * 1000;

/** @typedef {{id: string, code: string, key: PrivateKey, begun_ms: number}} Pending A record for each code. */

export class Wallet extends EventTarget {
  /** @type {Held[]} In the order of last use when they were read: choosing one moves none under a finger. */
  passes = [];
  /** @type {Held | null} */
  chosen = null;
  /** @type {Pending | null} */
  pending = null;
  /** @type {number | null} How far the phone's clock is ahead of the server's; null: not known. */
  ahead_ms = null;
  /** Whether the last call found the server; null: none yet. @type {boolean | null} */
  online = null;
  /** @type {Map<string, number>} When each pass was last checked, by the phone's clock. */
  #checked = new Map();

  /**
   * Read what is kept.
   * @throws {import('../shared/store.js').StoreFault}
   */
  async load() {
    const records = await this.#current();
    const asked = records.filter(isPending).sort((one, other) => other.begun_ms - one.begun_ms);
    this.pending = asked[0] ?? null;
    this.passes = records
      .filter((record) => !isPending(record))
      .sort((one, other) => other.used_ms - one.used_ms);
    const still = this.passes.find((held) => held.id === this.chosen?.id);
    this.chosen = still ?? this.passes[0] ?? null;
    this.#tell();
  }

  /** Return what is kept; a code that waited too long is forgotten first, used or not. */
  async #current() {
    const records = await store.all();
    if (!records.some(isOver)) return records;
    const isCurrent = (/** @type {any} */ each) => !isOver(each);
    const forgotten = store.change((kept) => ({ remove: overIn(kept) }));
    return forgotten.catch(() => records.filter(isCurrent)); // nothing can be written: at the next look
  }

  /** @param {Held} held */
  async choose(held) {
    this.chosen = held;
    await this.#change(held.id, { used_ms: Date.now() });
    this.#tell();
    await this.check(this.chosen);
  }

  /**
   * Keep a key before its pass is asked for; return it, or the one that asked with this code before.
   *
   * The other one may be another tab's, opened by the same link: with one key both get the same pass.
   * @param {string} code
   * @param {PrivateKey} key
   * @returns {Promise<PrivateKey>}
   */
  async begin(code, key) {
    const pending = { id: PENDING + code, code, key, begun_ms: Date.now() };
    const records = await store.change((kept) => ({
      put: kept.some((each) => each.id === pending.id && !isOver(each)) ? [] : [pending],
      remove: overIn(kept),
    }));
    const begun = records.find(({ id }) => id === pending.id);
    this.pending = begun;
    return begun.key;
  }

  /**
   * Keep a pass that the server gave for a code and a key, and show it.
   * @param {Given} given
   * @param {PrivateKey} key
   * @param {string} code
   */
  async add(given, key, code) {
    const held = heldOf(given, key);
    this.ahead_ms = given.ahead_ms ?? this.ahead_ms;
    const isOld = (/** @type {any} */ each) =>
      isPending(each) ? each.code === code : isReplaced(each, held);
    await store.change((kept) => ({ put: [held], remove: kept.filter(isOld).map(({ id }) => id) }));
    this.chosen = held;
    await this.load();
    changedElsewhere.postMessage(code);
  }

  /**
   * Give up a pass that was asked for in vain: its code was refused.
   * @param {string} code
   */
  async abandon(code) {
    this.pending = null;
    await store.remove(PENDING + code);
  }

  /**
   * Know that a pass's key signs no more.
   * @param {Held} held
   */
  lose(held) {
    this.#see(held.id, { key: undefined }); // what is kept has it still: it may sign another time
    this.#tell();
  }

  /** @param {Held} held */
  async remove(held) {
    await store.remove(held.id);
    await this.load();
    changedElsewhere.postMessage('');
  }

  /**
   * Ask the server how a pass stands and what time it is, unless that was asked a moment ago.
   * @param {Held} held
   * @param {boolean} [now] Asked by somebody: at once.
   */
  async check(held, now = false) {
    if (!held.key || (!now && Date.now() - (this.#checked.get(held.id) ?? 0) < CHECK_EVERY_MS))
      return;
    this.#checked.set(held.id, Date.now());
    try {
      await this.#ask(held);
      this.online = true;
    } catch (fault) {
      await this.#stumble(held, fault);
    }
    this.#tell();
  }

  /**
   * @param {Held} held
   * @param {unknown} fault
   */
  async #stumble(held, fault) {
    if (fault instanceof StoreFault) return; // no room for what the server said: asked again at the next look
    if (!(fault instanceof CallFault)) throw fault;
    this.online = fault.kind !== 'offline';
    if (!this.online) this.#checked.delete(held.id); // nobody answered: the network may be back in a moment
    if (fault.kind === 'unknown-pass')
      await this.#change(held.id, { standing: { status: 'unknown', at_ms: 0 } });
  }

  /** @param {Held} held */
  async #ask(held) {
    const { answer, ahead_ms } = await ask('state', held);
    this.ahead_ms = ahead_ms ?? this.ahead_ms;
    const known = STATUSES.includes(answer.status); // a newer server's other word changes nothing here
    if (known)
      await this.#change(held.id, { standing: { status: answer.status, at_ms: answer.time_ms } });
    if (answer.renew) await this.#renew(held);
  }

  /** @param {Held} held */
  async #renew(held) {
    const renewed = heldOf(await ask('renew', held), /** @type {PrivateKey} */ (held.key));
    const records = await store.change((kept) => {
      const before = kept.find(({ id }) => id === held.id);
      if (!before) return {}; // taken out of the phone meanwhile, or made anew by another tab
      return { put: [{ ...renewed, used_ms: before.used_ms }], remove: [held.id] };
    });
    const isKept = records.some(({ id }) => id === renewed.id);
    if (isKept && this.chosen?.id === held.id) this.chosen = renewed;
    this.#checked.set(renewed.id, Date.now());
    await this.load();
    changedElsewhere.postMessage('');
  }

  /**
   * Change some facts of a pass, if it is still here; what another tab wrote of it stays.
   * @param {string} id
   * @param {Partial<Held>} facts
   */
  async #change(id, facts) {
    this.#see(id, facts);
    const change = (/** @type {Held[]} */ kept) => ({
      put: kept.filter((each) => each.id === id).map((each) => ({ ...each, ...facts })),
    });
    await store.change(change).catch(() => {}); // a full phone: it is known again at the next check
  }

  /**
   * Know some facts of a pass, kept or not; its place among the others stays.
   * @param {string} id
   * @param {Partial<Held>} facts
   */
  #see(id, facts) {
    this.passes = this.passes.map((each) => (each.id === id ? { ...each, ...facts } : each));
    this.chosen = this.passes.find((each) => each.id === this.chosen?.id) ?? this.chosen;
  }

  /** Forget what may be otherwise when somebody looks again: the clock can be set meanwhile. */
  leave() {
    this.ahead_ms = null;
    this.#checked.clear();
  }

  #tell() {
    this.dispatchEvent(new Event('change'));
  }
}

/** @param {{id: string}} record */
function isPending({ id }) {
  return id.startsWith(ANY_PENDING);
}

/**
 * Say whether a record is of a code that waited too long, or since nobody knows when: the clock was set.
 * @param {any} record
 */
function isOver(record) {
  return isPending(record) && !(Math.abs(Date.now() - record.begun_ms) <= PENDING_MS_MAX);
}

/** @param {any[]} records */
function overIn(records) {
  return records.filter(isOver).map(({ id }) => id);
}

/**
 * @param {Given} given
 * @param {PrivateKey} key
 * @returns {Held}
 * @throws {CallFault} No pass that a phone could show.
 */
function heldOf({ answer, at_ms }, key) {
  const { pass, pass_id, ...facts } = answer;
  if (passIdOf(pass) !== pass_id) throw new CallFault('lost');
  return {
    ...facts,
    id: pass_id,
    text: pass,
    key,
    standing: { status: 'valid', at_ms },
    used_ms: Date.now(),
  };
}

/**
 * Say whether a pass is one that counts no more, of whom another was just given to.
 * @param {Held} before
 * @param {Held} held
 */
function isReplaced(before, held) {
  const found = obstacle(before, Date.now(), null);
  return (
    before.name === held.name &&
    before.kind === held.kind &&
    found !== null &&
    needsNewCode(found.state)
  );
}

/** @param {string} text */
function passIdOf(text) {
  try {
    return parse(text).passId;
  } catch {
    throw new CallFault('lost');
  }
}

/** Two tabs of one wallet: each hears of what the other keeps or removes. */
const changedElsewhere =
  'BroadcastChannel' in window
    ? new BroadcastChannel('portique-wallet')
    : { postMessage() {}, addEventListener() {} };

/**
 * Be told when another tab changed what is kept; by which code, if it added a pass.
 * @param {(code: string) => void} tell
 */
export function onChangedElsewhere(tell) {
  changedElsewhere.addEventListener('message', (/** @type {any} */ { data }) => tell(data));
}
