/** The menu: mode, sound, agents, this phone, help, and the end of the shift. */

import { make } from '../../shared/elements.js';
import { filled, inLanguage, words } from '../say.js';
import { askMode } from './asking.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../duty.js').Duty} Duty */

/**
 * @param {App} app
 * @returns {import('../app.js').Screen}
 */
export function menuScreen(app) {
  const duty = /** @type {Duty} */ (app.duty);
  const { mode } = duty.board.snapshot;
  return {
    title: words.menu.title,
    parts: [
      make('h1', { tabindex: '-1' }, words.menu.title),
      make(
        'section',
        { class: 'leaving' },
        make('p', {}, filled(words.menu.signedIn, { agent: duty.agent })),
        make('button', { class: 'primary', onclick: () => app.end('left') }, words.menu.signOut),
        make('p', { class: 'soft' }, words.menu.signOutWhat),
      ),
      make(
        'nav',
        { class: 'rows', 'aria-label': words.menu.title },
        row(`${words.mode.title}`, () => askMode(duty.desk, mode), words.mode[mode]),
        row(words.menu.people, () => app.show('agents')),
        row(words.menu.about, () => app.show('about')),
        row(words.menu.help, () => app.show('help')),
      ),
      device(duty, app),
    ],
  };
}

/**
 * @param {string} name
 * @param {() => void} pressed
 * @param {string} [present]
 */
function row(name, pressed, present = '') {
  return make(
    'button',
    { class: 'row', onclick: pressed },
    make('span', {}, name),
    make('span', { class: 'soft' }, present),
  );
}

/**
 * @param {Duty} duty
 * @param {App} app
 */
function device({ feedback, chips }, app) {
  const other = inLanguage === 'fr' ? 'en' : 'fr';
  return make(
    'fieldset',
    { class: 'rows' },
    make('legend', {}, words.menu.device),
    toggle('sound', words.menu.sound, feedback.sound, (on) => {
      feedback.sound = on;
      if (on) feedback.give('grant');
    }),
    feedback.canVibrate &&
      toggle('vibration', words.menu.vibration, feedback.vibration, (on) => {
        feedback.vibration = on;
        if (on) feedback.give('grant');
      }),
    chips.possible &&
      toggle('chips', words.chips.read, chips.on, (on) => {
        chips.turn(on);
      }),
    make(
      'button',
      { class: 'row', onclick: () => app.turnLanguage() },
      make('span', { lang: other }, words.otherLanguage),
      make('span', { class: 'soft' }, words.menu.tongue),
    ),
  );
}

/**
 * @param {string} id
 * @param {string} name
 * @param {boolean} on
 * @param {(on: boolean) => void} turned
 */
function toggle(id, name, on, turned) {
  const change = (/** @type {Event} */ event) =>
    turned(/** @type {HTMLInputElement} */ (event.currentTarget).checked);
  const box = make('input', {
    type: 'checkbox',
    id,
    role: 'switch',
    checked: on,
    onchange: change,
  });
  return make('label', { class: 'row', for: id }, make('span', {}, name), box);
}
