/** Signing in: an alias to touch, a PIN to type, on keys that gloves can hit. */

import { make } from '../../shared/elements.js';
import { PIN_DIGITS } from '../agents.js';
import { words } from '../say.js';
import { unsentWords } from './notices.js';
import { agentFaultWords, pinFault, pinField, waitWords } from './agent_form.js';
import { tellFault } from './fields.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../device.js').Device} Device */

const DIGITS = '123456789';

/**
 * @param {App} app
 * @returns {import('../app.js').Screen}
 */
export function signScreen(app) {
  const device = /** @type {Device} */ (app.device);
  const pin = pinField('pin', words.sign.pin);
  const { title, what } = said(app.ended);
  const unsent = make('p', { class: 'soft' });
  const tell = () => (unsent.textContent = unsentWords(device.journal?.unsent ?? 0));
  tell();
  const form = signForm(app, device, pin);
  return {
    title,
    parts: [
      make('h1', { tabindex: '-1' }, title),
      ...(what ? [make('p', { class: 'soft' }, what)] : []),
      form,
      unsent,
      make(
        'details',
        {},
        make('summary', {}, words.sign.forgotten),
        make('p', {}, words.sign.forgottenWhat),
      ),
    ],
    placed: () => {
      device.link?.addEventListener('change', tell); // entries leave while nobody is signed in
      focusUnlessTouched(pin);
    },
    left: () => device.link?.removeEventListener('change', tell),
  };
}

/**
 * Put the focus where it brings up no phone's own keyboard before these keys.
 * @param {HTMLElement} pin
 */
function focusUnlessTouched(pin) {
  if (matchMedia('(pointer: fine)').matches) pin.focus();
}

/** @param {string} ended */
function said(ended) {
  if (ended === 'idle') return { title: words.sign.locked, what: words.sign.lockedWhat };
  return { title: words.sign.title, what: ended === 'closing' ? words.sign.ended : '' };
}

/**
 * @param {App} app
 * @param {Device} device
 * @param {HTMLInputElement} pin
 */
function signForm(app, { agents }, pin) {
  const wrong = make('p', { id: 'wrong', class: 'wrong', role: 'alert' });
  const button = make('button', { class: 'primary' }, words.sign.submit);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (button.disabled) return;
    tellFault(pin, wrong, pinFault(pin.value.trim()));
    if (wrong.textContent) return focusUnlessTouched(pin);
    const alias = String(new FormData(form).get('alias'));
    await signedIn(app, alias, pin, { button, wrong });
  };
  const form = make(
    'form',
    { onsubmit: submit, novalidate: true },
    aliases(agents),
    make('label', { for: 'pin' }, words.sign.pin),
    pin,
    wrong,
    keypad(pin, () => form.requestSubmit()),
    button,
  );
  pin.setAttribute('aria-describedby', 'wrong');
  wrong.textContent = agents.waitMs ? waitWords(agents.waitMs) : '';
  return form;
}

/**
 * @param {App} app
 * @param {string} alias
 * @param {HTMLInputElement} pin
 * @param {{button: HTMLButtonElement, wrong: HTMLElement}} places
 */
async function signedIn(app, alias, pin, { button, wrong }) {
  const { agents } = /** @type {Device} */ (app.device);
  button.disabled = true;
  button.textContent = words.sign.opening;
  try {
    const key = await agents.signIn(alias, pin.value.trim());
    return await app.begin(alias, key);
  } catch (fault) {
    wrong.textContent = agentFaultWords(fault);
  } finally {
    pin.value = '';
    button.disabled = false;
    button.textContent = words.sign.submit;
  }
}

/** @param {import('../agents.js').Agents} agents */
function aliases({ aliases: names, last }) {
  const choices = names.map((alias) => {
    const radio = { type: 'radio', name: 'alias', value: alias, checked: alias === last };
    return make('label', {}, make('input', radio), make('span', {}, alias));
  });
  return make(
    'fieldset',
    {},
    make('legend', {}, words.sign.alias),
    make('div', { class: 'aliases' }, ...choices),
  );
}

/**
 * Keys large enough for gloves; the sixth digit is enough, nothing more is to be pressed.
 * @param {HTMLInputElement} pin
 * @param {() => void} full
 */
function keypad(pin, full) {
  const type = (/** @type {string} */ digit) => {
    if (pin.value.length < PIN_DIGITS) pin.value += digit;
    if (pin.value.length === PIN_DIGITS) full();
  };
  const key = (/** @type {string} */ digit) =>
    make('button', { type: 'button', onclick: () => type(digit) }, digit);
  const erase = { type: 'button', class: 'wide', onclick: () => (pin.value = '') };
  return make(
    'div',
    { class: 'keypad', role: 'group', 'aria-label': words.sign.keypad },
    ...[...DIGITS].map(key),
    make('button', erase, words.sign.erase),
    key('0'),
  );
}
