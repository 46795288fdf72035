/** Where no wallet can be: a browser that keeps nothing, an address that is not safe. */

import { make } from '../../shared/elements.js';
import { words } from '../say.js';

/**
 * @param {'closed' | 'unsafe'} why
 * @returns {import('../app.js').Screen}
 */
export function stuckScreen(why) {
  const again = make('button', { class: 'primary', onclick: () => location.reload() }, words.retry);
  return {
    title: words.title,
    parts: [
      make('h1', { tabindex: '-1' }, words.title),
      make('p', { class: 'wrong' }, words.wrong[why]),
      again,
      make('p', {}, words.helpFlatWhat),
    ],
  };
}
