/** One's own data, asked of the server by a proof of the phone's key; shown, and kept nowhere. */

import { make } from '../../shared/elements.js';
import { ask, CallFault } from '../calls.js';
import { day, filled, words } from '../say.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../calls.js').Section} Section */

/** @type {Record<string, keyof typeof words.wrong>} */
const WRONG = {
  offline: 'unanswered',
  key: 'key',
  'unknown-pass': 'unknown',
  'not-counting': 'notCounting',
  later: 'busy',
  'phones-off': 'off',
};

/**
 * @param {App} app
 * @returns {import('../app.js').Screen}
 */
export function dataScreen(app) {
  const place = make(
    'div',
    { class: 'data', 'aria-busy': 'true' }, // told once it is there, not read out whole
    make('p', {}, words.moment),
  );
  return {
    title: words.myData,
    parts: [make('h1', { tabindex: '-1' }, words.myData), place],
    placed: () => filledIn(app, place),
  };
}

/**
 * @param {App} app
 * @param {HTMLElement} place
 */
async function filledIn(app, place) {
  const held = /** @type {import('../wallet.js').Held} */ (app.wallet.chosen);
  try {
    const { answer } = await ask('data', held);
    const sections = /** @type {Section[]} */ (answer.sections);
    place.replaceChildren(
      make('p', { class: 'soft' }, filled(words.asOf, { date: day(answer.time_ms / 1000, true) })),
      ...sections.map(section),
    );
    if (place.isConnected) app.say(words.dataShown); // not to somebody who went back meanwhile
  } catch (fault) {
    if (!(fault instanceof CallFault)) throw fault;
    const said = fault.words || words.wrong[WRONG[fault.kind] ?? 'lost'];
    place.replaceChildren(
      make('p', { class: 'wrong' }, said),
      make('button', { class: 'primary', onclick: () => app.again() }, words.retry),
    );
    if (place.isConnected) app.say(said);
  }
  place.removeAttribute('aria-busy');
}

/**
 * @param {Section} said
 * @param {number} place
 */
function section({ title, lines }, place) {
  const rows = lines.map(({ label, text }) =>
    make(
      'div',
      {},
      make('dt', { class: label ? '' : 'unseen' }, label || title),
      make('dd', {}, text),
    ),
  );
  const body = rows.length
    ? make('dl', { class: 'facts' }, ...rows)
    : make('p', {}, words.nothingHere);
  return make('details', { open: place === 0 }, make('summary', {}, make('h2', {}, title)), body);
}
