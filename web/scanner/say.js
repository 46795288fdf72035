/** What the scanner says, in the language of whoever holds the phone. */

import { label, sentence } from '../core/sentences.js';
import { choose, filled, language, written } from '../shared/words.js';
import { en } from './words/en.js';
import { fr } from './words/fr.js';

const spoken = language();
const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** The sentences, by name. */
export const words = spoken === 'en' ? en : fr;

/** The language of the page. */
export const inLanguage = spoken;

export { filled };

/**
 * Name an outcome, kind, medium or preset reason.
 * @param {Parameters<typeof label>[0]} what
 * @param {string} code
 */
export function named(what, code) {
  return label(what, code, spoken);
}

/**
 * Say one reason in words, with the staffed point of the lane.
 * @param {string} reason
 * @param {import('../core/plain.js').Words} point
 */
export function reasonWords(reason, point) {
  return sentence(reason, spoken, point[spoken]);
}

/**
 * Choose the words of this language.
 * @param {import('../core/plain.js').Words} both
 */
export function ofWords(both) {
  return both[spoken];
}

/**
 * Write a text with a capital first letter.
 * @param {string} text
 */
export function capital(text) {
  return text.slice(0, 1).toLocaleUpperCase(spoken) + text.slice(1);
}

/**
 * Write an instant as a day with its hour.
 * @param {number} atMs
 */
export function day(atMs) {
  return written(new Date(atMs), spoken, true);
}

const CLOCK = new Intl.DateTimeFormat(spoken === 'en' ? 'en-GB' : 'fr-FR', {
  hour: '2-digit',
  minute: '2-digit',
});

/**
 * Write an instant as hour and minute of this phone's zone.
 * @param {number} atMs
 */
export function hour(atMs) {
  return CLOCK.format(new Date(atMs));
}

/**
 * Say how old something is, as the gate's screen does.
 * @param {number} ageMs
 */
export function age(ageMs) {
  const seconds = Math.max(0, ageMs / 1000);
  const said = (/** @type {'days' | 'hours' | 'minutes'} */ unit, /** @type {number} */ size) =>
    filled(words.age[unit], { count: String(Math.floor(seconds / size)) });
  if (seconds >= 2 * DAY_S) return said('days', DAY_S);
  if (seconds >= HOUR_S) return said('hours', HOUR_S);
  return seconds >= MINUTE_S ? said('minutes', MINUTE_S) : words.age.now;
}

/** Speak the other language from now on: the page begins anew. */
export function changeLanguage() {
  choose(spoken === 'en' ? 'fr' : 'en');
  location.reload();
}
