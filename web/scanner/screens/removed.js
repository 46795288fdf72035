/** The school removed this phone: everything is wiped, and what was lost is said. */

import { make } from '../../shared/elements.js';
import { filled, words } from '../say.js';

/** @typedef {import('../app.js').App} App */

/**
 * @param {App} app
 * @returns {import('../app.js').Screen}
 */
export function removedScreen(app) {
  const unsent = app.device?.membership.gone?.unsent ?? 0;
  const lost = unsent
    ? filled(words.removed.lost, { count: String(unsent) })
    : words.removed.nothingLost;
  const goOn = app.invitation ? words.removed.goOn : words.removed.join;
  const joinAgain = () => {
    app.joinsAgain = true;
    app.again();
  };
  return {
    title: words.removed.title,
    parts: [
      make('h1', { tabindex: '-1' }, words.removed.title),
      make('p', {}, words.removed.what),
      make('p', { class: unsent ? 'wrong' : '' }, lost),
      make('p', { class: 'soft' }, app.invitation ? words.join.found : words.removed.again),
      make('button', { class: 'primary', onclick: joinAgain }, goOn),
    ],
  };
}
