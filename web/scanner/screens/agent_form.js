/** The form by which an agent is added: an alias, a PIN twice, and the PIN of who agrees. */

import { JournalError, KnowledgeError } from '../../core/errors.js';
import { make } from '../../shared/elements.js';
import { StoreFault } from '../../shared/store.js';
import { ALIAS, AgentFault, PIN, PIN_DIGITS } from '../agents.js';
import { filled, words } from '../say.js';
import { NotLoaded } from '../stages.js';
import { labelled, tellFaults } from './fields.js';

const GUESSED =
  /^(\d)\1{5}$|^(?:012345|123456|234567|345678|456789|567890|654321|987654|123123|112233)$/;

/** @typedef {{alias: string, pin: string, own: string}} Asked  own: the PIN of who agrees */

/** @typedef {Record<'alias' | 'pin' | 'again' | 'own', import('./fields.js').Field>} Fields */

/**
 * @param {(asked: Asked) => Promise<void>} save
 * @param {readonly string[]} taken aliases
 * @param {boolean} [agreed] Whether somebody signed in must agree by their PIN.
 */
export function agentForm(save, taken, agreed = false) {
  const fields = fieldsOf(words.agent);
  const wrong = make('p', { id: 'wrong', class: 'wrong', role: 'alert' });
  const button = make('button', { class: 'primary' }, words.agent.make);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (button.disabled) return;
    const values = valuesOf(fields);
    wrong.textContent = '';
    if (tellFaults(fields, faultsOf(values, taken, agreed))) return;
    await saved(button, wrong, () => save(values));
  };
  return make(
    'form',
    { onsubmit: submit, novalidate: true },
    ...fields.alias.parts,
    ...fields.pin.parts,
    ...fields.again.parts,
    ...(agreed ? fields.own.parts : []),
    wrong,
    button,
  );
}

/**
 * @param {typeof words.agent} said
 * @returns {Fields}
 */
function fieldsOf(said) {
  const code = { maxlength: '40', autocapitalize: 'none' };
  return {
    alias: labelled(field('alias', said.alias, code), said.alias, said.aliasHint),
    pin: labelled(pinField('new-pin', said.pin), said.pin, said.pinHint),
    again: labelled(pinField('again', said.again), said.again),
    own: labelled(pinField('own', said.own), said.own),
  };
}

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} wrong
 * @param {() => Promise<void>} save
 */
async function saved(button, wrong, save) {
  button.disabled = true;
  button.textContent = words.agent.making;
  try {
    await save();
  } catch (fault) {
    wrong.textContent = agentFaultWords(fault);
  }
  button.disabled = false;
  button.textContent = words.agent.make;
}

/** @param {Fields} fields */
function valuesOf({ alias, pin, again, own }) {
  const [of, typed, more, by] = [alias, pin, again, own].map(({ input }) => input.value.trim());
  return { alias: of, pin: typed, again: more, own: by };
}

/**
 * Say all that is wrong in form, by field; whether an alias and a PIN belong together is not asked here.
 * @param {Asked & {again: string}} asked
 * @param {readonly string[]} taken
 * @param {boolean} agreed
 */
function faultsOf({ alias, pin, again, own }, taken, agreed) {
  return {
    alias: taken.includes(alias) ? words.wrong.taken : ALIAS.test(alias) ? '' : words.wrong.alias,
    pin: pinFault(pin) || (GUESSED.test(pin) ? words.wrong.weak : ''),
    again: pin === again ? '' : words.wrong.differ,
    own: agreed ? pinFault(own) : '',
  };
}

/**
 * Say what is wrong in form with a PIN: half a one is told as such, and is no try.
 * @param {string} pin
 */
export function pinFault(pin) {
  return PIN.test(pin) ? '' : words.wrong.pin;
}

/**
 * Say why an agent was not let in or kept.
 * @param {unknown} fault
 */
export function agentFaultWords(fault) {
  if (fault instanceof StoreFault) return words.wrong[fault.kind];
  if (fault instanceof KnowledgeError) return words.wrong.lane;
  if (fault instanceof JournalError) return words.wrong.journal;
  if (fault instanceof NotLoaded) return words.wrong.offline;
  if (!(fault instanceof AgentFault)) return bug(fault);
  const wait = fault.waitMs ? waitWords(fault.waitMs) : '';
  if (fault.kind === 'wait') return wait;
  if (fault.kind === 'wrong') return [words.sign.wrong, wait].filter(Boolean).join(' ');
  if (fault.kind === 'last') return words.agent.last;
  return fault.kind === 'not-signed-in' ? words.wrong.strange : words.wrong[fault.kind];
}

/**
 * A fault of ours: said as one, and left to whoever reads the browser's console.
 * @param {unknown} fault
 */
function bug(fault) {
  reportError(fault);
  return words.wrong.strange;
}

/** @param {number} waitMs */
export function waitWords(waitMs) {
  return filled(words.sign.wait, { seconds: String(Math.ceil(waitMs / 1000)) });
}

/**
 * @param {string} id
 * @param {string} name
 * @param {Record<string, string>} more
 */
function field(id, name, more) {
  const usual = { autocomplete: 'off', spellcheck: 'false', required: true };
  return make('input', { id, name: id, 'aria-label': name, ...usual, ...more });
}

/**
 * Make a field for a PIN: digits, hidden, and no password to a browser, which would offer to keep it,
 * fill it in for whoever holds the phone, and take it to its owner's other devices.
 * @param {string} id
 * @param {string} name
 */
export function pinField(id, name) {
  const digits = { type: 'password', inputmode: 'numeric', maxlength: String(PIN_DIGITS) };
  return field(id, name, { ...digits, autocomplete: 'one-time-code', class: 'pin' });
}
