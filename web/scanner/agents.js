/**
 * The agents of one phone: an alias and a PIN each, behind which the knowledge's key is wrapped.
 *
 * No PIN and no hash of one is kept: a PIN is right if it opens what it wrapped. Wrong ones wait,
 * longer each time, at most a minute; nobody is ever locked out for good. The tries are counted on the
 * disk before each one, so that closing the app gives none away. What six digits are worth against
 * somebody who takes the storage out of the phone: `docs/limits.md`.
 */

import { IV_BYTES } from '../core/seal.js';
import { StoreFault } from '../shared/store.js';

/** @typedef {import('../shared/store.js').Store} Store */

/**
 * @typedef {object} Kept An agent, as the phone keeps them
 * @property {string} id
 * @property {string} alias
 * @property {number} iterations
 * @property {Uint8Array<ArrayBuffer>} salt
 * @property {Uint8Array<ArrayBuffer>} iv
 * @property {ArrayBuffer} box the knowledge's key, wrapped
 */

/** @typedef {{alias: string, pin: string}} SignIn */

export const PIN_DIGITS = 6;
export const FREE_TRIES = 3; // a cold hand mistypes; the fourth try waits
export const WAIT_MS_MAX = 60_000;
const ITERATIONS = 600_000;
const SALT_BYTES = 16;
const AGENT = 'agent:';
const PATIENCE = 'patience';
const LAST = 'last-agent';
export const ALIAS = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,39}$/; // as journals keep codes: no civil name fits by accident
export const PIN = new RegExp(`^[0-9]{${PIN_DIGITS}}$`);
const AES = Object.freeze({ name: 'AES-GCM', length: 256 });

/**
 * Why an agent isn't let in or kept: `alias` or `pin` (not in form), `taken`, `wrong` (alias or PIN),
 * `wait`, `not-signed-in` (somebody is there already, who must agree), `last` (the phone would be
 * nobody's).
 *
 * @typedef {'alias' | 'pin' | 'taken' | 'wrong' | 'wait' | 'not-signed-in' | 'last'} Refusal
 */

export class AgentFault extends Error {
  /**
   * @param {Refusal} kind
   * @param {number} [waitMs] before the next try
   */
  constructor(kind, waitMs = 0) {
    super(`the agent can't be let in: ${kind}`);
    this.kind = kind;
    this.waitMs = waitMs;
  }
}

export class Agents {
  #kept;
  #nowMs;
  /** @type {Map<string, Kept>} */
  #agents = new Map();
  #wrong = { tries: 0, untilMs: 0 };
  /** @type {string | null} */
  #current = null;
  /** @type {string | null} */
  #last = null;
  /** One PIN at a time: hashing must not eat the phone. @type {Promise<unknown>} */
  #turn = Promise.resolve();

  /**
   * @param {Store} kept
   * @param {() => number} nowMs
   */
  constructor(kept, nowMs) {
    this.#kept = kept;
    this.#nowMs = nowMs;
  }

  /**
   * @param {Store} kept
   * @param {() => number} [nowMs] a clock that goes on while the app is closed
   * @throws {import('../shared/store.js').StoreFault}
   */
  static async open(kept, nowMs = Date.now) {
    const agents = new Agents(kept, nowMs);
    for (const record of await kept.all()) {
      if (record.id === PATIENCE) agents.#wrong = record.of;
      if (record.id === LAST) agents.#last = record.of;
      if (record.id.startsWith(AGENT)) agents.#agents.set(record.alias, record);
    }
    return agents;
  }

  /** Those this phone knows, in their order. */
  get aliases() {
    return [...this.#agents.keys()].sort();
  }

  /** Who is signed in. */
  get current() {
    return this.#current;
  }

  /** Whose alias is offered first: who signed in last, if they still may. */
  get last() {
    const isHere = this.#last !== null && this.#agents.has(this.#last);
    return isHere ? this.#last : (this.aliases[0] ?? null);
  }

  /** How long the next try must still wait; 0: none. */
  get waitMs() {
    const nowMs = this.#nowMs();
    // From a clock that was ahead and was put right, the wait would last until that later time.
    this.#wrong.untilMs = Math.min(this.#wrong.untilMs, nowMs + WAIT_MS_MAX);
    return Math.max(0, this.#wrong.untilMs - nowMs);
  }

  /**
   * Let one more agent use this phone.
   *
   * @param {string} alias
   * @param {string} pin
   * @param {SignIn | null} by who agrees, by their own PIN; null for a phone's very first
   * @throws {AgentFault | import('../shared/store.js').StoreFault}
   */
  async add(alias, pin, by) {
    if (!ALIAS.test(alias)) throw new AgentFault('alias');
    if (!PIN.test(pin)) throw new AgentFault('pin');
    if (this.#agents.has(alias)) throw new AgentFault('taken');
    if (by === null && this.#agents.size) throw new AgentFault('not-signed-in');
    const key = by ? await this.#tried(by, true) : await newKey();
    const record = await wrapped(alias, pin, key);
    await this.#kept.put(record);
    this.#agents.set(alias, record);
  }

  /**
   * Sign in: return the key that opens the knowledge. Nobody can take it out of the browser.
   *
   * @param {string} alias
   * @param {string} pin
   * @returns {Promise<CryptoKey>}
   * @throws {AgentFault | import('../shared/store.js').StoreFault}
   */
  async signIn(alias, pin) {
    const key = await this.#tried({ alias, pin }, false);
    this.#current = alias;
    if (alias !== this.#last) await this.#keptIfRoom({ id: LAST, of: alias });
    this.#last = alias;
    return key;
  }

  /** Sign out; whoever had the key lets go of it as well. */
  signOut() {
    this.#current = null;
  }

  /**
   * Let an agent use this phone no more.
   *
   * @param {string} alias
   * @param {SignIn} by
   * @throws {AgentFault | import('../shared/store.js').StoreFault}
   */
  async forget(alias, by) {
    if (this.#agents.size === 1) throw new AgentFault('last');
    await this.#tried(by, false);
    await this.#kept.remove(AGENT + alias);
    this.#agents.delete(alias);
    if (this.#current === alias) this.#current = null;
    if (this.#last !== alias) return;
    this.#last = null;
    await this.#kept.remove(LAST);
  }

  /**
   * Try a PIN, after those that are being tried.
   *
   * @param {SignIn} given
   * @param {boolean} extractable only to be wrapped once more
   * @returns {Promise<CryptoKey>}
   */
  #tried(given, extractable) {
    const trying = this.#turn.then(() => this.#try(given, extractable));
    this.#turn = trying.catch(() => null);
    return trying;
  }

  /**
   * @param {SignIn} given
   * @param {boolean} extractable
   */
  async #try({ alias, pin }, extractable) {
    if (this.waitMs) throw new AgentFault('wait', this.waitMs);
    await this.#count(this.#wrong.tries + 1);
    const agent = this.#agents.get(alias);
    const key = agent && (await unwrapped(agent, pin, extractable));
    if (!key) throw new AgentFault('wrong', this.waitMs);
    await this.#count(0);
    return key;
  }

  /** @param {number} tries wrong ones in a row; each beyond the third doubles the wait */
  async #count(tries) {
    const over = tries - FREE_TRIES;
    const waitMs = over >= 0 ? Math.min(WAIT_MS_MAX, 1000 * 2 ** Math.min(over, 10)) : 0;
    this.#wrong = { tries, untilMs: waitMs && this.#nowMs() + waitMs };
    await this.#keptIfRoom({ id: PATIENCE, of: this.#wrong });
  }

  /** @param {{id: string, of: unknown}} record */
  async #keptIfRoom(record) {
    try {
      await this.#kept.put(record);
    } catch (error) {
      if (!(error instanceof StoreFault)) throw error; // a full phone must not shut its agents out
    }
  }
}

/** Draw the key under which a phone keeps its knowledge; it is taken out once, wrapped. */
function newKey() {
  return crypto.subtle.generateKey(AES, true, ['encrypt', 'decrypt']);
}

/**
 * @param {string} alias
 * @param {string} pin
 * @param {CryptoKey} key
 * @returns {Promise<Kept>}
 */
async function wrapped(alias, pin, key) {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const wrapping = await pinKey(pin, salt, ITERATIONS);
  const box = await crypto.subtle.wrapKey('raw', key, wrapping, { name: AES.name, iv });
  return { id: AGENT + alias, alias, iterations: ITERATIONS, salt, iv, box };
}

/**
 * @param {Kept} agent
 * @param {string} pin
 * @param {boolean} extractable
 * @returns {Promise<CryptoKey | null>} null: another PIN
 */
async function unwrapped({ salt, iterations, iv, box }, pin, extractable) {
  const wrapping = await pinKey(pin, salt, iterations);
  const how = { name: AES.name, iv };
  const uses = /** @type {KeyUsage[]} */ (['encrypt', 'decrypt']);
  try {
    return await crypto.subtle.unwrapKey('raw', box, wrapping, how, AES, extractable, uses);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return null;
  }
}

/**
 * @param {string} pin
 * @param {Uint8Array<ArrayBuffer>} salt
 * @param {number} iterations
 */
async function pinKey(pin, salt, iterations) {
  const base = await crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(pin),
    'PBKDF2',
    false,
    ['deriveKey'],
  );
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return crypto.subtle.deriveKey(how, base, AES, false, ['wrapKey', 'unwrapKey']);
}
