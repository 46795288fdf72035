/** Where no scanner can be: an unsafe address, an old browser, no storage, another window. */

import { make } from '../../shared/elements.js';
import { words } from '../say.js';

/**
 * @param {'unsafe' | 'old' | 'full' | 'closed' | 'offline' | 'elsewhere'} why
 * @returns {import('../app.js').Screen}
 */
export function stuckScreen(why) {
  const said =
    why === 'elsewhere' ? words.faults.elsewhere : { title: words.title, what: words.wrong[why] };
  return {
    title: words.title,
    parts: [
      make('h1', { tabindex: '-1' }, said.title),
      make('p', { class: 'wrong', role: 'alert' }, said.what),
      ...(why === 'full' ? [make('p', {}, words.wrong.fullMeanwhile)] : []),
      make('button', { class: 'primary', onclick: () => location.reload() }, words.retry),
    ],
    placed: () => {
      if (why === 'full') document.addEventListener('visibilitychange', tryAgain);
    },
  };
}

/** Whoever made room on the phone comes back to this page. */
function tryAgain() {
  if (document.visibilityState === 'visible') location.reload();
}
