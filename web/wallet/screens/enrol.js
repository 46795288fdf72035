/** Adding a pass by the one-time code from the school. */

import { make } from '../../shared/elements.js';
import { installing } from '../../shared/install.js';
import { StoreFault } from '../../shared/store.js';
import { CallFault } from '../calls.js';
import { enrolWith } from '../enrolling.js';
import { filled, words } from '../say.js';
import { grouped, normalised } from '../typed.js';
import { installFirst } from './install.js';

/** @typedef {import('../app.js').App} App */

/** @type {Record<string, keyof typeof words.wrong>} What to say of a fault without words of the server's. */
const WRONG = {
  offline: 'offline',
  key: 'key',
  lost: 'lost',
  later: 'later',
  wait: 'wait',
  code: 'code',
  'phones-off': 'off',
  malformed: 'old',
  'too-long': 'old',
};

/**
 * @param {App} app
 * @returns {import('../app.js').Screen}
 */
export function enrolScreen(app) {
  const first = app.wallet.passes.length === 0;
  if (installing() === 'apple' && !app.withoutInstalling)
    return { title: words.installFirst, parts: installFirst(app) };
  return {
    title: first ? words.title : words.addPass,
    parts: [
      make('h1', { tabindex: '-1' }, first ? words.welcome : words.addPass),
      make('p', {}, words.welcomeWhat),
      form(app),
      more(words.noCode, words.noCodeWhat),
      more(words.gone, words.goneWhat),
      first && make('button', { class: 'quiet', onclick: () => app.show('help') }, words.help),
    ].filter((part) => part instanceof Node),
  };
}

/**
 * @param {string} title
 * @param {string} text
 */
function more(title, text) {
  return make('details', {}, make('summary', {}, title), make('p', {}, text));
}

/** @param {App} app */
function form(app) {
  const known = normalised(app.code);
  const input = make('input', {
    id: 'code',
    name: 'code',
    class: 'code',
    required: true,
    maxlength: '24',
    autocomplete: 'off',
    autocapitalize: 'characters',
    autocorrect: 'off',
    spellcheck: 'false',
    enterkeyhint: 'done',
    'aria-describedby': 'hint wrong',
  });
  input.value = known ? grouped(known) : app.code;
  const wrong = make('p', { id: 'wrong', class: 'wrong', role: 'alert' });
  const button = make('button', { class: 'primary' }, words.add);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    submitted(app, input, button, wrong);
  };
  return make(
    'form',
    { onsubmit: submit, novalidate: true },
    make('label', { for: 'code' }, words.codeLabel),
    input,
    make('p', { id: 'hint', class: 'soft' }, words.codeHint),
    wrong,
    button,
  );
}

/**
 * @param {App} app
 * @param {HTMLInputElement} input
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} wrong
 */
async function submitted(app, input, button, wrong) {
  if (button.getAttribute('aria-disabled')) return;
  const code = normalised(input.value);
  wrong.textContent = code ? '' : words.wrong.short;
  input.setAttribute('aria-invalid', String(!code));
  if (!code) return input.focus();
  app.code = code;
  button.setAttribute('aria-disabled', 'true'); // not `disabled`: it would lose the focus
  button.textContent = words.adding;
  app.say(words.adding);
  try {
    await enrolWith(app.wallet, code);
  } catch (fault) {
    button.removeAttribute('aria-disabled');
    button.textContent = words.add;
    if (input.isConnected) app.say(''); // another screen may be saying something meanwhile
    wrong.textContent = said(fault);
    return;
  }
  app.code = '';
  app.fresh = true;
  app.show('code', { replacing: true });
}

/**
 * Say what went wrong: in the server's words where it has some.
 * @param {unknown} fault
 */
function said(fault) {
  if (fault instanceof StoreFault) return words.wrong[fault.kind];
  if (!(fault instanceof CallFault)) throw fault;
  if (fault.words) return fault.words;
  const wait =
    fault.wait_s < 120
      ? filled(words.gapSeconds, { count: String(fault.wait_s) })
      : filled(words.gapMinutes, { count: String(Math.ceil(fault.wait_s / 60)) });
  return filled(words.wrong[WRONG[fault.kind] ?? 'lost'], { wait });
}
