/** What the wallet says, in the language of whoever holds the phone. */

import { choose, filled, language, written } from '../shared/words.js';
import { en } from './words/en.js';
import { fr } from './words/fr.js';

const spoken = language();

/** The sentences, by name. */
export const words = spoken === 'en' ? en : fr;

/** The language of the page and of the server's answers. */
export const inLanguage = spoken;

export { filled };

/**
 * Write an instant as a day, with its hour where the hour matters.
 * @param {number} seconds Since 1970, UTC.
 * @param {boolean} [hour]
 */
export function day(seconds, hour = false) {
  return written(new Date(seconds * 1000), spoken, hour);
}

/** Speak the other language from now on: the page begins anew, in a blink. */
export function changeLanguage() {
  choose(spoken === 'en' ? 'fr' : 'en');
  location.reload();
}
