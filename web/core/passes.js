/**
 * A pass from text to verified claims, and a phone's code back to text.
 *
 *     text ── parse ──▶ Code ── verify ──▶ Pass ── (name key) ──▶ Identity
 *            grammar, caps, canonical  signature first, then the claims
 *
 * Nothing is believed before the signature: not the dates, not the school. `portique.core.passes`.
 */

import { decode, encode, mapOf } from './canonical.js';
import {
  BadSeal,
  NotAPass,
  OtherSchool,
  SealedIdentityError,
  UnknownIssuer,
  UnreadablePass,
} from './errors.js';
import { Purpose, publicKeyFrom } from './keys.js';
import { PREFIX_PASS, PREFIX_PHONE, split, toBase45 } from './qr.js';
import {
  ALG,
  ES256,
  KID,
  decrypt,
  encryptedFrom,
  parseSigned,
  sign,
  signedFrom,
  verify as verifySeal,
} from './seal.js';
import {
  ID_BYTES,
  KINDS,
  MS_PER_SECOND,
  SECONDS_MAX,
  isBytes,
  isUai,
  isUpTo,
  toHex,
} from './values.js';

/** @typedef {import('./keys.js').PublicKey} PublicKey */
/** @typedef {import('./keys.js').SecretKey} SecretKey */
/** @typedef {import('./seal.js').Signed} Signed */

export const SEALED_PASS_BYTES_MAX = 800;
export const CLAIMS_BYTES_MAX = 640;
export const IDENTITY_BYTES_MAX = 400;
export const NAME_BYTES_MAX = 32;
export const LABEL_BYTES_MAX = 12;
export const REGIME_BYTES_MAX = 12;
export const STATUS_INDEX_MAX = 0xfffff;

const [ISS, EXP, NBF, CTI, CNF, SEALED] = [1, 4, 5, 7, 8, -65537];
const CLAIMS = [ISS, EXP, NBF, CTI, SEALED];
const [AUDIENCE, SECONDS] = [3, 6];
const INSIDE = [0, 1, 2, 3, 4, 5, 7];
const TEMPLATE = 6;

/** What the phone proved. */
export const Proof = Object.freeze(
  /** @type {const} */ ({
    NOT_NEEDED: 'not-needed',
    VALID: 'valid',
    MISSING: 'missing',
    BAD: 'bad',
  }),
);

/**
 * @typedef {object} SealedPass a pass whose form was checked, and nothing else
 * @property {Signed} signed
 * @property {Map<any, any>} header
 * @property {Map<any, any>} claims
 * @property {import('./seal.js').Encrypted} inside the sealed part, closed
 */

/**
 * @typedef {object} Code a text in canonical form: a sealed pass, perhaps inside a phone's proof
 * @property {SealedPass} sealed
 * @property {{signed: Signed, uai: string, seconds: number} | null} phone not yet verified
 * @property {string} passId what the code claims, unverified: to recognise it while in view
 */

/**
 * @typedef {object} Identity what travels sealed for the agent's eyes; nothing keeps it
 * @property {string} holder 16 hexadecimal digits
 * @property {import('./values.js').Kind} kind
 * @property {string} name
 * @property {string} label class or service
 * @property {string} regime code of an exit regime
 * @property {number} statusIndex
 * @property {Uint8Array<ArrayBuffer> | null} template
 */

/**
 * @typedef {object} Pass claims whose signature was verified
 * @property {string} passId
 * @property {string} uai
 * @property {number} opensMs valid from, included
 * @property {number} closesMs valid until, excluded
 * @property {Uint8Array<ArrayBuffer>} kid
 * @property {PublicKey | null} phoneKey the pass counts only together with this phone's proof
 * @property {Identity | null} identity null without the name key
 */

/**
 * @typedef {object} Verified a genuine pass and what the phone added to it
 * @property {Pass} held
 * @property {typeof Proof[keyof typeof Proof]} proof
 * @property {number | null} proofSeconds
 */

/**
 * @typedef {object} KeyRing which school, who may issue, what may be opened; by hexadecimal key id
 * @property {string} uai
 * @property {ReadonlyMap<string, PublicKey>} issuers
 * @property {ReadonlyMap<string, SecretKey>} nameKeys
 */

/**
 * Gather the keys a device holds.
 *
 * @param {string} uai
 * @param {readonly PublicKey[]} issuers
 * @param {readonly SecretKey[]} [nameKeys]
 * @returns {KeyRing}
 */
export function keyRing(uai, issuers, nameKeys = []) {
  return Object.freeze({
    uai,
    issuers: new Map(issuers.map((key) => [toHex(key.kid), key])),
    nameKeys: new Map(nameKeys.map((key) => [toHex(key.kid), key])),
  });
}

/**
 * Read a text into a code, refusing every form but the canonical one.
 *
 * @param {string} text
 * @returns {Code}
 * @throws {NotAPass} No prefix of Portique's.
 * @throws {UnreadablePass} Ours, but not the one encoding of a pass.
 */
export function parse(text) {
  const { prefix, data } = split(text);
  const signed = parseSigned(data, SEALED_PASS_BYTES_MAX);
  return prefix === PREFIX_PASS ? code(sealedFrom(signed), null) : parsePhone(signed);
}

/**
 * @param {SealedPass} sealed
 * @param {Code['phone']} phone
 * @returns {Code}
 */
function code(sealed, phone) {
  return Object.freeze({ sealed, phone, passId: toHex(sealed.claims.get(CTI)) });
}

/** @param {Signed} signed */
function parsePhone(signed) {
  const header = signed.header();
  if (header.size !== 1 || header.get(ALG) !== ES256) {
    throw new UnreadablePass('unexpected header around the pass');
  }
  const payload = decode(signed.payload, { bytesMax: SEALED_PASS_BYTES_MAX });
  if (!hasExactly(payload, [1, AUDIENCE, SECONDS])) throw new UnreadablePass("not a phone's code");
  const [uai, seconds] = [payload.get(AUDIENCE), payload.get(SECONDS)];
  if (typeof uai !== 'string' || !isUpTo(seconds, SECONDS_MAX)) {
    throw new UnreadablePass("not a phone's code");
  }
  const sealed = sealedFrom(signedFrom(payload.get(1)));
  return code(sealed, Object.freeze({ signed, uai, seconds }));
}

/**
 * Say whether a value is a map of exactly these keys.
 *
 * @param {unknown} value
 * @param {readonly number[]} keys
 * @param {number} [optional] a key that may be there as well
 * @returns {value is Map<any, any>}
 */
function hasExactly(value, keys, optional) {
  if (!(value instanceof Map)) return false;
  const more = optional !== undefined && value.has(optional) ? 1 : 0;
  return value.size === keys.length + more && keys.every((key) => value.has(key));
}

/**
 * Check the form of a pass: its header's keys, its claims' types and lengths, not their truth.
 *
 * @param {Signed} signed
 * @returns {SealedPass}
 * @throws {UnreadablePass} No pass has this form.
 */
export function sealedFrom(signed) {
  const header = signed.header();
  if (!hasExactly(header, [ALG, KID])) throw new UnreadablePass('unexpected header');
  const claims = decode(signed.payload, { bytesMax: CLAIMS_BYTES_MAX });
  if (!hasExactly(claims, CLAIMS, CNF) || !areTyped(claims)) {
    throw new UnreadablePass('claims that no pass has');
  }
  const inside = encryptedFrom(claims.get(SEALED));
  return Object.freeze({ signed, header, claims, inside });
}

/** @param {Map<any, any>} claims */
function areTyped(claims) {
  const [exp, nbf] = [claims.get(EXP), claims.get(NBF)];
  const dated = isUpTo(exp, SECONDS_MAX) && isUpTo(nbf, SECONDS_MAX) && nbf < exp;
  return dated && isUai(claims.get(ISS)) && isBytes(claims.get(CTI), ID_BYTES);
}

/**
 * Check who issued a code, then its phone's proof, then open what this device may open.
 *
 * A missing or wrong proof is a value, because the pass itself is genuine; so is a sealed part
 * that doesn't open (`identity` is null).
 *
 * @param {Code} presented
 * @param {KeyRing} ring
 * @returns {Promise<Verified>}
 * @throws {OtherSchool} Another school's pass (by its own, unverified word).
 * @throws {UnknownIssuer} No such issuing key here.
 * @throws {BadSeal} The issuing key didn't sign this.
 * @throws {UnreadablePass} Signed, but against the format.
 */
export async function verify(presented, ring) {
  const held = await openPass(presented.sealed, ring);
  const proofSeconds = presented.phone ? presented.phone.seconds : null;
  return Object.freeze({ held, proof: await proofOf(presented, held), proofSeconds });
}

/**
 * Verify a sealed pass with the school's issuing keys and return its claims.
 *
 * @param {SealedPass} sealed
 * @param {KeyRing} ring
 * @returns {Promise<Pass>}
 * @throws {import('./errors.js').PassError} As `verify` does.
 */
export async function openPass(sealed, ring) {
  const { claims } = sealed;
  const issuer = issuerOf(sealed, ring);
  await verifySeal(sealed.signed, issuer);
  return Object.freeze({
    phoneKey: await phoneKeyOf(claims),
    passId: toHex(claims.get(CTI)),
    uai: claims.get(ISS),
    opensMs: claims.get(NBF) * MS_PER_SECOND,
    closesMs: claims.get(EXP) * MS_PER_SECOND,
    kid: issuer.kid,
    identity: await identityOf(sealed, ring),
  });
}

/**
 * @param {SealedPass} sealed
 * @param {KeyRing} ring
 * @returns {PublicKey}
 */
function issuerOf({ header, claims }, ring) {
  if (header.get(ALG) !== ES256) throw new BadSeal('an algorithm no issuing key has');
  const kid = header.get(KID);
  if (claims.get(ISS) !== ring.uai) throw new OtherSchool('a pass of another school');
  const issuer = isBytes(kid) ? ring.issuers.get(toHex(kid)) : undefined;
  if (issuer === undefined) throw new UnknownIssuer('no issuing key with this id');
  if (issuer.purpose !== Purpose.PASS) throw new BadSeal('a key that does not issue passes');
  return issuer;
}

/** @param {Map<any, any>} claims */
async function phoneKeyOf(claims) {
  if (!claims.has(CNF)) return null;
  const confirmation = claims.get(CNF);
  if (hasExactly(confirmation, [1])) return publicKeyFrom(Purpose.PHONE, confirmation.get(1));
  throw new UnreadablePass('a confirmation that is not one key');
}

/**
 * @param {Code} presented
 * @param {Pass} held
 */
async function proofOf({ phone }, held) {
  if (held.phoneKey === null) return phone === null ? Proof.NOT_NEEDED : Proof.BAD;
  if (phone === null) return Proof.MISSING;
  if (phone.uai !== held.uai) return Proof.BAD;
  try {
    await verifySeal(phone.signed, held.phoneKey);
    return Proof.VALID;
  } catch (error) {
    if (error instanceof BadSeal) return Proof.BAD;
    throw error;
  }
}

/**
 * @param {SealedPass} sealed
 * @param {KeyRing} ring
 */
async function identityOf({ inside, claims }, ring) {
  const key = ring.nameKeys.get(toHex(inside.kid));
  if (key === undefined) return null;
  try {
    return identityFrom(await decrypt(inside, key, claims.get(CTI)));
  } catch (error) {
    if (error instanceof SealedIdentityError || error instanceof UnreadablePass) return null;
    throw error;
  }
}

/**
 * Read the sealed part's map.
 *
 * @param {Uint8Array} inside
 * @returns {Identity}
 * @throws {UnreadablePass} Not the exact map of the format.
 */
export function identityFrom(inside) {
  const data = decode(inside, { bytesMax: IDENTITY_BYTES_MAX });
  if (!hasExactly(data, INSIDE, TEMPLATE) || !isIdentity(data)) {
    throw new UnreadablePass('a sealed part that no pass has');
  }
  return Object.freeze({
    holder: toHex(data.get(0)),
    kind: KINDS[data.get(1)],
    name: data.get(2),
    label: data.get(3),
    regime: data.get(4),
    statusIndex: data.get(5),
    template: data.get(TEMPLATE) ?? null,
  });
}

/** @param {Map<any, any>} data */
function isIdentity(data) {
  const padding = data.get(7);
  return (
    isBytes(data.get(0), ID_BYTES) &&
    isUpTo(data.get(1), KINDS.length - 1) &&
    fits(data.get(2), NAME_BYTES_MAX) &&
    fits(data.get(3), LABEL_BYTES_MAX) &&
    fits(data.get(4), REGIME_BYTES_MAX) &&
    isUpTo(data.get(5), STATUS_INDEX_MAX) &&
    isBytes(padding) &&
    padding.every((byte) => byte === 0) &&
    (!data.has(TEMPLATE) || isBytes(data.get(TEMPLATE)))
  );
}

/**
 * @param {unknown} text
 * @param {number} bytesMax
 */
function fits(text, bytesMax) {
  return typeof text === 'string' && new TextEncoder().encode(text).length <= bytesMax;
}

/**
 * Write a sealed pass as the text of its printed code.
 *
 * @param {SealedPass} sealed
 */
export function textOf(sealed) {
  return PREFIX_PASS + toBase45(sealed.signed.toBytes());
}

/**
 * Write the text a phone draws at `seconds` (UTC since 1970), signed by its own key.
 *
 * @param {SealedPass} sealed
 * @param {import('./keys.js').PrivateKey} phone
 * @param {{uai: string, seconds: number}} audience
 * @returns {Promise<string>}
 */
export async function phoneText(sealed, phone, { uai, seconds }) {
  const proof = mapOf([1, sealed.signed.structure()], [AUDIENCE, uai], [SECONDS, seconds]);
  const signed = await sign(encode(proof), phone, { withKid: false });
  return PREFIX_PHONE + toBase45(signed.toBytes());
}

/**
 * Tell one presented pass from another, without verifying anything.
 *
 * @param {string} text
 * @returns {{passId: string, bytes: Uint8Array<ArrayBuffer>} | null} the id the text claims and the
 *   sealed pass inside: the same at every redraw of a phone, others for a forgery; null: no pass
 */
export function recognised(text) {
  try {
    const { passId, sealed } = parse(text);
    return { passId, bytes: sealed.signed.toBytes() };
  } catch (error) {
    if (error instanceof NotAPass || error instanceof UnreadablePass) return null;
    throw error;
  }
}
