/**
 * What a journal holds: the bodies of its entries, as gates write them.
 *
 * A body is canonical CBOR, a map with integer keys whose key 0 is the kind. It holds codes, numbers
 * and random ids: never a name, a text of a code, a score or a picture. Byte by byte:
 * `docs/formats/journal.md`; `portique.core.entries`.
 */

import { decode, encode } from './canonical.js';
import {
  BOOL,
  CODE,
  CODES,
  EVIDENCE,
  INT,
  RANGES,
  UINT,
  VERSIONS,
  below,
  hexadecimal,
  oneOf,
} from './entries_fields.js';
import { JournalError, PassError } from './errors.js';
import { DIRECTIONS, ID_BYTES, KINDS } from './values.js';

/** @typedef {import('./entries_fields.js').Shape} Shape */
/** @typedef {{key: number, shape: Shape, optional?: boolean}} Field */
/** @typedef {{kind: number, fields: Record<string, Field>}} Layout */
/** @typedef {{kind: string} & Record<string, any>} Body  a kind of `BODIES`, and its fields */

// A larger entry is a bug: an entry holds codes, never a picture.
const CAPS = { bytesMax: 4096, itemsMax: 512 };
const HASH_BYTES = 32;
const ID = hexadecimal(ID_BYTES);
const KIND = oneOf(KINDS);
const CAUSES = ['first', 'rotated', 'damaged', 'older-copy', 'missing', 'new-key'];

/**
 * @param {number} key
 * @param {Shape} shape
 * @returns {Field}
 */
const at = (key, shape) => ({ key, shape });

/**
 * @param {number} key
 * @param {Shape} shape
 * @returns {Field}
 */
const maybe = (key, shape) => ({ key, shape, optional: true });

/**
 * Every kind of entry. The numbers are stored and signed for: never reuse one.
 *
 * @type {Record<string, Layout>}
 */
export const BODIES = {
  boot: {
    kind: 1,
    fields: {
      lane: at(1, CODE),
      version: at(2, CODE),
      clean: at(3, BOOL),
      clockTrusted: at(4, BOOL),
    },
  },
  decision: {
    kind: 2,
    fields: {
      showing: at(1, UINT),
      lane: at(2, CODE),
      outcome: at(3, below(3)),
      reasons: at(4, CODES),
      versions: at(5, VERSIONS),
      table: at(6, ID),
      posture: at(7, CODE),
      medium: maybe(8, oneOf(['paper', 'phone', 'badge'])),
      passId: maybe(9, ID),
      holder: maybe(10, ID),
      personKind: maybe(11, KIND),
      proofS: maybe(12, UINT),
    },
  },
  ruling: {
    kind: 3,
    fields: {
      showing: at(1, UINT),
      epoch: at(2, UINT),
      number: at(3, UINT),
      ruling: at(4, oneOf(['admit', 'deny'])),
      reason: at(5, CODE),
      agent: at(6, CODE),
    },
  },
  passage: {
    kind: 4,
    fields: {
      lane: at(1, CODE),
      sensed: at(2, CODE),
      showing: maybe(3, UINT),
      epoch: maybe(4, UINT),
      number: maybe(5, UINT),
    },
  },
  manualAdmission: {
    kind: 5,
    fields: {
      lane: at(1, CODE),
      reason: at(2, CODE),
      agent: at(3, CODE),
      people: at(4, below(1000)),
      personKind: maybe(5, KIND),
      admission: maybe(6, ID),
    },
  },
  mode: { kind: 6, fields: { lane: at(1, CODE), mode: at(2, CODE), agent: maybe(3, CODE) } },
  order: {
    kind: 7,
    fields: {
      authority: at(1, oneOf(['server', 'retention', 'replay'])),
      epoch: at(2, UINT),
      ranges: at(3, RANGES),
      rule: maybe(4, CODE),
      orderId: maybe(5, ID),
      evidence: maybe(6, EVIDENCE),
    },
  },
  epoch: {
    kind: 8,
    fields: {
      epoch: at(1, UINT),
      cause: at(2, oneOf(CAUSES)),
      previousEpoch: maybe(3, UINT),
      previousNumber: maybe(4, UINT),
      previousHead: maybe(5, hexadecimal(HASH_BYTES)),
    },
  },
  clock: {
    kind: 9,
    fields: {
      event: at(1, CODE),
      seenMs: at(2, UINT),
      highWaterMs: at(3, UINT),
      uncertaintyMs: maybe(4, UINT),
    },
  },
  alarm: {
    kind: 10,
    fields: {
      posture: at(1, CODE),
      drill: at(2, BOOL),
      source: at(3, CODE),
      agent: maybe(4, CODE),
    },
  },
  notice: { kind: 11, fields: { code: at(1, CODE), value: maybe(2, UINT) } },
  count: {
    kind: 12,
    fields: {
      lane: at(1, CODE),
      direction: at(2, oneOf(DIRECTIONS)),
      people: at(3, INT),
      sinceMs: at(4, UINT),
      untilMs: at(5, UINT),
    },
  },
};

/**
 * Encode a body as the canonical CBOR that is committed to and stored.
 *
 * @param {Body} body optional fields may be missing or null
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {JournalError} It could not be read back as itself.
 */
export function toBody({ kind, ...values }) {
  const layout = BODIES[kind];
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(layout.fields, name));
  if (unknown !== undefined) throw new JournalError(`no field ${unknown} in an entry of ${kind}`);
  /** @type {Map<number, any>} */
  const items = new Map([[0, layout.kind]]);
  for (const [name, { key, shape, optional }] of Object.entries(layout.fields)) {
    const value = values[name] ?? null;
    if (value === null && optional) continue;
    if (value === null) throw new JournalError(`no ${name} in an entry of ${kind}`);
    const item = shape.toCbor(value);
    shape.fromCbor(item);
    items.set(key, item);
  }
  return encode(items);
}

/**
 * Read a body strictly.
 *
 * @param {Uint8Array} data
 * @returns {Body}
 * @throws {JournalError} Not canonical, of an unknown kind (a newer version's), or with a key or value
 *   its kind doesn't have.
 */
export function fromBody(data) {
  const items = decoded(data);
  const number = items.get(0);
  const found = Object.entries(BODIES).find(([, layout]) => layout.kind === number);
  if (found === undefined) throw new JournalError('an entry of a kind this version does not know');
  const [kind, { fields }] = found;
  items.delete(0);
  /** @type {Body} */
  const body = { kind };
  for (const [name, { key, shape, optional }] of Object.entries(fields)) {
    const absent = optional && !items.has(key);
    body[name] = absent ? null : shape.fromCbor(items.get(key));
    items.delete(key);
  }
  if (items.size) throw new JournalError(`an unknown key in an entry of ${kind}`);
  return body;
}

/** @param {Uint8Array} data */
function decoded(data) {
  try {
    const items = decode(data, CAPS);
    if (items instanceof Map) return items;
  } catch (error) {
    if (!(error instanceof PassError)) throw error;
  }
  throw new JournalError("an entry's body is not one map in its canonical form");
}
