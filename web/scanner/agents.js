/**
 * The agents of one phone: an alias and a PIN each, behind which the knowledge's key is wrapped.
 *
 * No PIN and no hash of one is kept: a PIN is right if it opens what it wrapped. Wrong ones wait,
 * longer each time, at most a minute; nobody is ever locked out for good. The tries are counted on the
 * disk before each one, so that closing the app gives none away. Each try, whoever makes it, takes a
 * key of the phone that no browser gives out, and the phone's own time. What six digits are worth
 * against somebody who takes the storage apart: `docs/limits.md`.
 */

import { IV_BYTES } from '../core/seal.js';
import { joined } from '../core/values.js';
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
const DEVICE_BYTES = 32;
const AGENT = 'agent:';
const PATIENCE = 'patience';
const LAST = 'last-agent';
const DEVICE = 'device';
export const ALIAS = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,39}$/; // as journals keep codes: no civil name fits by accident
export const PIN = new RegExp(`^[0-9]{${PIN_DIGITS}}$`);
const AES = Object.freeze({ name: 'AES-GCM', length: 256 });
/** @type {KeyUsage[]} */
const USES = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'];

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
  /** @type {CryptoKey | null} without which no PIN can be tried */
  #device = null;
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
      if (record.id === DEVICE) agents.#device = record.of;
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
    this.#device ??= await this.#newDevice();
    const record = await wrapped(alias, pin, key, this.#device);
    await this.#kept.put(record);
    this.#agents.set(alias, record);
  }

  async #newDevice() {
    const secret = crypto.getRandomValues(new Uint8Array(DEVICE_BYTES));
    const made = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveKey']);
    secret.fill(0);
    await this.#kept.put({ id: DEVICE, of: made });
    return made;
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
    const device = this.#device;
    const key = agent && device && (await unwrapped(agent, pin, device, extractable));
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
  return crypto.subtle.generateKey(AES, true, USES);
}

/**
 * @param {string} alias
 * @param {string} pin
 * @param {CryptoKey} key
 * @param {CryptoKey} device
 * @returns {Promise<Kept>}
 */
async function wrapped(alias, pin, key, device) {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const wrapping = await pinKey(pin, device, { salt, iterations: ITERATIONS });
  const box = await crypto.subtle.wrapKey('raw', key, wrapping, { name: AES.name, iv });
  return { id: AGENT + alias, alias, iterations: ITERATIONS, salt, iv, box };
}

/**
 * @param {Kept} agent
 * @param {string} pin
 * @param {CryptoKey} device
 * @param {boolean} extractable
 * @returns {Promise<CryptoKey | null>} null: another PIN
 */
async function unwrapped({ salt, iterations, iv, box }, pin, device, extractable) {
  const wrapping = await pinKey(pin, device, { salt, iterations });
  const how = { name: AES.name, iv };
  try {
    return await crypto.subtle.unwrapKey('raw', box, wrapping, how, AES, extractable, USES);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return null;
  }
}

/**
 * Derive a PIN's key, slowly. The phone's key is the password and the PIN its salt: so that each guess
 * must be made by the browser that has the phone's key, and costs all rounds there.
 *
 * @param {string} pin
 * @param {CryptoKey} device
 * @param {{salt: Uint8Array<ArrayBuffer>, iterations: number}} how
 */
async function pinKey(pin, device, { salt, iterations }) {
  const salted = joined([salt, new TextEncoder().encode(pin)]);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: salted, iterations };
  return crypto.subtle.deriveKey(how, device, AES, false, ['wrapKey', 'unwrapKey']);
}
