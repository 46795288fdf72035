/**
 * Joining a school: an invitation is answered with an application, an admission comes back.
 *
 * The network is not believed: the invitation, which came through the phone's own camera, names the
 * key that must have signed whatever is accepted. `portique.gate.link.joining`.
 */

import { LinkError } from '../core/errors.js';
import { BUNDLE_BYTES_MAX } from '../core/knowledge.js';
import { NONCE_BYTES } from '../core/wire_calls.js';
import {
  MESSAGE_BYTES_MAX,
  NOT_INVITED,
  readAdmission,
  readInvitation,
  signApplication,
} from '../core/wire_enrolment.js';
import { makeDeviceKey } from '../core/wrapping.js';
import { NotAnswered, NotInvited, invitationIn } from './invited.js';
import { Calls, OK, fetchWith } from './link_calls.js';
import { PATH as KNOWLEDGE_PATH } from './link_knowledge.js';

/** @typedef {import('./link_calls.js').Fetch} Fetch */
/** @typedef {import('./membership.js').Joining} Joining */

const PATH = '/gate/v1/enrol';
const REFUSED = 403;

/**
 * The last application: should its answer be lost, the same again still counts, another one not.
 *
 * @type {{text: string, key: Joining['key'], nonce: Uint8Array<ArrayBuffer>} | null}
 */
let unanswered = null;

/**
 * Answer an invitation.
 *
 * @param {string} shown what the code on the console says: an invitation, or a link with one
 * @param {object} with_
 * @param {Fetch} with_.fetch
 * @param {string} with_.version of the app, at most 40 characters
 * @param {import('./link_calls.js').Entropy} with_.entropy
 * @returns {Promise<Joining & {bundle: Uint8Array<ArrayBuffer> | null}>} with the school's first
 *   knowledge if it was there; else it comes later
 * @throws {NotInvited} A new invitation is needed.
 * @throws {NotAnswered} Try again.
 * @throws {LinkError} No invitation; or the answer is somebody else's.
 */
export async function join(shown, { fetch, version, entropy }) {
  const text = invitationIn(shown);
  const invitation = readInvitation(text);
  if (unanswered?.text !== text) {
    unanswered = { text, key: await makeDeviceKey(), nonce: entropy(NONCE_BYTES) };
  }
  const { key, nonce } = unanswered;
  const application = { key: key.public, nonce, version };
  const data = await applied(fetch, await signApplication(application, key, invitation.secret));
  const admission = await readAdmission(data, invitation, nonce);
  unanswered = null;
  const { gateId, lane, knowledgeKey, sentMs } = admission;
  const joined = { gateId, lane, uai: invitation.uai, key, knowledgeKey };
  const clock = { nowMs: () => sentMs }; // the phone's own may be wrong, and nothing is known of it yet
  const calls = new Calls({ fetch, membership: { joined }, clock, entropy });
  return { ...joined, bundle: await firstBundle(calls) };
}

/**
 * @param {Fetch} fetch
 * @param {Uint8Array<ArrayBuffer>} body
 */
async function applied(fetch, body) {
  const asked = { method: 'POST', body };
  const fetched = await fetchWith(fetch, PATH, asked, MESSAGE_BYTES_MAX).catch((error) => {
    throw error instanceof LinkError ? new NotAnswered(error.message, { cause: error }) : error;
  });
  if (fetched.status === REFUSED) throw new NotInvited(NOT_INVITED);
  if (fetched.status !== OK) {
    throw new NotAnswered(`the school's server answered with status ${fetched.status}`);
  }
  return fetched.body;
}

/**
 * Fetch the first knowledge; null when there is none yet. Whoever takes it verifies it.
 *
 * @param {Calls} calls
 */
async function firstBundle(calls) {
  try {
    const reply = await calls.ask('GET', KNOWLEDGE_PATH, undefined, BUNDLE_BYTES_MAX);
    return reply.status === OK ? reply.body : null;
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return null;
  }
}
