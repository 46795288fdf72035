/** Help that works without network: showing the code, a flat battery, a lost or new phone, installing. */

import { make } from '../../shared/elements.js';
import { words } from '../say.js';
import { installWays } from './install.js';
import { clockWays } from './obstacle.js';

/**
 * @returns {import('../app.js').Screen}
 */
export function helpScreen() {
  /** @type {[string, string, ...Node[]][]} */
  const said = [
    [words.helpShow, words.helpShowWhat],
    [words.helpFlat, words.helpFlatWhat],
    [words.helpClock, words.states.clock.next, clockWays()],
    [words.helpLost, words.helpLostWhat],
    [words.helpNew, words.helpNewWhat],
    [words.helpShot, words.helpShotWhat],
    [words.helpChoice, words.helpChoiceWhat],
  ];
  return {
    title: words.help,
    parts: [
      make('h1', { tabindex: '-1' }, words.help),
      ...said.map(([title, text, ...more]) =>
        make('section', {}, make('h2', {}, title), make('p', {}, text), ...more),
      ),
      ...installWays(),
    ],
  };
}
