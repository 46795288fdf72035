/**
 * How a device joins its school: an invitation in a QR code, an application, an admission.
 *
 * The console shows the invitation; the device's own camera reads it. It carries a secret for one use
 * and the hash of the school's knowledge key, so that neither side has to believe the network between
 * them. Source: `docs/formats/wire.md`; `portique.core.wire_enrolment`.
 */

import { decode, encode, mapOf } from './canonical.js';
import { LinkError } from './errors.js';
import { Purpose, coseKey, publicKeyFrom } from './keys.js';
import { fromBase45, withoutLineEnd } from './qr.js';
import { parseSigned, sign, verifyAs } from './seal.js';
import { isBytes, isUai, sameBytes } from './values.js';
import {
  HASH_BYTES,
  NONCE_BYTES,
  asLink,
  checked,
  digest,
  hasKeys,
  text,
  uint,
} from './wire_calls.js';

/** @typedef {import('./keys.js').PublicKey} PublicKey */

/**
 * @typedef {object} Invitation what the code on the console says
 * @property {string} uai
 * @property {string} address of the server
 * @property {Uint8Array<ArrayBuffer>} secret
 * @property {Uint8Array<ArrayBuffer>} keyHash SHA-256 of the knowledge COSE_Key
 * @property {number} expiresS
 */

/**
 * @typedef {object} Application a device asks to join
 * @property {PublicKey} key its own new one
 * @property {Uint8Array<ArrayBuffer>} nonce 16 random bytes
 * @property {string} version of its software
 */

/**
 * @typedef {object} Admission who the device is now, and whose knowledge it believes
 * @property {string} gateId
 * @property {string} lane
 * @property {PublicKey} knowledgeKey
 * @property {number} sentMs
 */

export const PREFIX = 'PQE1:';
export const APPLICATION = 'portique-application';
export const ADMISSION = 'portique-admission';
export const SECRET_BYTES = 16;
export const TEXT_CHARACTERS_MAX = 400;
export const MESSAGE_BYTES_MAX = 1024;
export const NOT_INVITED = 'the invitation is not valid (any more): show a new one on the console';
export const NOT_OURS =
  'the answer is not from the school that made the invitation: ask the technician';

const ADDRESS_CHARACTERS_MAX = 120;
const NAME_CHARACTERS_MAX = 40;
const HMAC = Object.freeze({ name: 'HMAC', hash: 'SHA-256' });

/**
 * Read an invitation. Whether it still counts, the server knows.
 *
 * @param {string} shown
 * @returns {Invitation}
 * @throws {LinkError} Not an invitation.
 */
export function readInvitation(shown) {
  if (!shown.startsWith(PREFIX) || shown.length > TEXT_CHARACTERS_MAX) {
    throw new LinkError("not an invitation of Portique's: show the one on the console");
  }
  try {
    const data = fromBase45(withoutLineEnd(shown).slice(PREFIX.length));
    return invitationIn(decode(data, { bytesMax: MESSAGE_BYTES_MAX }));
  } catch (error) {
    throw asLink(error, 'the invitation was not read whole: show it again');
  }
}

/**
 * @param {unknown} payload
 * @returns {Invitation}
 */
function invitationIn(payload) {
  const items = hasKeys(payload, [3, 4, 5, 6, 7]);
  const [uai, secret, keyHash] = [items.get(3), items.get(6), items.get(7)];
  const formed = isUai(uai) && isBytes(secret, SECRET_BYTES) && isBytes(keyHash, HASH_BYTES);
  return Object.freeze({
    uai: checked(uai, formed),
    address: text(items.get(5), ADDRESS_CHARACTERS_MAX),
    secret,
    keyHash,
    expiresS: uint(items.get(4)),
  });
}

/**
 * Sign with the device's own key, and prove the invitation's secret without telling it.
 *
 * @param {Application} application
 * @param {import('./keys.js').PrivateKey} key
 * @param {Uint8Array<ArrayBuffer>} secret
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function signApplication(application, key, secret) {
  const { key: own, nonce, version } = application;
  const proof = await proved(application, secret);
  const payload = encode(mapOf([1, coseKey(own)], [2, nonce], [3, version], [4, proof]));
  return (await sign(payload, key, { typ: APPLICATION })).toBytes();
}

/**
 * @param {Application} application
 * @param {Uint8Array<ArrayBuffer>} secret
 */
async function proved({ key, nonce, version }, secret) {
  const message = encode([APPLICATION, coseKey(key), nonce, version]);
  const handle = await crypto.subtle.importKey('raw', secret, HMAC, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', handle, message));
}

/**
 * Verify the answer to the application that carried `nonce`, by the key the code named.
 *
 * @param {Uint8Array} data
 * @param {Invitation} invitation
 * @param {Uint8Array} nonce
 * @returns {Promise<Admission>}
 * @throws {LinkError} From somebody else, or to another application.
 */
export async function readAdmission(data, invitation, nonce) {
  try {
    const signed = parseSigned(data, MESSAGE_BYTES_MAX);
    const items = hasKeys(decode(signed.payload, { bytesMax: MESSAGE_BYTES_MAX }), [1, 2, 3, 4, 5]);
    const key = await publicKeyFrom(Purpose.KNOWLEDGE, items.get(4));
    await verifyAs(signed, key, ADMISSION);
    const named = sameBytes(await keyHash(key), invitation.keyHash);
    checked(items, named && isBytes(items.get(1), NONCE_BYTES) && sameBytes(items.get(1), nonce));
    return admissionIn(items, key);
  } catch (error) {
    throw error instanceof LinkError ? new LinkError(NOT_OURS) : asLink(error, NOT_OURS);
  }
}

/**
 * @param {Map<any, any>} items
 * @param {PublicKey} knowledgeKey
 * @returns {Admission}
 */
function admissionIn(items, knowledgeKey) {
  return Object.freeze({
    gateId: text(items.get(2), NAME_CHARACTERS_MAX),
    lane: text(items.get(3), NAME_CHARACTERS_MAX),
    knowledgeKey,
    sentMs: uint(items.get(5)),
  });
}

/**
 * Return what an invitation names a knowledge key by.
 *
 * @param {PublicKey} key
 */
export function keyHash(key) {
  return digest(encode(coseKey(key)));
}
