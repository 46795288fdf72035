/**
 * One signed call to the school's server, and its answer: TLS for privacy, signatures for belief.
 *
 * Nothing is followed or read without end: no redirect, no cookie, no cache, a limit for each body and
 * for the whole time. `portique.gate.link.calls`.
 */

import { LinkError } from '../core/errors.js';
import { joined } from '../core/values.js';
import {
  ENVELOPE_BYTES_MAX,
  NONCE_BYTES,
  digest,
  readAnswer,
  signCall,
} from '../core/wire_calls.js';

/** @typedef {import('../core/keys.js').PublicKey} PublicKey */
/** @typedef {(path: string, options: RequestInit) => Promise<Response>} Fetch */
/** @typedef {(length: number) => Uint8Array<ArrayBuffer>} Entropy */

export const CALL_HEADER = 'Portique-Call';
export const ANSWER_HEADER = 'Portique-Answer';
export const SMALL_BYTES_MAX = 256 * 1024; // more than any body but knowledge
export const OK = 200;
const WHOLE_MS = 60_000;
const SMALL_MS = 15_000; // a phone at the edge of its network is better told so
const EMPTY = new Uint8Array(0);

/** An answer that the school's key did not sign: ask for knowledge first, keys may be new. */
export class UnprovedAnswer extends LinkError {}

/** The server answered with a status that nothing here expects: try again later. */
export class Refused extends LinkError {
  /** @param {Reply} reply */
  constructor(reply) {
    super(`the server answered with status ${reply.status}`);
    this.reply = reply;
  }
}

/** What came back: status and body, and what proves them once a key is known. */
export class Reply {
  #nonce;
  #answer;

  /**
   * @param {Fetched} fetched
   * @param {Uint8Array} nonce
   * @param {number} withinMs how long the call was out: a signed time in it is as old, at the most
   */
  constructor({ status, body, answer }, nonce, withinMs) {
    this.status = status;
    this.body = body;
    this.withinMs = withinMs;
    this.#nonce = nonce;
    this.#answer = answer;
  }

  /**
   * Verify the answer by the school's orders key; return the server's time, UTC ms.
   *
   * @param {PublicKey} orders
   * @throws {UnprovedAnswer} There is none, or it was signed by another key or for another call.
   */
  async signedMs(orders) {
    if (this.#answer === null) {
      throw new UnprovedAnswer(`status ${this.status} without the school's signature`);
    }
    const said = await proved(this.#answer, orders, { nonce: this.#nonce, body: this.body });
    if (said.status !== this.status) throw new UnprovedAnswer('the status was changed on the way');
    return said.sentMs;
  }
}

/**
 * @param {Uint8Array} answer
 * @param {PublicKey} orders
 * @param {{nonce: Uint8Array, body: Uint8Array<ArrayBuffer>}} to
 */
async function proved(answer, orders, to) {
  try {
    return await readAnswer(answer, orders, to);
  } catch (error) {
    throw error instanceof LinkError ? new UnprovedAnswer(error.message, { cause: error }) : error;
  }
}

/**
 * Tell a clock the server's signed time, unless the answer lay about: an old time would put it back.
 *
 * @param {{heard: (serverMs: number, roundTripMs: number) => unknown}} clock
 * @param {number} signedMs
 * @param {Reply} reply
 */
export function hear(clock, signedMs, { withinMs }) {
  if (withinMs <= SMALL_MS) clock.heard(signedMs, withinMs);
}

/** Makes signed calls to one server. */
export class Calls {
  #fetch;
  #membership;
  #clock;
  #entropy;

  /**
   * @param {object} with_
   * @param {Fetch} with_.fetch
   * @param {{joined: import('./membership.js').Joined | null}} with_.membership who calls
   * @param {{nowMs: () => number}} with_.clock
   * @param {Entropy} with_.entropy
   */
  constructor({ fetch, membership, clock, entropy }) {
    this.#fetch = fetch;
    this.#membership = membership;
    this.#clock = clock;
    this.#entropy = entropy;
  }

  /**
   * Call and wait for the reply; what it says is not proved yet, see `Reply.signedMs`.
   *
   * @param {'GET' | 'POST'} method
   * @param {string} path with its query
   * @param {Uint8Array<ArrayBuffer>} [body]
   * @param {number} [bytesMax]
   * @returns {Promise<Reply>}
   * @throws {LinkError} No reply in time, or a longer one than `bytesMax`.
   */
  async ask(method, path, body = EMPTY, bytesMax = SMALL_BYTES_MAX) {
    const nonce = this.#entropy(NONCE_BYTES);
    const call = await this.#signed(`${method} ${path}`, body, nonce);
    const begun = { steadyMs: performance.now(), wallMs: Date.now() };
    const options = { method, headers: { [CALL_HEADER]: inBase64Url(call) } };
    const asked = method === 'GET' ? options : { ...options, body };
    const fetched = await fetchWith(this.#fetch, path, asked, bytesMax);
    // Either clock may have stood still: a phone may sleep between a question and its answer.
    const passed = [performance.now() - begun.steadyMs, Date.now() - begun.wallMs];
    return new Reply(fetched, nonce, Math.max(...passed));
  }

  /**
   * @param {string} request
   * @param {Uint8Array<ArrayBuffer>} body
   * @param {Uint8Array<ArrayBuffer>} nonce
   */
  async #signed(request, body, nonce) {
    const { joined: own } = this.#membership;
    if (own === null) throw new LinkError('this phone has joined no school');
    const [sentMs, bodyHash] = [Math.floor(this.#clock.nowMs()), await digest(body)];
    return signCall({ gateId: own.gateId, request, sentMs, nonce, bodyHash }, own.key);
  }
}

/** @typedef {{status: number, body: Uint8Array<ArrayBuffer>, answer: Uint8Array<ArrayBuffer> | null}} Fetched */

/**
 * Fetch and read a body within its limits.
 *
 * @param {Fetch} fetch
 * @param {string} path
 * @param {RequestInit} asked
 * @param {number} bytesMax
 * @returns {Promise<Fetched>}
 * @throws {LinkError} No answer in time, or a longer one.
 */
export async function fetchWith(fetch, path, asked, bytesMax) {
  const signal = AbortSignal.timeout(bytesMax > SMALL_BYTES_MAX ? WHOLE_MS : SMALL_MS);
  try {
    const response = await fetch(path, {
      ...asked,
      signal,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    const body = await bodyOf(response, bytesMax);
    return { status: response.status, body, answer: answerOf(response) };
  } catch (error) {
    if (error instanceof LinkError) throw error;
    throw new LinkError("the school's server can't be reached", { cause: error });
  }
}

/**
 * @param {Response} response
 * @param {number} bytesMax
 */
async function bodyOf(response, bytesMax) {
  const reader = response.body?.getReader();
  const parts = [];
  let length = 0;
  for (let step = await reader?.read(); step && !step.done; step = await reader?.read()) {
    length += step.value.length;
    if (length > bytesMax) {
      await reader?.cancel();
      throw new LinkError(`the server's answer has more than ${bytesMax} bytes`);
    }
    parts.push(step.value);
  }
  return joined(parts);
}

/** @param {Response} response */
function answerOf(response) {
  const text = response.headers.get(ANSWER_HEADER);
  return text === null || text.length > 2 * ENVELOPE_BYTES_MAX ? null : fromBase64Url(text);
}

/** @param {Uint8Array} bytes */
function inBase64Url(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer> | null} null: not Base64url
 */
function fromBase64Url(text) {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
