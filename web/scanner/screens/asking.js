/** What an agent does with two taps: answer a card, admit by hand, find a forgotten card. */

import { LETTERS_MIN } from '../../core/finding.js';
import { LABELS } from '../../core/sentences_table.js';
import { make } from '../../shared/elements.js';
import { legible } from '../legible.js';
import { capital, filled, named, words } from '../say.js';
import { openSheet, presets, renew, toast } from './parts.js';
import { more, whose } from './stage.js';

/** @typedef {import('../shown.js').Card} Card */
/** @typedef {import('../desk.js').Desk} Desk */
/** @typedef {import('../../core/values.js').Direction} Direction */

/**
 * Ask why somebody is admitted or not; the sheet names them, so that no answer goes to another card.
 * @param {Desk} desk
 * @param {Card} card
 * @param {'admit' | 'deny'} ruling
 * @param {Direction} direction
 */
export function askReason(desk, card, ruling, direction) {
  const rule = async (/** @type {string} */ reason) => {
    sheet.close();
    await desk.rule(card, ruling, reason);
  };
  const sheet = openSheet(
    words.rule[ruling][direction],
    [
      make('p', { class: 'whom' }, make('bdi', {}, whose(card))),
      more(card) && make('p', {}, make('bdi', {}, more(card))),
      make('p', { class: 'soft' }, words.rule.why),
      presets(Object.keys(LABELS[ruling]), (code) => capital(named(ruling, code)), rule),
    ],
    ruling,
  );
}

/**
 * Admit somebody without a code.
 * @param {Desk} desk
 */
export function askManual(desk) {
  const admit = async (/** @type {string} */ reason) => {
    sheet.close();
    const done = await desk.admitManually(reason);
    if (done) toast(filled(words.manual.done, { reason: named('manual', reason) }));
  };
  const sheet = openSheet(words.manual.head, [
    make('p', { class: 'soft' }, words.manual.what),
    presets(Object.keys(LABELS.manual), (code) => capital(named('manual', code)), admit),
  ]);
}

/**
 * Find who forgot their card: letters and class, a name, done. No name stays when the sheet closes.
 * @param {Desk} desk
 */
export function askForgotten(desk) {
  const letters = field('letters', { minlength: String(LETTERS_MIN), required: true });
  const label = field('label');
  const said = make('p', { class: 'wrong', role: 'alert' });
  const who = make(
    'h3',
    { id: 'candidates', tabindex: '-1', hidden: true },
    words.forgotten.candidates,
  );
  const found = make('ul', { class: 'found', 'aria-labelledby': 'candidates' });
  const sure = make('p', { class: 'soft', hidden: true }, words.forgotten.what);
  const reason = reasons(); // before the names: one of these is an answer at once
  const find = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const list = await desk.findForgotten(letters.value, label.value);
    said.textContent = wrong(list, letters.value);
    found.replaceChildren(...(list ?? []).map((one) => candidate(one, admit)));
    renew(sheet);
    who.hidden = sure.hidden = !list?.length;
    who.focus({ preventScroll: true }); // none of them: a second press must admit nobody
    if (list?.length) reason.scrollIntoView({ block: 'start' });
  };
  const admit = async (/** @type {string} */ card) => {
    const chosen = String(new FormData(form).get('reason'));
    sheet.close();
    const admitted = await desk.admitForgotten(card, chosen);
    if (admitted !== null) toast(admitted ? words.forgotten.done : words.forgotten.waits);
  };
  const form = make(
    'form',
    { onsubmit: find, novalidate: true },
    make('label', { for: 'letters' }, words.forgotten.letters),
    letters,
    make('label', { for: 'label' }, words.forgotten.label),
    label,
    make('button', { class: 'primary' }, words.forgotten.find),
    said,
    reason,
    who,
    sure,
    found,
  );
  const sheet = openSheet(words.forgotten.title, [form], 'tall');
  letters.focus();
}

/**
 * @param {readonly unknown[] | null} list
 * @param {string} letters
 */
function wrong(list, letters) {
  if (list === null) return words.forgotten.noList;
  if (list.length) return '';
  return [...letters.trim()].length < LETTERS_MIN ? words.forgotten.short : words.forgotten.nobody;
}

/**
 * @param {import('../../core/daylists.js').Listed} one
 * @param {(card: string) => void} admit
 */
function candidate(one, admit) {
  return make(
    'li',
    {},
    make(
      'button',
      { type: 'button', class: 'line', onclick: () => admit(one.passId) },
      make('bdi', { class: 'line-name' }, legible(one.name)),
      make('bdi', { class: 'line-more' }, legible(one.label)),
    ),
  );
}

function reasons() {
  const codes = Object.keys(LABELS.forgotten);
  const choices = codes.map((code, place) => {
    const radio = make('input', { type: 'radio', name: 'reason', value: code, checked: !place });
    return make('label', { class: 'choice' }, radio, capital(named('forgotten', code)));
  });
  const legend = make('legend', {}, words.forgotten.why);
  return make('fieldset', { class: 'choices' }, legend, ...choices);
}

/**
 * @param {string} name
 * @param {Record<string, string | boolean>} [more]
 */
function field(name, more = {}) {
  const usual = { autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' };
  return make('input', { id: name, name, maxlength: '40', ...usual, ...more });
}

/**
 * Choose how the lane works.
 * @param {Desk} desk
 * @param {string} present
 */
export function askMode(desk, present) {
  const modes = /** @type {const} */ (['control', 'counting', 'free']);
  const sheet = openSheet(words.mode.change, [
    make(
      'div',
      { class: 'presets' },
      ...modes.map((mode) =>
        make(
          'button',
          { 'aria-pressed': String(mode === present), onclick: () => set(mode) },
          make('span', {}, make('b', {}, words.mode[mode]), ` ${words.mode[`${mode}What`]}`),
        ),
      ),
    ),
  ]);
  const set = async (/** @type {typeof modes[number]} */ mode) => {
    sheet.close();
    if (mode === present) return;
    if (await desk.setMode(mode)) toast(filled(words.mode.set, { mode: words.mode[mode] }));
  };
}
