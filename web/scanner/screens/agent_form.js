/** The form by which an agent is added: an alias, a PIN twice, and the PIN of who agrees. */

import { JournalError, KnowledgeError } from '../../core/errors.js';
import { make } from '../../shared/elements.js';
import { StoreFault } from '../../shared/store.js';
import { AgentFault, PIN, PIN_DIGITS } from '../agents.js';
import { filled, words } from '../say.js';
import { NotLoaded } from '../stages.js';

const GUESSED =
  /^(\d)\1{5}$|^(?:012345|123456|234567|345678|456789|567890|654321|987654|123123|112233)$/;

/** @typedef {{alias: string, pin: string, own: string}} Asked  own: the PIN of who agrees */

/**
 * @param {(asked: Asked) => Promise<void>} save
 * @param {boolean} [agreed] Whether somebody signed in must agree by their PIN.
 */
export function agentForm(save, agreed = false) {
  const fields = {
    alias: field('alias', words.agent.alias, { maxlength: '40', autocapitalize: 'none' }),
    pin: pinField('new-pin', words.agent.pin),
    again: pinField('again', words.agent.again),
    own: pinField('own', words.agent.own),
  };
  const wrong = make('p', { id: 'wrong', class: 'wrong', role: 'alert' });
  const button = make('button', { class: 'primary' }, words.agent.make);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (button.disabled) return;
    const values = valuesOf(fields);
    wrong.textContent = refusal(values);
    if (wrong.textContent) return;
    await saved(button, wrong, () => save(values));
  };
  return make(
    'form',
    { onsubmit: submit, novalidate: true },
    ...labelled(fields.alias, words.agent.alias, words.agent.aliasHint),
    ...labelled(fields.pin, words.agent.pin, words.agent.pinHint),
    ...labelled(fields.again, words.agent.again),
    ...(agreed ? labelled(fields.own, words.agent.own) : []),
    wrong,
    button,
  );
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

/** @param {Record<'alias' | 'pin' | 'again' | 'own', HTMLInputElement>} fields */
function valuesOf({ alias, pin, again, own }) {
  const [typed, more] = [pin.value.trim(), again.value.trim()];
  return { alias: alias.value.trim(), pin: typed, again: more, own: own.value.trim() };
}

/** @param {Asked & {again: string}} asked */
function refusal({ alias, pin, again }) {
  if (!alias) return words.wrong.alias;
  if (!PIN.test(pin)) return words.wrong.pin;
  if (GUESSED.test(pin)) return words.wrong.weak;
  return pin === again ? '' : words.wrong.differ;
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
 * @param {HTMLInputElement} input
 * @param {string} name
 * @param {string} [hint]
 */
function labelled(input, name, hint = '') {
  const id = `${input.id}-hint`;
  input.setAttribute('aria-describedby', hint ? `${id} wrong` : 'wrong');
  const told = hint ? [make('p', { id, class: 'soft' }, hint)] : [];
  return [make('label', { for: input.id }, name), input, ...told];
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
