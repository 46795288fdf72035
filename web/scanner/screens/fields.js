/** Fields of a form, each with its own hint and its own fault: all that is wrong is told at once. */

import { make } from '../../shared/elements.js';

/**
 * @typedef {object} Field
 * @property {HTMLInputElement} input
 * @property {HTMLElement} fault
 * @property {HTMLElement[]} parts what stands in the form
 */

/**
 * Give an input its name, a place for its fault, and its hint.
 * @param {HTMLInputElement} input
 * @param {string} name
 * @param {string} [hint]
 * @returns {Field}
 */
export function labelled(input, name, hint = '') {
  const label = make('label', { for: input.id }, name);
  const fault = make('p', { id: `${input.id}-fault`, class: 'wrong fault', role: 'alert' });
  const told = hint ? [make('p', { id: `${input.id}-hint`, class: 'soft' }, hint)] : [];
  input.setAttribute('aria-describedby', [fault, ...told].map(({ id }) => id).join(' '));
  return { input, fault, parts: [label, input, fault, ...told] };
}

/**
 * Tell every field its fault, empty: none, and put the focus on the first that has one.
 * @template {string} Name
 * @param {Record<Name, Field>} fields in the order of the form
 * @param {Record<Name, string>} faults
 * @returns {boolean} Whether there is any.
 */
export function tellFaults(fields, faults) {
  const names = /** @type {Name[]} */ (Object.keys(fields));
  for (const name of names) tellFault(fields[name].input, fields[name].fault, faults[name]);
  const first = names.find((name) => faults[name]);
  if (first) fields[first].input.focus();
  return first !== undefined;
}

/**
 * @param {HTMLInputElement} input
 * @param {HTMLElement} place
 * @param {string} fault
 */
export function tellFault(input, place, fault) {
  place.textContent = fault;
  input.setAttribute('aria-invalid', String(fault !== ''));
}
