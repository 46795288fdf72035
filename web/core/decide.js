/**
 * Weigh the facts of one showing against the table of rules, exactly as `portique.core.decide` does.
 *
 *     facts ──▶ every row of the table ──▶ the objections ──▶ the strictest outcome
 *
 * All rows run, so that the agent sees every objection and not just the first.
 * No objection, and only that, grants. A table not understood refers everybody.
 */

import { readTable } from './rules.js';
import { TABLE } from './table.js';

/** @typedef {import('./rules.js').Facts} Facts */
/** @typedef {import('./rules.js').Objection} Objection */
/** @typedef {import('./rules.js').ReadTable} ReadTable */

/** What a lane does, ordered by severity: the greatest is the strictest. */
export const Outcome = Object.freeze({ GRANT: 0, REFER: 1, REFUSE: 2 });

/** The outcomes' stable names, each at its own number. */
export const OUTCOMES = Object.freeze(['grant', 'refer', 'refuse']);

/** This device's table. */
export const OURS = await readTable(TABLE);

const NOT_UNDERSTOOD = Object.freeze({
  reason: 'table-differs',
  outcome: Outcome.REFER,
  alert: false,
});

/** Facts that the table would not understand. */
export class FactsError extends Error {}

/**
 * @typedef {object} Decision
 * @property {number} outcome one of `Outcome`
 * @property {readonly string[]} reasons strictest first, then in the table's order; on a grant, notes
 * @property {string} tableHash the table that was applied
 * @property {readonly Objection[]} objections
 * @property {boolean} alert whether every paired screen must be told at once
 */

/**
 * Weigh every rule against the facts; the strictest objection sets the outcome.
 *
 * @param {Facts} facts as `checkedFacts` returned them
 * @param {ReadTable} [table]
 * @returns {Decision}
 */
export function decide(facts, table = OURS) {
  const found = objections(facts, table);
  return Object.freeze({
    outcome: found.length ? found[0].outcome : Outcome.GRANT,
    reasons: Object.freeze(found.map((objection) => objection.reason)),
    tableHash: table.hash,
    objections: Object.freeze(found),
    alert: found.some((objection) => objection.alert),
  });
}

/**
 * @param {Facts} facts
 * @param {ReadTable} table
 * @returns {Objection[]}
 */
function objections(facts, table) {
  if (table.rules === null) return [NOT_UNDERSTOOD];
  return table.rules
    .filter((rule) => rule.objects(facts))
    .map((rule) => rule.objection)
    .sort((one, other) => other.outcome - one.outcome); // stable: the table's order within
}

/**
 * Read facts from one JSON object.
 *
 * @param {string} text
 * @returns {Facts}
 * @throws {FactsError} not a JSON object, or not facts; names the fact
 */
export function factsFromJson(text) {
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    throw new FactsError('facts are not JSON');
  }
  return checkedFacts(data);
}

/**
 * Insist that facts are those of the table: each there, of its type and among its values.
 *
 * @param {any} data
 * @returns {Facts}
 * @throws {FactsError} a fact is missing, unknown or wrong; names it
 */
export function checkedFacts(data) {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new FactsError('facts are one JSON object');
  }
  const names = Object.keys(OURS.facts);
  for (const name of [...names, ...Object.keys(data)].sort()) {
    if (!Object.hasOwn(data, name)) throw new FactsError(`missing fact: ${name}`);
    if (!Object.hasOwn(OURS.facts, name)) throw new FactsError(`unknown fact: ${name}`);
  }
  for (const name of names) {
    if (!fits(data[name], OURS.facts[name])) throw new FactsError(`fact ${name} has a wrong value`);
  }
  return Object.freeze({ ...data });
}

/**
 * @param {unknown} value
 * @param {import('./rules.js').Domain} domain
 */
function fits(value, domain) {
  if (value === null) return domain.null;
  if (domain.type === 'truth') return typeof value === 'boolean';
  if (domain.type === 'whole') return Number.isSafeInteger(value);
  return typeof value === 'string' && (domain.in ?? []).includes(value);
}
