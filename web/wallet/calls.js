/**
 * The wallet's calls to the school's server: docs/formats/wallet.md.
 *
 * Rare, online, signed by the phone's own key; no cookie goes along, and nothing is cached.
 */

import { encode } from '../core/canonical.js';
import { coseKey } from '../core/keys.js';
import { sign } from '../core/seal.js';
import { fromHex } from '../core/values.js';
import { inLanguage } from './say.js';

const ADDRESS = '/wallet/v1/';
const PATIENCE_MS = 8_000;
/** A measure of the clock with a longer round trip says nothing about seconds. */
const ROUND_TRIP_MS_MAX = 4_000;
const TYPE = 'portique-wallet';
const [ACT, CHALLENGE, SCHOOL, LANGUAGE, PASS, CODE, KEY] = [1, 2, 3, 4, 5, 6, 7];

/** @typedef {import('../core/keys.js').PrivateKey} PrivateKey */
/** @typedef {import('../core/canonical.js').Value} Value */

/** No answer worth having. `kind` is the server's, or `offline` (no answer), `lost` (one that can't be read), `key` (it signs no more). */
export class CallFault extends Error {
  /**
   * @param {string} kind
   * @param {string} [words] The server's, in the language of the page.
   * @param {number} [wait_s]
   */
  constructor(kind, words = '', wait_s = 0) {
    super(`no answer: ${kind}`);
    this.kind = kind;
    this.words = words;
    this.wait_s = wait_s;
  }
}

/**
 * @typedef {object} GivenPass As the server gives it.
 * @property {string} pass
 * @property {string} pass_id
 * @property {number} not_before
 * @property {number} expires
 * @property {string} kind
 * @property {string} name
 * @property {string} label
 * @property {{uai: string, name: string}} school
 * @property {string[]} recorded
 *
 * @typedef {{id: string, title: string, lines: {label: string, text: string}[]}} Section
 */

/**
 * An answer, and what it tells of the clocks: how far the phone's is ahead (null: not known), and the server's time.
 * @template Answer
 * @typedef {{answer: Answer, ahead_ms: number | null, at_ms: number}} Answered
 */

/**
 * Ask something about a pass.
 * @param {'state' | 'renew' | 'data'} act
 * @param {import('./wallet.js').Held} held
 * @returns {Promise<Answered<any>>}
 * @throws {CallFault}
 */
export function ask(act, held) {
  return called(act, /** @type {PrivateKey} */ (held.key), [[PASS, fromHex(held.id)]]);
}

/**
 * Give an enrolment code and the phone's public key for a pass.
 * @param {string} code 8 or 12 characters, in capitals.
 * @param {PrivateKey} key
 * @returns {Promise<Answered<GivenPass>>}
 * @throws {CallFault}
 */
export function enrol(code, key) {
  return called('enrol', key, [
    [CODE, code],
    [KEY, coseKey(key.public)],
  ]);
}

/**
 * @param {string} act
 * @param {PrivateKey} key
 * @param {[number, Value][]} claims
 */
async function called(act, key, claims) {
  try {
    return await once(act, key, claims);
  } catch (fault) {
    if (!(fault instanceof CallFault) || fault.kind !== 'challenge') throw fault;
    return once(act, key, claims); // the challenge grew old on the way: one more
  }
}

/**
 * @param {string} act
 * @param {PrivateKey} key
 * @param {[number, Value][]} claims
 */
async function once(act, key, claims) {
  const begun = performance.now();
  const given = await fetched('challenge', { method: 'GET' });
  const took_ms = performance.now() - begun;
  const ahead_ms = took_ms > ROUND_TRIP_MS_MAX ? null : Date.now() - (given.time_ms + took_ms / 2);
  if (!given.phones && act === 'enrol') throw new CallFault('phones-off');
  /** @type {[number, Value][]} */
  const asked = [
    [ACT, act],
    [CHALLENGE, bytesOf(given.challenge)],
    [SCHOOL, given.school.uai],
    [LANGUAGE, inLanguage],
  ];
  const signed = await sign(encode(new Map([...asked, ...claims])), key, {
    withKid: false,
    typ: TYPE,
  }).catch(() => {
    throw new CallFault('key');
  });
  const answer = await fetched(act, {
    method: 'POST',
    body: signed.toBytes(),
    headers: { 'Content-Type': 'application/cose' },
  });
  return { answer, ahead_ms, at_ms: given.time_ms };
}

/**
 * @param {string} act
 * @param {RequestInit} options
 * @returns {Promise<any>}
 */
async function fetched(act, options) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  let answer, text;
  try {
    answer = await fetch(ADDRESS + act, {
      ...options,
      signal: stop.signal,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    text = await answer.text(); // still under the same patience: a line can fail in the middle
  } catch {
    throw new CallFault('offline');
  } finally {
    clearTimeout(timer);
  }
  const data = read(text);
  if (answer.ok && data) return data;
  if (data?.error)
    throw new CallFault(String(data.error), String(data.words ?? ''), Number(data.wait_s ?? 0));
  throw new CallFault(answer.ok ? 'lost' : 'later'); // a proxy's page, not our server's
}

/**
 * @param {string} text
 * @returns {any} Null: no JSON.
 */
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {string} text Base64url without padding. */
function bytesOf(text) {
  return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (character) =>
    character.charCodeAt(0),
  );
}
