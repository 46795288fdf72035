/** The language of an app, and its sentences in that language. */

import { remember, remembered } from './remembered.js';

/** @typedef {'fr' | 'en'} Language */

const KEPT = 'portique-language';

/**
 * Return the language somebody chose here, else the first of the browser's that we speak, else French.
 * @param {readonly string[]} [wanted]
 * @returns {Language}
 */
export function language(wanted = navigator.languages) {
  const kept = remembered(KEPT);
  if (kept === 'fr' || kept === 'en') return kept;
  const first = wanted
    .map((each) => each.slice(0, 2))
    .find((each) => each === 'fr' || each === 'en');
  return first === 'en' ? 'en' : 'fr';
}

/**
 * Keep a choice of language, where the browser keeps anything.
 * @param {Language} chosen
 */
export function choose(chosen) {
  remember(KEPT, chosen);
}

/**
 * Return a sentence with its places (`{school}`) filled.
 * @param {string} sentence
 * @param {Record<string, string>} [values]
 * @returns {string}
 */
export function filled(sentence, values = {}) {
  return sentence.replace(/\{(\w+)\}/g, (_, place) => values[place] ?? '');
}

/**
 * Write a date for reading, with its hour or without.
 * @param {Date} at
 * @param {Language} spoken
 * @param {boolean} [hour]
 * @returns {string}
 */
export function written(at, spoken, hour = false) {
  /** @type {Intl.DateTimeFormatOptions} */
  const day = { day: 'numeric', month: 'long', year: 'numeric' };
  const form = hour ? { ...day, hour: '2-digit', minute: '2-digit' } : day;
  return new Intl.DateTimeFormat(
    spoken === 'fr' ? 'fr-FR' : 'en-GB',
    /** @type {Intl.DateTimeFormatOptions} */ (form),
  ).format(at);
}
