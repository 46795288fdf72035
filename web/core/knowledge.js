/**
 * What the school tells its gates: one signed manifest and the parts it names.
 *
 * The signature is checked before anything is interpreted, versions only go up within an epoch, and
 * the expiry is part of what is signed, so that neither an old copy nor a frozen one passes for
 * today's. Source: `docs/formats/knowledge.md`; `portique.core.knowledge`.
 */

import { nameKey } from './badges.js';
import { decode, encode, mapOf } from './canonical.js';
import { KnowledgeError, PassError, SealedIdentityError } from './errors.js';
import { Purpose, SECRET_BYTES, publicKeyFrom } from './keys.js';
import { readFields } from './plain.js';
import { ALG, ES256, KID, parseSigned, verify } from './seal.js';
import { MS_PER_SECOND, SECONDS_MAX, isBytes, isUai, isUpTo, sameBytes } from './values.js';
import { unwrap, wrappedFor } from './wrapping.js';

/** @typedef {import('./badges.js').NameKey} NameKey */
/** @typedef {import('./keys.js').PublicKey} PublicKey */
/** @typedef {import('./wrapping.js').DeviceKey} DeviceKey */

export const PARTS = ['keys', 'status', 'calendar', 'rights', 'zones', 'alarms', 'settings'];
export const BADGES = 'badges';
export const CHECKS = 'checks';
export const TODAY = 'today';
export const BUNDLE_BYTES_MAX = 16 * 1024 * 1024;
const MANIFEST_BYTES_MAX = 4096;
const MANIFEST_ITEMS_MAX = 64;
const OUTER = { bytesMax: BUNDLE_BYTES_MAX, itemsMax: 64 };
const INNER = { bytesMax: BUNDLE_BYTES_MAX, depthMax: 10, itemsMax: 2_000_000 };
const DAMAGED = 'the knowledge file is damaged or not signed by this school; export it again';
const [FORM, UAI, EPOCH, VERSION, ISSUED, EXPIRES, HASHES, AUTHORISED] = [1, 3, 4, 5, 6, 7, 8, 9];
const FORMAT = 1;
const MS_MAX = SECONDS_MAX * MS_PER_SECOND;

/** @typedef {{epoch: number, number: number}} Version  a restored server opens a new epoch */

/**
 * @typedef {object} Manifest What is signed: for which school, believed from when to when
 * @property {string} uai
 * @property {Version} version
 * @property {number} issuedMs
 * @property {number} expiresMs
 * @property {Uint8Array<ArrayBuffer> | null} authorisation the recovery key's word for the epoch
 */

/** @typedef {{manifest: Manifest, parts: Map<string, any>}} Bundle */

/**
 * Say whether one version is older than another.
 *
 * @param {Version} one
 * @param {Version} other
 */
export function isOlder(one, other) {
  return one.epoch < other.epoch || (one.epoch === other.epoch && one.number < other.number);
}

/**
 * Verify a bundle and decode its parts.
 *
 * @param {Uint8Array} data the whole file
 * @param {PublicKey} key the knowledge key this device pinned when it was enrolled
 * @param {{uai: string, atLeast?: Version | null}} expected the device's school; refuse anything older
 * @returns {Promise<Bundle>}
 * @throws {KnowledgeError} unsigned, damaged, for another school, or older
 */
export async function readBundle(data, key, { uai, atLeast = null }) {
  const { manifest, hashes, packed } = await asKnowledge(() => opened(data, key));
  if (manifest.uai !== uai) {
    throw new KnowledgeError(
      `the knowledge file is for school ${manifest.uai}, this device is ${uai}'s`,
    );
  }
  if (atLeast !== null && isOlder(manifest.version, atLeast)) {
    throw new KnowledgeError('the knowledge file is older than what this device already knows');
  }
  return { manifest, parts: await asKnowledge(() => partsIn(packed, hashes)) };
}

/** What is in a bundle is not what it should be. */
class Damage extends Error {}

/**
 * @template T
 * @param {() => Promise<T>} read
 * @returns {Promise<T>}
 */
async function asKnowledge(read) {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Damage || error instanceof PassError)) throw error;
    throw new KnowledgeError(DAMAGED);
  }
}

/**
 * Verify the manifest; return it, the hashes it names, and the parts as they are packed.
 *
 * @param {Uint8Array} data
 * @param {PublicKey} key
 */
async function opened(data, key) {
  const outer = decode(data, OUTER);
  if (!(outer instanceof Map) || outer.size !== 2 || key.purpose !== Purpose.KNOWLEDGE) {
    throw new Damage('not a bundle');
  }
  const [sealed, packed] = [outer.get('manifest'), outer.get('parts')];
  if (!isBytes(sealed) || !(packed instanceof Map)) throw new Damage('not a bundle');
  const signed = parseSigned(sealed, MANIFEST_BYTES_MAX);
  const header = signed.header();
  const kid = header.get(KID);
  if (header.size !== 2 || header.get(ALG) !== ES256 || !isBytes(kid) || !sameBytes(kid, key.kid)) {
    throw new Damage('signed by another key');
  }
  const payload = decode(await verify(signed, key), {
    bytesMax: MANIFEST_BYTES_MAX,
    itemsMax: MANIFEST_ITEMS_MAX,
  });
  return { manifest: manifestIn(payload), hashes: hashesIn(payload), packed };
}

/**
 * @param {any} payload
 * @returns {Manifest}
 */
function manifestIn(payload) {
  const fields = [FORM, UAI, EPOCH, VERSION, ISSUED, EXPIRES, HASHES];
  const authorised = payload instanceof Map && payload.has(AUTHORISED);
  if (!(payload instanceof Map) || payload.size !== fields.length + Number(authorised)) {
    throw new Damage('not a manifest');
  }
  const [form, uai, epoch, number, issuedMs, expiresMs] = fields.map((field) => payload.get(field));
  const authorisation = authorised ? payload.get(AUTHORISED) : null;
  const numbered = [epoch, number].every((one) => isUpTo(one, Number.MAX_SAFE_INTEGER));
  const dated = [issuedMs, expiresMs].every((one) => isUpTo(one, MS_MAX));
  const word = authorisation === null ? !authorised : isBytes(authorisation);
  if (form !== FORMAT || !isUai(uai) || !numbered || !dated || !word) {
    throw new Damage('not a manifest');
  }
  return { uai, version: { epoch, number }, issuedMs, expiresMs, authorisation };
}

/**
 * @param {Map<any, any>} payload
 * @returns {Map<any, any>}
 */
function hashesIn(payload) {
  const hashes = payload.get(HASHES);
  if (!(hashes instanceof Map)) throw new Damage('not a manifest');
  return hashes;
}

/**
 * @param {Map<any, any>} packed
 * @param {Map<any, any>} hashes
 */
async function partsIn(packed, hashes) {
  const missing = [...hashes.keys()].filter((name) => !packed.has(name) && name !== TODAY);
  if (missing.length) throw new Damage('parts are missing');
  /** @type {Map<string, any>} */
  const parts = new Map();
  for (const [name, part] of packed) {
    const expected = hashes.get(name);
    if (!isBytes(part) || !isBytes(expected)) throw new Damage('parts were added');
    const found = new Uint8Array(await crypto.subtle.digest('SHA-256', part));
    if (!sameBytes(found, expected)) throw new Damage('a part was changed');
    parts.set(name, decode(part, INNER));
  }
  return parts;
}

/**
 * Return a bundle without the day's list, as a device keeps it once that day is over.
 *
 * Its signature still holds: the manifest has the list's hash, which says nothing of it.
 *
 * @param {Uint8Array} data
 * @returns {Uint8Array<ArrayBuffer> | null} null if there is no list in it
 * @throws {KnowledgeError} that is no bundle
 */
export function withoutToday(data) {
  const outer = decodedBundle(data);
  const parts = new Map(outer.get('parts'));
  if (!parts.delete(TODAY)) return null;
  return encode(mapOf(...outer, ['parts', parts]));
}

/** @param {Uint8Array} data */
function decodedBundle(data) {
  try {
    const outer = decode(data, OUTER);
    if (outer instanceof Map && outer.get('parts') instanceof Map) return outer;
  } catch (error) {
    if (!(error instanceof PassError)) throw error;
  }
  throw new KnowledgeError(DAMAGED);
}

/**
 * @typedef {object} SchoolKeys The keys a device learns
 * @property {readonly PublicKey[]} issuers
 * @property {PublicKey} status
 * @property {PublicKey} orders
 * @property {readonly NameKey[]} names none: nothing is wrapped for this device
 * @property {PublicKey | null} recovery without which the knowledge can't begin anew; null: none
 */

/**
 * Read the keys part and unwrap the name keys meant for this device, if any.
 *
 * @param {any} part
 * @param {DeviceKey | null} mine
 * @returns {Promise<SchoolKeys>}
 * @throws {KnowledgeError} not a keys part
 */
export async function readKeysPart(part, mine) {
  try {
    return await keysIn(part, mine);
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw new KnowledgeError('the keys in the knowledge file are damaged');
  }
}

/** @param {unknown} error */
function isDamage(error) {
  const kinds = [PassError, SealedIdentityError, RangeError];
  return kinds.some((kind) => error instanceof kind);
}

/**
 * @param {any} part
 * @param {DeviceKey | null} mine
 * @returns {Promise<SchoolKeys>}
 */
async function keysIn(part, mine) {
  const told = readFields(part, 'keys', (fields) => ({
    issuers: fields.rows('issuers'),
    names: fields.map('names'),
    status: fields.map('status'),
    orders: fields.map('orders'),
    recovery: part.has('recovery') ? fields.map('recovery') : null,
  }));
  const { recovery } = told;
  return {
    issuers: await Promise.all(told.issuers.map((key) => publicKeyFrom(Purpose.PASS, key))),
    status: await publicKeyFrom(Purpose.STATUS, told.status),
    orders: await publicKeyFrom(Purpose.ORDERS, told.orders),
    names: mine === null ? [] : await nameKeys(wrappedFor(told.names, mine), mine),
    recovery: recovery && (await publicKeyFrom(Purpose.RECOVERY, recovery)),
  };
}

/**
 * @param {unknown} wrapped
 * @param {DeviceKey} mine
 * @returns {Promise<NameKey[]>}
 */
async function nameKeys(wrapped, mine) {
  if (wrapped === undefined) return [];
  const secrets = await unwrap(wrapped, mine);
  const keys = [];
  for (let at = 0; at < secrets.length; at += SECRET_BYTES) {
    keys.push(await nameKey(secrets.slice(at, at + SECRET_BYTES)));
  }
  secrets.fill(0);
  return keys;
}
