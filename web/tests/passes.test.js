import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PassError } from '../core/errors.js';
import { Purpose, makePrivateKey } from '../core/keys.js';
import { Proof, parse, phoneText, recognised, textOf, verify } from '../core/passes.js';
import { PREFIX_PHONE, toBase45 } from '../core/qr.js';
import { toHex } from '../core/values.js';
import { ringOf, vectors } from './vectors.js';

const VALID = vectors('pass/valid');
const INVALID = vectors('pass/invalid');
const BUILT = vectors('pass/built');
const RING = await ringOf(VALID.keys);
const FORGED = await ringOf(INVALID.keys);
const PAPER = VALID.vectors.find((/** @type {any} */ vector) => vector.medium === 'paper');

/**
 * Say what reading a text came to, in the word the vectors use.
 *
 * @param {string} text
 */
async function outcome(text) {
  try {
    const { held, proof } = await verify(parse(text), FORGED);
    if (proof === Proof.MISSING || proof === Proof.BAD) return proof;
    return held.identity === null ? 'sealed' : 'genuine';
  } catch (error) {
    if (error instanceof PassError) return error.name;
    throw error;
  }
}

for (const vector of VALID.vectors) {
  test(`Every claim of ${vector.pass_id}, made elsewhere, is read as it was written.`, async () => {
    const { held, proof, proofSeconds } = await verify(parse(vector.text), RING);
    const { phoneKey, kid: _kid, uai: _uai, ...read } = held;

    assert.deepEqual([proof, proofSeconds], [vector.proof, vector.proof_seconds]);
    assert.equal(phoneKey === null ? 'paper' : 'phone', vector.medium);
    assert.deepEqual(read, {
      passId: vector.pass_id,
      opensMs: vector.not_before * 1000,
      closesMs: vector.expires * 1000,
      identity: {
        holder: vector.holder,
        kind: vector.kind,
        name: vector.name,
        label: vector.label,
        regime: vector.regime,
        statusIndex: vector.status_index,
        template: read.identity?.template ?? null,
      },
    });
  });
}

for (const vector of INVALID.vectors) {
  test(`A pass forged elsewhere is refused for its reason: ${vector.what}.`, async () => {
    assert.equal(await outcome(vector.text), vector.expected);
  });
}

for (const vector of BUILT.vectors) {
  test(`Nothing is built for a stranger: ${vector.what}.`, () => {
    assert.throws(() => parse(vector.text), { name: 'UnreadablePass' });
  });
}

test('Reading a pass and writing it again gives the same text: there is no second one.', () => {
  for (const { text } of VALID.vectors) {
    const { sealed, phone } = parse(text);
    const written = phone ? PREFIX_PHONE + toBase45(phone.signed.toBytes()) : textOf(sealed);
    assert.equal(written, text);
  }
});

test('A code that stays in view is recognised without a key, and no other text is.', () => {
  assert.equal(recognised(PAPER.text)?.passId, PAPER.pass_id);
  assert.equal(recognised('https://school.example/menu'), null);
  assert.equal(recognised(`${PAPER.text}0`), null);
});

test('A key of another purpose issues nothing, though its id is the one asked for.', async () => {
  const { sealed } = parse(PAPER.text);
  const kid = toHex(sealed.header.get(4));
  const issuer = RING.issuers.get(kid);
  assert.ok(issuer);
  const other = { ...RING, issuers: new Map([[kid, { ...issuer, purpose: Purpose.STATUS }]]) };

  await assert.rejects(verify(parse(PAPER.text), other), { name: 'BadSeal', message: /not issue/ });
  await assert.rejects(verify(parse(PAPER.text), { ...RING, uai: '0990002P' }), {
    name: 'OtherSchool',
  });
});

test('A phone around a pass that is not bound to it proves nothing.', async () => {
  const phone = await makePrivateKey(Purpose.PHONE);
  const { sealed } = parse(PAPER.text);
  const text = await phoneText(sealed, phone, { uai: VALID.keys.uai, seconds: 1_795_248_000 });

  const { held, proof, proofSeconds } = await verify(parse(`${text}\r\n`), RING);

  assert.deepEqual([held.passId, proof, proofSeconds], [PAPER.pass_id, Proof.BAD, 1_795_248_000]);
});
