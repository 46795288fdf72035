/** Help that works without network: what to do if… */

import { make } from '../../shared/elements.js';
import { words } from '../say.js';
import { journalTrouble } from './notices.js';

/**
 * @returns {import('../app.js').Screen}
 */
export function helpScreen() {
  const help = words.help;
  const unwritten = journalTrouble('fails');
  const said = [
    [help.sun, help.sunWhat],
    [help.network, help.networkWhat],
    [help.battery, help.batteryWhat],
    [help.forgotten, help.forgottenWhat],
    [help.refused, help.refusedWhat],
    [help.phones, help.phonesWhat],
    [help.other, help.otherWhat],
    [unwritten.title, unwritten.what],
    [words.faults.clock.title, words.faults.clock.what],
    [words.about.stolen, words.about.stolenWhat],
  ];
  return {
    title: help.title,
    parts: [
      make('h1', { tabindex: '-1' }, help.title),
      ...said.map(([title, text]) =>
        make('section', {}, make('h2', {}, title), make('p', {}, text)),
      ),
    ],
  };
}
