/**
 * The decision's table made ready: its conditions compiled once, its name worked out from its data.
 *
 *     TABLE (data) ── readTable ──▶ rows that ask the facts, and the hash that names them
 *
 * `portique.core.rules` writes the table and says what its operators mean; `decide.js` weighs it.
 */

/** @typedef {string | number | boolean | null} Value */
/** @typedef {Readonly<Record<string, Value>>} Facts */
/** @typedef {readonly any[]} Expression  `[operator, operand, …]` */
/** @typedef {(facts: Facts) => boolean} Condition */
/** @typedef {{type: string, in?: readonly Value[], null: boolean}} Domain */
/** @typedef {{code: string, outcome: number, alert: boolean, when: Expression}} Row */
/** @typedef {{format: number, facts: Record<string, Domain>, rows: readonly Row[]}} Table */
/** @typedef {{reason: string, outcome: number, alert: boolean}} Objection */
/** @typedef {{objects: Condition, objection: Objection}} Rule */

/**
 * @typedef {object} ReadTable
 * @property {string} hash 64 hexadecimal digits: two devices with one hash decide alike
 * @property {Record<string, Domain>} facts
 * @property {readonly Rule[] | null} rules null: a table that this device does not understand
 */

const FORMAT = 1;

/**
 * Compile a table and work out its name.
 *
 * A table that is not understood to its last operator decides nothing: it is read as `rules: null`.
 *
 * @param {Table} table
 * @returns {Promise<ReadTable>}
 */
export async function readTable(table) {
  const hash = await hashOf(table);
  try {
    if (table.format !== FORMAT) throw new TableError(`format ${table.format}`);
    const rules = table.rows.map((row) => rule(row, table.facts));
    return Object.freeze({ hash, facts: table.facts, rules });
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    return Object.freeze({ hash, facts: table.facts, rules: null });
  }
}

/** A table, or one condition of it, in words that this device does not know. */
export class TableError extends Error {}

/**
 * Return SHA-256 of a table's canonical JSON, in hexadecimal.
 *
 * @param {Table} table
 */
export async function hashOf(table) {
  const bytes = new TextEncoder().encode(canonicalJson(table));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Write plain data as canonical JSON: keys sorted, no spaces, ASCII only.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function canonicalJson(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return inAscii(JSON.stringify(value));
  const items = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${items.map(([key, held]) => `${canonicalJson(key)}:${canonicalJson(held)}`).join(',')}}`;
}

/** @param {string} json */
function inAscii(json) {
  return json.replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * @param {Row} row
 * @param {Record<string, Domain>} facts
 * @returns {Rule}
 */
function rule({ code, outcome, alert, when }, facts) {
  return {
    objects: compiled(when, facts),
    objection: Object.freeze({ reason: code, outcome, alert }),
  };
}

/**
 * Turn one condition of the table into a function; a fact that is null makes every comparison false.
 *
 * @param {Expression} condition
 * @param {Record<string, Domain>} facts
 * @returns {Condition}
 * @throws {TableError} an operator or a fact that this device does not know
 */
export function compiled(condition, facts) {
  const [operator, ...operands] = condition;
  switch (operator) {
    case 'and': {
      const parts = operands.map((operand) => compiled(operand, facts));
      return (values) => parts.every((part) => part(values));
    }
    case 'or': {
      const parts = operands.map((operand) => compiled(operand, facts));
      return (values) => parts.some((part) => part(values));
    }
    case 'not': {
      const part = compiled(operands[0], facts);
      return (values) => !part(values);
    }
  }
  return comparison(operator, operands, facts);
}

/**
 * @param {string} operator
 * @param {readonly any[]} operands
 * @param {Record<string, Domain>} facts
 * @returns {Condition}
 */
function comparison(operator, [fact, ...operands], facts) {
  if (!Object.hasOwn(facts, fact)) throw new TableError(`no fact ${fact}`);
  switch (operator) {
    case 'known':
      return (values) => values[fact] !== null;
    case 'is':
      return (values) => values[fact] === operands[0]; // null is never a value to accept
    case 'in':
      return (values) => operands[0].includes(values[fact]);
    case 'over':
    case 'under':
    case 'upto':
      return bound(operator, fact, operands, facts);
  }
  throw new TableError(`no operator ${operator}`);
}

/**
 * Compare with a limit that another fact widens, from 0 to its cap; unknown widens nothing.
 *
 * @param {'over' | 'under' | 'upto'} operator
 * @param {string} fact
 * @param {readonly any[]} operands the limit; perhaps the fact that widens it, and its cap
 * @param {Record<string, Domain>} facts
 * @returns {Condition}
 */
function bound(operator, fact, [limit, widener = null, cap = 0], facts) {
  if (widener !== null && !Object.hasOwn(facts, widener))
    throw new TableError(`no fact ${widener}`);
  return (values) => {
    const value = values[fact];
    if (typeof value !== 'number') return false; // null: not known
    const slack = widener === null ? 0 : Math.max(0, Math.min(Number(values[widener]), cap));
    if (operator === 'over') return value > limit + slack;
    if (operator === 'under') return value < limit - slack;
    return value <= limit + slack;
  };
}
